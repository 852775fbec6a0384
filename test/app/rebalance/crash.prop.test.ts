// Is no sat lost, doubled or spent beyond the budget, wherever the process ends and whatever becomes of what it had sent?
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { OrderEnd } from '../../../src/core/rebalance/types.ts';
import { unixSec } from '../../../src/core/units.ts';
import { REBALANCE_COMMANDS } from '../../../src/node/drivers/rebalance/driver.ts';
import { temporaryDatabase } from '../../store/temporary.ts';
import { Killed } from '../announced.ts';
import { idOf, scidOf } from '../../store/fake-node.ts';
import { GIVE, PayingNode, WANT } from './paying-node.ts';
import type { Fate } from './payments-in-memory.ts';

const database = temporaryDatabase();
/** A process that ends loses nothing it has written, so that no disk need be waited for. */
const MEMORY = '/dev/shm';
const folder = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'revenue-crash-'));
const BUDGET_SATS = 700;
const DAY = 86_400;
/** Beyond which HTLCs live no longer, and an absent payment is one that never was. */
const HTLC_LIFE = 16 * DAY;
/** In all runs together: the bar of the rebalancing issue. */
const CRASHES = 1000;
/** Rounds of so many runs, about 280 crashes each, until all that is demanded has happened: chance decides only when. */
const RUNS = 20;
const MOST_ROUNDS = 20;

interface Life {
  readonly what: 'cycle' | 'by hand' | 'both';
  readonly driver: 'native' | 'circular' | 'rebalance';
  /** What becomes of the orders of this life, one after the other. */
  readonly fates: readonly Fate[];
  /** The process ends before its call of this number; one that makes fewer is stopped and started again. */
  readonly ends: number;
  /** Seconds until the next process starts. */
  readonly pause: number;
  /** Whether what pends has ended by then. */
  readonly ended: boolean;
  /** Another program pays around meanwhile. */
  readonly foreign: boolean;
}

const fate: fc.Arbitrary<Omit<Fate, 'tells'>> = fc.record({
  end: fc.constantFrom('arrives', 'arrives', 'fails', 'refused', 'held'),
  later: fc.constantFrom('complete', 'failed'),
  costs: fc.double({ min: 0, max: 1, noNaN: true }),
});
const life: fc.Arbitrary<Life> = fc
  .record({
    what: fc.constantFrom('cycle', 'cycle', 'by hand', 'both'),
    driver: fc.constantFrom('native', 'circular', 'rebalance'),
    fates: fc.array(fate, { minLength: 1, maxLength: 4 }),
    ends: fc.nat({ max: 70 }),
    pause: fc.constantFrom(1, 60, 400, 1000, 4000, 20_000),
    ended: fc.boolean(),
    foreign: fc.boolean(),
  })
  .map((one) => ({
    ...one,
    // An own driver notes each hash before it sends; plugins tell theirs afterwards.
    fates: one.fates.map((each) => ({
      ...each,
      tells: one.driver === 'native' ? ('before' as const) : ('after' as const),
      queued: one.driver === 'rebalance',
    })),
  }));

let crashes = 0;
/** Before which calls. */
const at = new Set<string>();
/** Each of them at least once: between any two there is a gap in which money could be lost. */
const STEPS = [
  ...['reserve', 'advance', 'addPaymentHash', 'saveFailures', 'saveDriverRecord'].map((write) => `ledger.${write}`),
  ...['asked', 'before it is sent', 'sent', 'ended', 'given up'].map((step) => `driver.${step}`),
  ...['readSince', 'readPaymentsIndex'].map((read) => `payments.${read}`),
];

class Lives {
  readonly node: PayingNode;
  readonly #foreign = new Set<string>();

  constructor(path: string) {
    this.node = new PayingNode({ ...database, open: () => database.open(path) }, { dailyBudgetSats: BUDGET_SATS });
    for (const command of ['circular', ...REBALANCE_COMMANDS]) this.node.node.commands.add(command);
  }

  async live({ what, driver, fates, ends, pause, ended, foreign }: Life): Promise<void> {
    const { node } = this;
    node.balance();
    node.price();
    node.config = { ...node.config, rebalancer: driver };
    let order = 0;
    node.payments.fate = () => fates[order++ % fates.length] as Fate;
    let call = 0;
    node.before = (port, method) => {
      if (call++ < ends) return;
      at.add(`${port}.${method}`);
      node.stop();
      throw new Killed('killed');
    };
    const works: Promise<unknown>[] = [];
    if (what !== 'by hand') works.push(node.failureOf(node.cycle()));
    if (what !== 'cycle') works.push(node.failureOf(node.byHand(GIVE[1], WANT[1], 700_000, 200)));
    const failures = await Promise.all(works);
    expect(failures.filter((each) => each instanceof TypeError || each instanceof ReferenceError)).toEqual([]);
    if (call > ends) crashes++;
    // From here on nobody lives who could write anything.
    node.restart();
    this.#withinBudget();
    // After a process has already looked what became of it.
    if (order === 0) {
      node.payments.sendOrphan();
      node.payments.serve();
    }
    if (foreign) this.#payElsewhere();
    if (ended) node.payments.endAll();
    await node.clock.advance(pause);
    this.#withinBudget();
  }

