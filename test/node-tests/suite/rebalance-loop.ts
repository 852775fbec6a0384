// Does the cycle rebalance where it pays, and nowhere where it does not, or may not?
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  aCycle,
  beginAnew,
  budgetOf,
  goOn,
  history,
  leftAsFees,
  ledger,
  ours,
  rebalance,
  sendpays,
  statusOf,
  verdict,
} from '../rebalancing.ts';
import { HOP_FEE, type Ring } from '../ring.ts';
import { until, type Json } from '../rpc.ts';

/** Fees and rebalances by the second; a window closes with the second forward. */
const FAST = {
  'revenue-ops-fee-interval': 1,
  'revenue-ops-fee-window-forwards': 2,
  'revenue-ops-fee-window-min-hours': 0,
  // More than what the way is taken to cost.
  'revenue-ops-min-fee-ppm': 900,
  'revenue-ops-max-fee-ppm': 1100,
  // The channels are small.
  'revenue-ops-rebalance-min-profit': 1,
};

/** Enough for many windows; what stays is above the channel's reserve of 1 %. */
const FORWARDS = 14;
const LEFT_SATS = 30_000;

const C_ENDS = ['back', 'parallel'] as const;

const SENDS = /^(sendpay|sendonion|sendinvoice|pay|xpay|invoice|askrene-|circular|sling-|rebalance)/;

