// What has become of rebalances whose driver we have lost sight of? What the node says of its payments decides.
//
// A payment is an intent's when its hash is noted there, or when it left by the intent's channel with its amount after
// the dispatch: drivers that choose their own hashes tell them late or never. Where it cannot be told by which channel a
// payment left, or it may as well be another's of ours, it may be the intent's: then nothing is decided. Payments of
// nobody's are other people's: reported, never touched.
import { SECONDS_PER_DAY, msat, unixSec, type ChannelId, type Msat, type NodeId, type UnixSec } from '../units.ts';
import type { Intent, IntentEvent, IntentNews } from './intent.ts';
import { orderOfLabel } from './native-names.ts';
import type { DriverName, SelfPaymentRow } from './types.ts';

export interface RecoveryInput {
  readonly now: UnixSec;
  /** All that have not ended and on which no driver works. */
  readonly intents: readonly Intent[];
  /** Payments to ourselves: all since the oldest dispatch, and those with a hash that an intent notes. */
  readonly rows: readonly SelfPaymentRow[];
  /** Whether no row since the oldest dispatch has been deleted. */
  readonly gapless: boolean;
  /** Those on which a driver still works: it will report itself, and what may be its payment is settled by nobody else. */
  readonly running: readonly Intent[];
  /** Ids of intents for which another program may still send, because it could not be made to stop. */
  readonly unstopped?: ReadonlySet<string>;
  /** Whose each of our channels is: a peer with several may deliver by another than was asked for. */
  readonly peerOf: ReadonlyMap<ChannelId, NodeId>;
  /** Hashes of rebalances that have ended. */
  readonly ended: ReadonlySet<string>;
}

export interface RecoveryStep {
  readonly id: string;
  /** Null: it stays what it is, for the reason given. */
  readonly event: IntentEvent | null;
  readonly news: IntentNews;
  readonly because: string;
  /** Payments that have been found to be its own, and can be no other's any more. */
  readonly foundHashes: readonly string[];
}

export interface Recovery {
  /** One per intent, in their order. */
  readonly steps: readonly RecoveryStep[];
  /** Payments to ourselves that were none of ours, pending or complete. */
  readonly foreign: readonly SelfPaymentRow[];
}

/** The node's clock and ours, and our record before the driver's call. */
const CLOCK_SLACK_SECONDS = 5;
/** A payment that we had asked for when we died is in the node's list by then; sendpay answers within a second. */
const OWN_QUIET_SECONDS = 120;
/** Other plugins work on without us: circular up to 120 s per attempt, three of them; rebalance for its retry_for. */
const FOREIGN_QUIET_SECONDS = 600;
/** askrene's 2016 blocks of delay at most, and a day: by then no HTLC is in flight any more. */
const HTLC_LIFE_SECONDS = 15 * SECONDS_PER_DAY;

/** What tells the payments of a rebalance from those of others. */
export type Claimant = Pick<
  Intent,
  | 'driver'
  | 'from'
  | 'to'
  | 'amountMsat'
  | 'plannedAt'
  | 'dispatchedAt'
  | 'deadline'
  | 'paymentsBefore'
  | 'paymentHashes'
>;

/** Those that send nothing more once we are gone: native, or once they have been stopped: sling. */
const STOPPED: ReadonlySet<DriverName> = new Set(['native', 'sling']);
/** From then on its driver sends nothing more, unless it is running or could not be stopped. */
const quietAt = ({ driver, dispatchedAt, plannedAt, deadline }: Claimant): number =>
  STOPPED.has(driver) ? (dispatchedAt ?? plannedAt) + OWN_QUIET_SECONDS : deadline + FOREIGN_QUIET_SECONDS;
/** Those that may begin at any time: sling goes on until it is stopped, rebalance first serves who has asked before us. */
const TIMELESS: ReadonlySet<DriverName> = new Set(['sling', 'rebalance']);
/** What was sent later is somebody else's. */
const sendsUntil = (intent: Claimant): number => (TIMELESS.has(intent.driver) ? Infinity : quietAt(intent));

/** Whether a payment is a rebalance's; `possible` where the node could not say by which channel it left. */
export type Claim = 'own' | 'possible' | 'none';

export function claim(intent: Claimant, row: SelfPaymentRow, peerOf: RecoveryInput['peerOf']): Claim {
  if (intent.paymentHashes.includes(row.paymentHash)) return 'own';
  if (intent.dispatchedAt === null) return 'none';
  // An own driver notes each hash before it sends.
  if (intent.driver === 'native') return 'none';
  if (row.label !== null && orderOfLabel(row.label) !== null) return 'none';
  if (row.createdAt < intent.dispatchedAt - CLOCK_SLACK_SECONDS) return 'none';
  if (row.createdAt > sendsUntil(intent)) return 'none';
  if (row.createdIndex !== null && intent.paymentsBefore !== null && row.createdIndex <= intent.paymentsBefore)
    return 'none';
  if (row.amountMsat !== null && row.amountMsat !== intent.amountMsat) return 'none';
  if (row.outChannel !== null && row.outChannel !== intent.from.channelId) return 'none';
  const { inChannel } = row;
  if (inChannel !== null && inChannel !== intent.to.channelId && peerOf.get(inChannel) !== intent.to.peerId)
    return 'none';
  return row.outChannel === null ? 'possible' : 'own';
}

