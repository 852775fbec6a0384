// Whatever the order of notifications, pages, failures, restarts and pruning: does each forward count exactly once?
import * as fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catchUp } from '../../src/app/catch-up.ts';
import type { Forward } from '../../src/core/forward.ts';
import { unixSec } from '../../src/core/units.ts';
import type { Store } from '../../src/ports.ts';
import { openStore } from '../../src/store/open.ts';
import { FakeNode, identity } from './fake-node.ts';
import { fold, plain } from './plain-fold.ts';

const CHANNELS = 3;
const START = 1_700_000_000;
/** How long rows are kept, so short that pruning and "too old to keep" happen all the time. */
const KEEP_SECONDS = 5 * 3600;

/** What can happen next; `pick` chooses among whatever there is to choose from. */
const happening = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('offer' as const), pick: fc.nat(), amount: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('refuse' as const), pick: fc.nat(), amount: fc.nat(3) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('end' as const), pick: fc.nat(), amount: fc.nat(3) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('notify' as const), pick: fc.nat(), amount: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('time' as const), pick: fc.nat(), amount: fc.nat(3) }) },
);
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

const step = fc.oneof(
  happening,
  { weight: 2, arbitrary: fc.constant({ kind: 'prune' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('catch-up' as const),
      rows: fc.integer({ min: 1, max: 4 }),
      pages: fc.integer({ min: 1, max: 3 }),
      /** Which read fails; beyond the number of reads none does. */
      failingRead: fc.nat(12),
      meanwhile: fc.array(happening, { maxLength: 12 }),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

class World {
  readonly node = new FakeNode();
  store: Store;
  readonly #path: string;
  #now = START;
  /** All notifications ever: each can come any number of times, at any time. */
  readonly #notifications: Forward[] = [];

  constructor(path: string, indexed: boolean) {
    this.#path = path;
    this.node.indexed = indexed;
    this.node.moves = null;
    this.store = openStore(path, { lockWaitMs: 0 });
    this.store.rememberChannels(
      Array.from({ length: CHANNELS }, (_, i) => identity(i)),
      unixSec(START),
    );
  }

  happen({ kind, pick, amount }: Happening): void {
    this.#now += 1;
    const payment = {
      from: pick % CHANNELS,
      to: (pick + 1) % CHANNELS,
      // Few amounts, so that parts of one payment with equal figures in the same second are the rule.
      outMsat: 1000 * (1 + amount),
      feeMsat: 1 + amount,
    };
    if (kind === 'offer') this.node.offer(payment, this.#now);
    else if (kind === 'refuse') this.node.refuse(payment, this.#now, pick % 2 === 0 ? 0x1007 : 0x100c);
    else if (kind === 'time') this.#now += amount * 3600;
    else if (kind === 'end') {
      const inFlight = this.node.inFlight();
      const created = inFlight[pick % Math.max(1, inFlight.length)];
      const status = (['settled', 'settled', 'failed', 'local_failed'] as const)[amount] ?? 'settled';
      if (created !== undefined) this.node.end(created, status, this.#now + 0.5);
    } else {
      this.#notifications.push(...this.node.events);
      this.node.events = [];
      // As many in one transaction as came in one turn of the event loop; `pick` has them out of order and repeated.
      const all = this.#notifications;
      const told = Array.from({ length: 1 + amount }, (_, i) => all[(pick * (i + 1)) % Math.max(1, all.length)]);
      this.store.takeIn(
        'event',
        told.filter((forward) => forward !== undefined),
        { keepSince: this.#keepSince() },
      );
    }
  }

  async run(next: Step): Promise<void> {
    if (next.kind === 'prune') this.store.pruneForwards(this.#keepSince(), 2);
    else if (next.kind === 'restart') {
      this.store.close();
      this.store = openStore(this.#path, { lockWaitMs: 0 });
    } else if (next.kind !== 'catch-up') this.happen(next);
    else {
      const meanwhile = [...next.meanwhile];
      const failAt = this.node.reads + next.failingRead;
      this.node.onRead = () => {
        const now = meanwhile.shift();
        if (now) this.happen(now);
        if (this.node.reads === failAt) throw new Error('the node is gone');
      };
      await this.catchUp({ rows: next.rows, pages: next.pages }).catch((error: unknown) => {
        if (!(error instanceof Error && error.message === 'the node is gone')) throw error;
      });
      this.node.onRead = () => undefined;
    }
  }

  catchUp(paging: { rows: number; pages: number }): Promise<unknown> {
    const signal = new AbortController().signal;
    const startedAt = unixSec(this.#now);
    return catchUp(this.node, this.store, { startedAt, keepSince: this.#keepSince(), signal, paging });
  }

  #keepSince() {
    return unixSec(this.#now - KEEP_SECONDS);
  }
}

async function holds(steps: readonly Step[], indexed: boolean): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'revenue-interleaving-'));
  const world = new World(join(folder, 'revenue_ops.db'), indexed);
  try {
    for (const next of steps) await world.run(next);
    await world.catchUp({ rows: 3, pages: 2 });
    // Whole days, hours at either end, and a window within one day.
    for (const [from, to] of [
      [START - 86_400, START + 90 * 86_400],
      [START, START + 7 * 3600],
    ] as const) {
      const window = { start: unixSec(from), end: unixSec(to), days: 1 };
      expect(plain(world.store.flows(window))).toEqual(plain(fold(world.node.history, from, to)));
    }
    // Every ended forward has met its page, so all can go; what is in flight stays.
    world.store.pruneForwards(unixSec(START + 900 * 86_400), 1_000_000);
    if (indexed) expect(world.store.facts().forwards).toBe(world.node.inFlight().length);
    expect(plain(world.store.flows({ start: unixSec(0), end: unixSec(START * 2), days: 1 }))).toEqual(
      plain(fold(world.node.history)),
    );
  } finally {
    world.store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('any interleaving', () => {
  it('ends in the same rollups as adding up the final history', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 80, size: 'max' }), (steps) => holds(steps, true)),
      { numRuns: 100 },
    );
  });

  it('does so on nodes without indexes too', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60, size: 'max' }), (steps) => holds(steps, false)),
      { numRuns: 30 },
    );
  });
});