  /** By the same amount at the same time, but from a channel that we took nothing from. */
  #payElsewhere(): void {
    const [row] = this.node.payments.rows.slice(-1);
    if (row?.amountMsat == null) return;
    const end = (n: number): OrderEnd => ({
      channelId: idOf(n),
      scid: scidOf(n),
      peerId: this.node.node.snapshot.nodeId,
    });
    const order = { from: end(8), to: end(7), amountMsat: row.amountMsat };
    this.#foreign.add(this.node.payments.foreign(order, row.amountMsat));
  }

  /** What was paid within the last day, and may yet be paid, as the ledger has it and as it really is. */
  #withinBudget(): void {
    const { node } = this;
    const { spentMsat, reservedMsat } = node.spending;
    expect(spentMsat + reservedMsat).toBeLessThanOrEqual(BigInt(BUDGET_SATS) * 1000n);
    const since = node.clock.now() - DAY;
    let real = 0n;
    for (const { paymentHash, status, completedAt, amountMsat, amountSentMsat } of node.payments.rows) {
      if (this.#foreign.has(paymentHash) || status === 'failed') continue;
      if (status === 'complete' && (completedAt ?? 0) <= since) continue;
      real += amountSentMsat - (amountMsat ?? 0n);
    }
    expect(real).toBeLessThanOrEqual(BigInt(BUDGET_SATS) * 1000n);
    const pending = node.payments.rows.filter(({ status }) => status === 'pending');
    const pairs = pending.map(({ paymentHash }) => {
      const order = node.payments.sent.get(paymentHash)?.order;
      return `${String(order?.from.channelId)}>${String(order?.to.channelId)}`;
    });
    expect(new Set(pairs).size, 'two payments of one pair at once').toBe(pairs.length);
  }

  /** Everything ends, and a last process looks. */
  async end(): Promise<void> {
    const { node } = this;
    node.config = { ...node.config, dailyBudgetSats: 0 };
    node.payments.serve();
    node.payments.endAll();
    await node.cycle();
    await node.cycleAfter(4000);
    await node.cycleAfter(HTLC_LIFE);
    expect(node.open).toEqual([]);
    expect(node.store.rebalances.spending(unixSec(0)).reservedMsat).toBe(0n);
    const counted = new Map(
      node.ended
        .filter(({ movedMsat }) => movedMsat > 0n)
        .map(({ paymentHashes, feeMsat, movedMsat }) => [
          node.payments.rows.find(
            ({ paymentHash, status }) => status === 'complete' && paymentHashes.includes(paymentHash),
          )?.paymentHash,
          [movedMsat, feeMsat],
        ]),
    );
    const real = new Map(
      node.payments.rows
        .filter(({ paymentHash, status }) => status === 'complete' && !this.#foreign.has(paymentHash))
        .map(({ paymentHash, amountMsat, amountSentMsat }) => [
          paymentHash,
          [amountMsat, amountSentMsat - (amountMsat ?? 0n)],
        ]),
    );
    expect(new Map([...counted].sort())).toEqual(new Map([...real].sort()));
    const claimed = node.ended.flatMap(({ paymentHashes }) => paymentHashes);
    expect(claimed.filter((hash) => this.#foreign.has(hash))).toEqual([]);
    expect(node.log.lines.filter((line) => line.startsWith('error'))).toEqual([]);
    node.store.close();
  }
}

describe('whatever happens, and wherever the process ends', () => {
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
    console.log(`rebalancing: the process was ended ${crashes} times`);
  });

  it('never more than the budget, never a sat uncounted, never a reservation left over', async () => {
    let run = 0;
    const missed = (): string[] => STEPS.filter((step) => !at.has(step));
    const property = fc.asyncProperty(fc.array(life, { minLength: 15, maxLength: 25 }), async (all) => {
      const lives = new Lives(join(folder, String(run++)));
      for (const one of all) await lives.live(one);
      await lives.end();
    });
    for (let round = 0; round < MOST_ROUNDS && (crashes < CRASHES || missed().length > 0); round++)
      await fc.assert(property, { numRuns: RUNS, endOnFailure: true });
    expect(crashes).toBeGreaterThanOrEqual(CRASHES);
    expect(missed()).toEqual([]);
  }, 240_000);
});