export function testRebalanceLoop(theRing: () => Ring): void {
  /** What it has called to rebalance. */
  const rebalancing = async (): Promise<string[]> =>
    (await theRing().stateChangingCalls()).map(({ method }) => method).filter((method) => SENDS.test(method));
  const policy = (subject: string, rule: string): Promise<Json> =>
    theRing().call('revenue-policy', { action: 'set', subject, rebalance: rule });
  const begin = async (options: Readonly<Record<string, string | number | boolean>> = {}): Promise<void> => {
    await theRing().stopPlugin();
    await goOn(theRing(), { ...FAST, ...options });
  };

  /** Lets it run for some cycles, in which it must not rebalance; the reasons of its verdicts on where it would pay. */
  async function forbidden(): Promise<{ readonly destination: unknown; readonly source: unknown }> {
    const ring = theRing();
    const [calls, rows] = [(await rebalancing()).length, (await sendpays(ring)).length];
    await ring.call('revenue-resume');
    await aCycle(ring, 'fees');
    await aCycle(ring);
    await ring.call('revenue-pause');
    expect((await rebalancing()).slice(calls)).toEqual([]);
    expect(await sendpays(ring)).toHaveLength(rows);
    return {
      destination: (await verdict(ring, ring.ends.back, 'destination'))['reason'],
      source: (await verdict(ring, ring.ends.out, 'source'))['reason'],
    };
  }

  beforeAll(async () => {
    const ring = theRing();
    // What others ask for the way to C is little, and so is what C is expected to be worth: then this must be less.
    for (const name of C_ENDS) await ring.setFeeOfC(name, 0);
    await ring.setB({ ppm: 0 });
    // So that A has something to send, and C to receive by.
    await beginAnew(ring);
    await rebalance(ring, { sats: 300_000, maxFeeSats: 200 });
    await ring.stopPlugin();
    // It sets its own fee at once wherever it may, and from then on we do.
    await ring.startClboss();
    await beginAnew(ring, { ...FAST, 'revenue-ops-daily-budget-sats': 0 });
    await until('fees', async () => {
      const { channels } = (await ring.call('listpeerchannels')) as { channels: Json[] };
      return channels.every((row) => Number(row['fee_proportional_millionths']) >= FAST['revenue-ops-min-fee-ppm']);
    });
    // C buys what `back` has, but for a little.
    const left = Number((await ours(ring, ring.ends.back)) / 1000n) - LEFT_SATS;
    await ring.forward(Math.floor(left / FORWARDS), FORWARDS);
  });
  afterAll(async () => {
    await theRing().stopPlugin();
    await theRing().stopClboss();
    for (const name of C_ENDS) await theRing().setFeeOfC(name, HOP_FEE.ppm);
    await theRing().setB({ ppm: HOP_FEE.ppm });
  });

  it('spends nothing while the budget is 0', async () => {
    expect(await forbidden()).toMatchObject({ destination: 'no-budget' });
    expect(await history(theRing())).toEqual([]);
  });

  it('spends nothing while the reserve is not there', async () => {
    await begin({ 'revenue-ops-min-wallet-reserve': 1_000_000_000_000 });
    expect(await forbidden()).toMatchObject({ destination: 'wallet-reserve' });
    expect((await statusOf(theRing()))['reserve']).toMatchObject({ ok: false });
  });

  it('writes down what it would do in dry-run, once, and calls nothing', async () => {
    const ring = theRing();
    await begin({ 'revenue-ops-dry-run': true });
    await forbidden();
    const rows = await history(ring);
    expect(rows.length).toBeGreaterThan(0);
    expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(['dry-run']));
    expect(await rebalance(ring, { sats: 50_000, maxFeeSats: 100 })).toMatchObject({ status: 'dry-run' });
    expect(await budgetOf(ring)).toEqual({ spent: 0n, reserved: 0n });
    await forbidden();
    expect((await history(ring)).length).toBeLessThan(2 * rows.length + 2);
  });

  it('rests while paused, and the operator does not', async () => {
    const ring = theRing();
    await begin({ 'revenue-ops-flow-interval': 1 });
    await aCycle(ring, 'flow');
    expect(await ledger(ring)).toEqual([]);
    expect(await rebalance(ring, { sats: 50_000, maxFeeSats: 100 })).toMatchObject({ status: 'success' });
    expect(await ledger(ring)).toEqual([expect.objectContaining({ manual: 1, state: 'settled' })]);
  });

  it.each([
    ['none', 'back', 'destination'],
    ['source_only', 'back', 'destination'],
    ['none', 'out', 'source'],
    ['sink_only', 'out', 'source'],
  ] as const)('obeys the policy %s for the peer of %s', async (rule, name, role) => {
    const { peerId } = theRing().ends[name];
    await policy(peerId, rule);
    expect(await forbidden()).toMatchObject({ [role]: 'policy' });
    await theRing().call('revenue-policy', { action: 'delete', subject: peerId });
  });

  it('moves what pays, for what it said, and keeps clboss from moving it back', async () => {
    const ring = theRing();
    const { out, back, parallel } = ring.ends;
    await policy(out.scid, 'source_only');
    await policy(back.scid, 'sink_only');
    await policy(parallel.scid, 'none');
    const [before, fees, { spent }] = [await ours(ring, back), await leftAsFees(ring), await budgetOf(ring)];
    await ring.call('revenue-resume');
    const done = await until('a rebalance by the cycle', async () =>
      (await ledger(ring)).find(({ manual, state }) => manual === 0 && state === 'settled'),
    );
    await ring.call('revenue-pause');
    await until('what is under way', async () => Number((await statusOf(ring)).rebalancer['in_flight']) === 0);
    expect(done).toMatchObject({ from_scid: out.scid, to_scid: back.scid, driver: 'native', status: 'success' });
    expect(done.moved_msat).toBe(done.amount_msat);
    expect(done.fee_msat).toBeLessThanOrEqual(done.max_fee_msat);
    const all = (await ledger(ring)).filter(({ manual }) => manual === 0);
    const sum = (field: 'fee_msat' | 'moved_msat'): bigint =>
      all.reduce((total, row) => total + BigInt(row[field]), 0n);
    expect(await budgetOf(ring)).toEqual({ spent: spent + sum('fee_msat'), reserved: 0n });
    expect(await leftAsFees(ring)).toBe(fees + sum('fee_msat'));
    await until('the balance', async () => (await ours(ring, back)) === before + sum('moved_msat'));
    const { unmanaged } = (await ring.call('clboss-status')) as { unmanaged: Record<string, string> };
    for (const { peerId } of [out, back]) expect(unmanaged[peerId]).toContain('balance');
  });
}
