// Which of the node's payments to itself are those that another plugin has sent for an order of ours?
//
// The plugins choose their own payment hashes and tell them late or never, and what they tell of success, amount and fee is
// not believed. The same test as after a crash (core/rebalance/recover.ts) decides: sent since, by the order's channel,
// with the order's amount, back over the order's peer.
import { array, decode, nullable, object } from '../../../cln/decode.ts';
import { claim, type Claimant } from '../../../core/rebalance/recover.ts';
import type { ApprovedOrder, DriverName, SelfPaymentRow } from '../../../core/rebalance/types.ts';
import { addMsat, subMsat, ZERO_MSAT, type ChannelId, type Msat, type NodeId } from '../../../core/units.ts';
import type { Clock, DriverWatch, Log, SelfPaymentReader } from '../../../ports.ts';
import type { Ask } from '../../ask.ts';
import { channelKey } from '../../values.ts';

export interface Means {
  readonly ask: Ask;
  readonly payments: SelfPaymentReader;
  readonly clock: Clock;
  readonly log: Log;
}

/** What the node says of an order by now. */
export interface Sight {
  /**
   * - `arrived`: something has, and nothing is under way
   * - `in-flight`: something is under way
   * - `unclear`: something is there that may be the order's, or rows of that time have been deleted
   * - `nothing`: nothing has arrived, and nothing is under way
   */
  readonly kind: 'arrived' | 'in-flight' | 'unclear' | 'nothing';
  readonly movedMsat: Msat;
  readonly feeMsat: Msat;
  /** Of what has arrived, or is coming back by the order's peer; null where that is not one payment. */
  readonly paymentHash: string | null;
  /** The channel by which the peer has delivered, where that is another than the order's. */
  readonly elsewhere: ChannelId | null;
  /** Payments of the order's amount since then, whatever became of them. */
  readonly attempts: number;
  readonly because: string;
}

const channelIds = object({ channels: array(object({ channel_id: nullable(channelKey) })) });
const decodeChannelIds = (reply: unknown): ChannelId[] =>
  decode(channelIds, reply, 'listpeerchannels').channels.flatMap(({ channel_id }) => channel_id ?? []);

/** Made before the plugin is asked for anything. */
export class Evidence {
  readonly #means: Means;
  readonly #claimant: Claimant;
  readonly #peerOf: ReadonlyMap<ChannelId, NodeId>;
  readonly #watch: DriverWatch;
  readonly #told = new Set<string>();

  private constructor(means: Means, claimant: Claimant, peerOf: ReadonlyMap<ChannelId, NodeId>, watch: DriverWatch) {
    this.#means = means;
    this.#claimant = claimant;
    this.#peerOf = peerOf;
    this.#watch = watch;
  }

  /** @throws NodeError */
  static async open(means: Means, driver: DriverName, order: ApprovedOrder, watch: DriverWatch): Promise<Evidence> {
    const { from, to, amountMsat, deadline } = order;
    const id = to.peerId;
    const [paymentsBefore, channels] = await Promise.all([
      means.payments.readPaymentsIndex(),
      means.ask('listpeerchannels', { id }, decodeChannelIds, { filter: { channels: [{ channel_id: true }] } }),
    ]);
    const now = means.clock.now();
    const claimant: Claimant = {
      ...{ driver, from, to, amountMsat, deadline, paymentsBefore },
      ...{ plannedAt: now, dispatchedAt: now, paymentHashes: [] },
    };
    return new Evidence(means, claimant, new Map(channels.map((channel) => [channel, id])), watch);
  }

  /** @throws NodeError */
  async look(): Promise<Sight> {
    const { paymentsBefore, plannedAt } = this.#claimant;
    const { rows, cursor, gapless } = await this.#means.payments.readSince(paymentsBefore, plannedAt);
    const [own, possible]: [SelfPaymentRow[], SelfPaymentRow[]] = [[], []];
    for (const row of rows) {
      const claims = claim(this.#claimant, row, this.#peerOf);
      if (claims === 'own') own.push(row);
      else if (claims === 'possible') possible.push(row);
    }
    const complete = own.filter(({ status }) => status === 'complete');
    this.#tell(complete);
    const pending = own.filter(({ status }) => status === 'pending');
    const dubious = possible.filter(({ status }) => status !== 'failed');
    return {
      ...this.#kindOf(complete, pending, dubious, gapless || cursor === null),
      ...this.#sums(complete),
      // Of what has only left it is not certain that it is no other order's.
      paymentHash: onlyHash([...complete, ...pending.filter(({ inChannel }) => inChannel !== null)]),
      attempts: own.length + possible.length,
      elsewhere: complete.find(({ inChannel }) => this.#isElsewhere(inChannel))?.inChannel ?? null,
    };
  }

  #kindOf(
    complete: readonly SelfPaymentRow[],
    pending: readonly SelfPaymentRow[],
    dubious: readonly SelfPaymentRow[],
    whole: boolean,
  ): Pick<Sight, 'kind' | 'because'> {
    if (pending.length > 0) return { kind: 'in-flight', because: 'a payment of it is still pending' };
    if (complete.length > 0) return { kind: 'arrived', because: 'listsendpays says complete' };
    if (dubious.length > 0)
      return { kind: 'unclear', because: "a payment of its amount cannot be told from other people's" };
    if (!whole) return { kind: 'unclear', because: 'the node has deleted payments of that time' };
    return { kind: 'nothing', because: 'the node lists no payment of it' };
  }

  #sums(complete: readonly SelfPaymentRow[]): Pick<Sight, 'movedMsat' | 'feeMsat'> {
    let [movedMsat, feeMsat] = [ZERO_MSAT, ZERO_MSAT];
    for (const { amountMsat, amountSentMsat } of complete) {
      const arrived = amountMsat ?? this.#claimant.amountMsat;
      movedMsat = addMsat(movedMsat, arrived);
      feeMsat = addMsat(feeMsat, subMsat(amountSentMsat, arrived));
    }
    return { movedMsat, feeMsat };
  }

  /** Only what has arrived: by then both its channels are known, so that it is no other order's. */
  #tell(complete: readonly SelfPaymentRow[]): void {
    for (const { paymentHash, inChannel } of complete) {
      if (inChannel === null || this.#told.has(paymentHash)) continue;
      try {
        this.#watch.onDispatched(paymentHash);
        this.#told.add(paymentHash);
      } catch (error) {
        // It has been sent long since; what the node lists is found again without it.
        this.#means.log.warn(`payment ${paymentHash} could not be noted: ${String(error)}`);
      }
    }
  }

  #isElsewhere(inChannel: ChannelId | null): boolean {
    return inChannel !== null && inChannel !== this.#claimant.to.channelId;
  }
}

function onlyHash(rows: readonly SelfPaymentRow[]): string | null {
  const hashes = new Set(rows.map(({ paymentHash }) => paymentHash));
  const [only] = hashes;
  return hashes.size === 1 && only !== undefined ? only : null;
}
