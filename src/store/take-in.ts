// How does each forward come to count exactly once, whatever the order, however often, whenever we are killed?
//
// A forward counts (enters the rollups) in the transaction in which we first learn that it has ended. It must be
// recognised when it shows up again, although its row may have been pruned or never kept. The argument:
//
// 1. Behind the created cursor C every forward was met in a `created` page. Those in flight then were given a row, and
//    rows in flight are never pruned. So behind C: a row in flight has not counted yet; a row that has ended has; and no
//    row at all means that it ended, counted, and was pruned or too old to keep. All three cases are decidable.
// 2. Ahead of C a forward can be known only from a notification, and then it has a row that is not pruned before its
//    `created` page has met it (pruning asks for created_index <= C). No row ahead of C means: not counted.
// 3. A `created` page is what was true when it was read, and may be older than a notification taken in since: an end is
//    final, so a known end is never undone by an `offered`.
// 4. What changes after its `created` page was read has an updated index above the updated cursor U, because U only
//    moves in `updated` pages, read before the `created` pages of the same catch-up, and before the very first one it
//    is set to the node's current index. So every end comes: as `created` page if ahead of C, else as `updated` page.
//    `updated` pages leave alone what is ahead of C, because its `created` page is yet to come and tells its end.
// 5. A notification of an update carries no created index, so it cannot be told from it on which side of C it is. With a
//    row there is no doubt (1, 2). Without one it is passed over when it may have counted already (updated index <= U,
//    or ended before the horizon up to which rows were pruned or not kept); if it has not, a page brings it (4).
// 6. Cursors, rows and rollups move in one transaction, so a kill at any moment leaves a state in which 1 to 5 hold.
//
// Nodes without indexes are listed whole each time; there C stays 0, no ended row is ever pruned, and 2 serves alone.
import { accountedNs, isTerminal, type Forward } from '../core/forward.ts';
import { rollupEntries } from '../core/flow/rollup.ts';
import { nsToSec, type UnixSec } from '../core/units.ts';
import type { IntakeCursors, Store, TakenIn } from '../ports.ts';
import type { ChannelNames } from './channel-names.ts';
import { toNs, type ForwardNames, type ForwardRows } from './forward-rows.ts';
import type { IntakeState } from './intake-state.ts';
import { RollupBatch } from './rollups.ts';

export type Pass = Parameters<Store['takeIn']>[0];
type Outcome = 'added' | 'ended' | 'nothing';

export interface TakeInOptions {
  readonly cursors?: Partial<IntakeCursors>;
  readonly keepSince: UnixSec;
  readonly rowsMissing?: boolean;
}

/** One transaction's worth of forwards: changes rows at once and the given state in place, collects rollups. */
export class TakeIn {
  readonly batch = new RollupBatch();
  readonly #names: ChannelNames;
  readonly #rows: ForwardRows;
  readonly #state: IntakeState;

  constructor(names: ChannelNames, rows: ForwardRows, state: IntakeState) {
    this.#names = names;
    this.#rows = rows;
    this.#state = state;
  }

  run(pass: Pass, forwards: readonly Forward[], options: TakeInOptions): TakenIn {
    const state = this.#state;
    const keepSinceNs = toNs(options.keepSince);
    const cursorBefore = state.createdCursor;
    let met = 0;
    const taken = { added: 0, ended: 0 };
    for (const forward of forwards) {
      const index = forward.createdIndex;
      const ahead = index === null || index > state.createdCursor;
      const outcome = this.#takeOne(pass, forward, ahead, keepSinceNs);
      if (pass === 'created' && index !== null && ahead) {
        state.createdCursor = index;
        met++;
      }
      if (outcome === 'nothing') continue;
      taken[outcome]++;
      for (const entry of rollupEntries(forward)) this.batch.add(entry, this.#names.idOf(entry.channel));
      this.#noteSettlement(pass, forward);
    }
    state.createdCursor = Math.max(state.createdCursor, options.cursors?.created ?? 0);
    state.updatedCursor = Math.max(state.updatedCursor, options.cursors?.updated ?? 0);
    if (pass === 'created') state.horizon = Math.max(state.horizon, options.keepSince);
    if (options.rowsMissing === true || state.createdCursor - cursorBefore > met)
      state.gap = { ...state.gap, rowsMissing: true };
    return taken;
  }

  #takeOne(pass: Pass, forward: Forward, ahead: boolean, keepSinceNs: bigint): Outcome {
    const names = this.#namesOf(forward);
    if (pass === 'event') return this.#takeEvent(forward, names, ahead);
    if (!ahead) return this.#takeKnown(forward, names);
    if (pass === 'updated') return 'nothing';
    const keep = pass === 'listing' || !isTerminal(forward.status) || accountedNs(forward) >= keepSinceNs;
    if (keep && this.#insert(forward, names)) return 'added';
    if (!keep && this.#rows.find(names.in, forward.inHtlcId) === null) return 'added';
    return this.#takeKnown(forward, names);
  }

  #takeEvent(forward: Forward, names: ForwardNames, ahead: boolean): Outcome {
    if (this.#rows.find(names.in, forward.inHtlcId) !== null) return this.#takeKnown(forward, names);
    const { updatedCursor, horizon } = this.#state;
    const mayHaveCounted =
      !ahead ||
      (forward.updatedIndex !== null && forward.updatedIndex <= updatedCursor) ||
      accountedNs(forward) < toNs(horizon);
    return !mayHaveCounted && this.#insert(forward, names) ? 'added' : 'nothing';
  }

  /** A forward that has a row, or that counted and has none any more. */
  #takeKnown(forward: Forward, names: ForwardNames): Outcome {
    const known = this.#rows.find(names.in, forward.inHtlcId);
    if (known === null) return 'nothing';
    if (known.inFlight && isTerminal(forward.status)) {
      this.#rows.end(forward, names);
      return 'ended';
    }
    if (known.createdIndex === null && forward.createdIndex !== null)
      this.#rows.number(names.in, forward.inHtlcId, forward.createdIndex);
    return 'nothing';
  }

  #insert(forward: Forward, names: ForwardNames): boolean {
    const inserted = this.#rows.insert(forward, names);
    if (inserted) this.#state.forwards++;
    return inserted;
  }

  #namesOf(forward: Forward): ForwardNames {
    return {
      in: this.#names.idOf(forward.inChannel),
      out: forward.outChannel === null ? null : this.#names.idOf(forward.outChannel),
    };
  }

  /** A listing learns of settlements late: the first of them bounds the gap. A notification tells that time has passed. */
  #noteSettlement(pass: Pass, forward: Forward): void {
    if (forward.status !== 'settled' || forward.resolvedNs === null) return;
    const gap = this.#state.gap;
    const time = nsToSec(forward.resolvedNs);
    if (pass !== 'event') {
      if (time >= gap.from && (gap.until === null || time < gap.until)) this.#state.gap = { ...gap, until: time };
    } else if (gap.from > 0 && time > gap.from && gap.until === null && !gap.rowsMissing)
      // An open gap stays as it is: what is missing in it is not less for something having settled after.
      this.#state.gap = { ...gap, from: time };
  }
}
