// What does a node do to its forwards over time? A small one in this process, for tests of intake: indexes, deletions,
// notifications and accounts as lightningd has them.
import type { ForwardReader } from '../../src/app/catch-up.ts';
import type { Forward, ForwardStatus } from '../../src/core/forward.ts';
import { channelId, msat, scid, secondsToNs, unixSec, type ChannelId, type Scid } from '../../src/core/units.ts';
import type { ChannelIdentity, ForwardIndexes, RoutedMove } from '../../src/ports.ts';

export const scidOf = (channel: number): Scid => scid(`${String(100 + channel)}x1x0`);
export const idOf = (channel: number): ChannelId => channelId(channel.toString(16).padStart(64, '0'));
export const identity = (channel: number): ChannelIdentity => ({
  channelId: idOf(channel),
  peerId: null,
  scids: [scidOf(channel)],
  capacity: msat(10_000_000_000),
  closed: false,
});

export interface Payment {
  readonly from: number;
  readonly to: number;
  readonly outMsat: number;
  readonly feeMsat: number;
}

export class FakeNode implements ForwardReader {
  /** Every forward that ever was, in its latest state, deleted or not. */
  readonly history: Forward[] = [];
  /** Notifications since they were last taken. */
  events: Forward[] = [];
  /** Whether it knows indexes (v23.11). */
  indexed = true;
  /** Null where there are no accounts. */
  moves: RoutedMove[] | null = [];
  /** Called on every read, before and after it: what happens while a reply is under way. */
  onRead: () => void = () => undefined;
  reads = 0;
  movesPerPage = 1000;
  readonly #deleted = new Set<number>();
  readonly #updates: (number | undefined)[] = [undefined];
  readonly #htlcs = new Map<number, bigint>();

  offer(payment: Payment, at: number): number {
    const { from, to, outMsat, feeMsat } = payment;
    const htlc = this.#htlcs.get(from) ?? 0n;
    this.#htlcs.set(from, htlc + 1n);
    this.history.push({
      createdIndex: this.history.length + 1,
      updatedIndex: null,
      inChannel: scidOf(from),
      inHtlcId: htlc,
      inMsat: msat(outMsat + feeMsat),
      outChannel: scidOf(to),
      outMsat: msat(outMsat),
      feeMsat: msat(feeMsat),
      status: 'offered',
      failcode: null,
      receivedNs: secondsToNs(at),
      resolvedNs: null,
    });
    this.#notify(this.history.length, false);
    return this.history.length;
  }

  /** Refused at once by ourselves. */
  refuse(payment: Payment, at: number, failcode: number): void {
    this.offer(payment, at);
    this.events.pop();
    this.#change(this.history.length, { status: 'local_failed', failcode, outMsat: null, feeMsat: null });
    this.#notify(this.history.length, false);
  }

  /** `bookedAfter`: seconds until the HTLCs are removed and the accounts say so. */
  end(created: number, status: Exclude<ForwardStatus, 'offered'>, at: number, bookedAfter = 0): void {
    const { updatedIndex } = this.#at(created);
    if (updatedIndex !== null) this.#updates[updatedIndex] = undefined;
    this.#updates.push(created);
    const resolvedNs = status === 'local_failed' ? null : secondsToNs(at);
    this.#change(created, { status, updatedIndex: this.#updates.length - 1, resolvedNs });
    this.#notify(created, true);
    const { inChannel, outChannel, inMsat, outMsat, feeMsat } = this.#at(created);
    if (status !== 'settled' || this.moves === null || outChannel === null || outMsat === null || feeMsat === null)
      return;
    const time = unixSec(Math.floor(at + bookedAfter));
    this.moves.push(
      { channelId: ownerOf(inChannel), time, creditMsat: inMsat, debitMsat: msat(0), feeMsat },
      { channelId: ownerOf(outChannel), time, creditMsat: msat(0), debitMsat: outMsat, feeMsat },
    );
  }

  inFlight(): number[] {
    return this.history.filter((f) => f.status === 'offered').map((f) => f.createdIndex ?? 0);
  }

  /** As autoclean: forwards that ended before. */
  clean(before: number): void {
    for (const f of this.history)
      if (f.status !== 'offered' && (f.resolvedNs ?? f.receivedNs) < secondsToNs(before))
        this.#deleted.add(f.createdIndex ?? 0);
  }

  delete(created: number): void {
    this.#deleted.add(created);
  }

  readForwardIndexes(): Promise<ForwardIndexes | null> {
    return this.#answer(() =>
      this.indexed ? { created: this.history.length, updated: this.#updates.length - 1 } : null,
    );
  }

  readForwards(by: 'created' | 'updated', start: number, limit: number): Promise<readonly Forward[]> {
    return this.#answer(() => {
      const found: Forward[] = [];
      const end = by === 'created' ? this.history.length : this.#updates.length - 1;
      for (let index = start; index <= end && found.length < limit; index++) {
        const created = by === 'created' ? index : this.#updates[index];
        if (created !== undefined && !this.#deleted.has(created)) found.push(this.#at(created));
      }
      return found;
    });
  }

  readAllForwards(): Promise<readonly Forward[]> {
    return this.#answer(() =>
      this.history
        .filter((f) => !this.#deleted.has(f.createdIndex ?? 0))
        .map((f) => ({ ...f, createdIndex: null, updatedIndex: null })),
    );
  }

  readRoutedMoves(from: number, to: number): Promise<AsyncIterable<readonly RoutedMove[]> | null> {
    const found = this.moves?.filter(({ time }) => time >= from && time < to) ?? null;
    return this.#answer(() => found && pagesOf(found, this.movesPerPage));
  }

  async #answer<T>(read: () => T): Promise<T> {
    this.reads++;
    this.onRead();
    const reply = read();
    await Promise.resolve();
    this.onRead();
    return reply;
  }

  #at(created: number): Forward {
    const forward = this.history[created - 1];
    if (!forward) throw new Error(`no forward ${created}`);
    return forward;
  }

  #change(created: number, change: Partial<Forward>): void {
    this.history[created - 1] = { ...this.#at(created), ...change };
  }

  /** A notification has the created index when it reports a creation, the updated index when an update. */
  #notify(created: number, update: boolean): void {
    const forward = this.#at(created);
    const stripped = this.indexed
      ? { createdIndex: update ? null : created, updatedIndex: update ? forward.updatedIndex : null }
      : { createdIndex: null, updatedIndex: null };
    this.events.push({ ...forward, ...stripped });
  }
}

async function* pagesOf<T>(items: readonly T[], size: number): AsyncGenerator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) {
    await Promise.resolve();
    yield items.slice(start, start + size);
  }
}

const ownerOf = (name: Scid): ChannelId => idOf(Number(name.split('x')[0]) - 100);