/** What each open intent becomes. Pure; nothing is ever sent again because of it. */
export function recover(input: RecoveryInput): Recovery {
  const { intents, running, rows, peerOf, ended } = input;
  const open = [...intents, ...running];
  const taken = new Set([...ended, ...open.flatMap(({ paymentHashes }) => paymentHashes)]);
  const steps = intents.map((intent): RecoveryStep => {
    const own: SelfPaymentRow[] = [];
    let possible = 0;
    for (const row of rows) {
      const isNoted = intent.paymentHashes.includes(row.paymentHash);
      if (taken.has(row.paymentHash) && !isNoted) continue;
      const claims = claim(intent, row, peerOf);
      if (claims === 'own' && (isNoted || !mayBeAnothers(intent, row, input))) own.push(row);
      else if (claims !== 'none' && row.status !== 'failed') possible++;
    }
    for (const { paymentHash } of own) taken.add(paymentHash);
    const found = new Set(own.filter(isCertain).map(({ paymentHash }) => paymentHash));
    const foundHashes = [...found].filter((hash) => !intent.paymentHashes.includes(hash));
    return { id: intent.id, foundHashes, ...judge(intent, own, possible, input) };
  });
  const isOurs = (row: SelfPaymentRow): boolean =>
    ended.has(row.paymentHash) || open.some((intent) => claim(intent, row, peerOf) === 'own');
  return { steps, foreign: rows.filter((row) => row.status !== 'failed' && !isOurs(row)) };
}

/** Until it has come back its channel there is mostly unknown: what is noted now for the one may turn out the other's. */
const isCertain = ({ status, inChannel }: SelfPaymentRow): boolean => status !== 'pending' || inChannel !== null;

/** Whether it is one that a driver at work may tell of yet, or that cannot be told from those of another lost one. */
function mayBeAnothers(
  intent: Intent,
  row: SelfPaymentRow,
  { intents, running, peerOf }: Pick<RecoveryInput, 'intents' | 'running' | 'peerOf'>,
): boolean {
  const others = isCertain(row) ? running : [...running, ...intents];
  return others.some((other) => other.id !== intent.id && claim(other, row, peerOf) !== 'none');
}

type Judgement = Pick<RecoveryStep, 'event' | 'news' | 'because'>;

function judge(
  intent: Intent,
  own: readonly SelfPaymentRow[],
  possible: number,
  { now, gapless, unstopped }: RecoveryInput,
): Judgement {
  const { movedMsat, feeMsat, endedAt } = totals(intent, own);
  const sums = { movedMsat, feeMsat };
  const stay = (because: string): Judgement => ({ event: null, news: {}, because });
  const succeeded: Judgement = {
    event: 'succeed',
    news: { ...sums, endedAt: endedAt ?? now, message: 'found complete among the payments of the node' },
    because: 'the node lists it as complete',
  };
  const lose = (because: string): Judgement =>
    intent.state === 'unknown'
      ? stay(because)
      : { event: 'lose-sight', news: { ...sums, failure: 'unknown', message: because }, because };
  const failed = (because: string, sent: boolean): Judgement => ({
    event: 'fail',
    news: { ...sums, endedAt: endedAt ?? now, failure: sent ? 'unknown' : 'driver-error', message: because },
    because,
  });

  if (intent.state === 'planned')
    return {
      event: 'drop',
      news: { endedAt: now, failure: 'driver-error', message: 'we stopped before anything was sent' },
      because: 'nothing was sent, so its reservation is given back',
    };
  if (own.some(({ status }) => status === 'pending'))
    return now > intent.deadline ? lose('a payment of it is still pending') : stay('a payment of it is pending');
  // What was ordered has arrived, and drivers stop then.
  if (movedMsat >= intent.amountMsat) return succeeded;
  // Another plugin may try again until then, with a hash that we have not seen.
  if (now < quietAt(intent)) return stay('its driver may still be at work');
  if (unstopped?.has(intent.id)) return lose('its driver could not be stopped, and may still be at work');
  if (movedMsat > 0n) return succeeded;
  const certain = gapless || (intent.driver === 'native' && isAllListed(intent, own));
  if (possible === 0 && certain)
    return own.length > 0 ? failed('the node lists it as failed', true) : failed('the node has never sent it', false);
  if (now - (intent.dispatchedAt ?? intent.plannedAt) > HTLC_LIFE_SECONDS)
    return failed(`no trace of it for ${HTLC_LIFE_SECONDS / SECONDS_PER_DAY} days, longer than an HTLC can live`, true);
  if (possible > 0) return lose('payments of its amount cannot be told from those of others');
  return lose('the node has deleted payments of that time, so that its absence proves nothing');
}

/** Whether the node still lists every payment that the driver noted before it sent it. */
const isAllListed = ({ paymentHashes }: Intent, own: readonly SelfPaymentRow[]): boolean =>
  paymentHashes.length > 0 && paymentHashes.every((hash) => own.some(({ paymentHash }) => paymentHash === hash));

/** What has arrived and what it has cost; a row without its amount is taken to have carried the intent's. */
function totals(intent: Intent, own: readonly SelfPaymentRow[]) {
  let moved = 0n;
  let fee = 0n;
  let ended = 0;
  for (const { status, amountMsat, amountSentMsat, completedAt } of own) {
    if (status === 'pending') continue;
    ended = Math.max(ended, completedAt ?? 0);
    if (status !== 'complete') continue;
    const arrived: Msat = amountMsat ?? intent.amountMsat;
    moved += arrived;
    if (amountSentMsat > arrived) fee += amountSentMsat - arrived;
  }
  return { movedMsat: msat(moved), feeMsat: msat(fee), endedAt: ended > 0 ? unixSec(ended) : null };
}
