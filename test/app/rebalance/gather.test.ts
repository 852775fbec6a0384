// Does a look read what is really there: what was paid, what the peers are worth, what the operator has said?
import { describe, expect, it } from 'vitest';
import { withDryRuns } from '../../../src/app/rebalance/dry-run.ts';
import type { ChannelVerdict, PairVerdict } from '../../../src/core/rebalance/plan-types.ts';
import { msat, ppm, satsToMsat, unixSec, ZERO_MSAT } from '../../../src/core/units.ts';
import type { Policy } from '../../../src/ports.ts';
import { idOf } from '../../store/fake-node.ts';
import { temporaryDatabase } from '../../store/temporary.ts';
import { PayingNode, WANT } from './paying-node.ts';
import { ARRIVES } from './payments-in-memory.ts';

const database = temporaryDatabase();
/** Looks, and never acts. */
const LOOK = { rebalanceMinProfit: 1_000_000 };

const verdictOf = (node: PayingNode, n: number, role: ChannelVerdict['role']): ChannelVerdict => {
  const kept = node.store.rebalances.verdict(idOf(n), role);
  if (kept === null) throw new Error(`no verdict on channel ${n}`);
  return kept.verdict;
};
const bestOf = (node: PayingNode, n: number): PairVerdict => {
  const [best] = verdictOf(node, n, 'destination').pairs;
  if (best === undefined) throw new Error(`no pair for channel ${n}`);
  return best;
};
const valuesOf = (verdict: Pick<PairVerdict, 'trail'>, step: string) =>
  verdict.trail.find((each) => each.step === step)?.values;

describe('a look', () => {
  it('expects of the way what was really paid for what really arrived, not the cap or the amount asked for', async () => {
    const node = new PayingNode(database, { ...LOOK, flowWindowDays: 30 });
    node.payments.fate = () => ({ ...ARRIVES, costs: 0.5 });
    // Half of 60 sats for 100,000: 300 ppm.
    for (let i = 0; i < 3; i++) await node.byHand(1, 2, 100_000, 60);
    node.payments.fate = () => ({ ...ARRIVES, end: 'refused' });
    await node.byHand(4, 2, 100_000, 500);
    await node.cycle();
    expect(valuesOf(bestOf(node, 2), 'inbound')).toEqual({ ppm: 300, from: 'paid', payments: 3 });
    expect(valuesOf(bestOf(node, 3), 'inbound')).toMatchObject({ from: 'peer-fee', payments: 0 });
    // A restart forgets none of it, two weeks do.
    node.restart();
    await node.cycle();
    expect(valuesOf(bestOf(node, 2), 'inbound')).toMatchObject({ from: 'paid' });
    await node.clock.advance(15 * 86_400);
    node.price();
    await node.cycle();
    expect(bestOf(node, 2).evaluation?.inboundPpm).toBe(250);
  });

  it('takes fees and balances from the channels as they are now, and never the reserve for spendable', async () => {
    const node = new PayingNode(database, LOOK);
    const { snapshot } = node.node;
    node.node.snapshot = {
      ...snapshot,
      channels: snapshot.channels.map((view) =>
        view.channelId === idOf(1) || view.channelId === idOf(4) ? { ...view, spendable: satsToMsat(60_000) } : view,
      ),
    };
    await node.cycle();
    const { evaluation, trail } = bestOf(node, 2);
    expect(valuesOf({ trail }, 'destination')).toMatchObject({ fee_ppm: 1000 });
    expect(valuesOf({ trail }, 'amount')).toMatchObject({ bound: 'spendable' });
    expect(evaluation?.amountMsat).toBeLessThan(satsToMsat(60_000));
  });

  it('obeys the policy of channel and peer, the stricter of both, from the next look on', async () => {
    const node = new PayingNode(database, LOOK);
    const policy = (subject: Policy['subject'], rebalance: Policy['rebalance']): Policy => ({
      subject,
      strategy: 'dynamic',
      staticPpm: null,
      minPpm: null,
      maxPpm: null,
      rebalance,
      expiresAt: null,
      setAt: unixSec(node.clock.now()),
    });
    const peerOf = (n: number) => {
      const found = node.node.snapshot.channels.find(({ channelId }) => channelId === idOf(n));
      if (found === undefined) throw new Error(`no channel ${n}`);
      return found.peerId;
    };
    node.store.fees.savePolicy(policy(idOf(1), 'none'));
    node.store.fees.savePolicy(policy(peerOf(2), 'source_only'));
    await node.cycle();
    expect(verdictOf(node, 1, 'source').reason).toBe('policy');
    expect(verdictOf(node, 2, 'destination').reason).toBe('policy');
    expect(bestOf(node, 3).from).toBe(idOf(4));
    node.store.fees.savePolicy(policy(idOf(4), 'sink_only'));
    await node.cycle();
    expect(verdictOf(node, 3, 'destination').pairs).toEqual([]);
  });

  it('never fills a channel through which nothing has passed', async () => {
    const node = new PayingNode(database, { ...LOOK, flowWindowDays: 1 });
    await node.clock.advance(3 * 86_400);
    node.price();
    await node.cycle();
    for (const n of WANT) expect(verdictOf(node, n, 'destination').reason).toBe('zombie');
  });

  it('prices the channels of one peer by the share of all of them', async () => {
    const node = new PayingNode(database, LOOK);
    await node.cycle();
    const alone = valuesOf(bestOf(node, 2), 'destination')?.['bid_ppm'];
    // The other empty one is the same peer's, and full now: liquidity there serves the same forwards.
    const [two, three] = WANT.map((n) => node.node.snapshot.channels.find(({ channelId }) => channelId === idOf(n)));
    if (two === undefined || three === undefined) throw new Error('expected two channels');
    const full = { ...three, peerId: two.peerId, toUs: satsToMsat(9_500_000), spendable: satsToMsat(9_400_000) };
    const { snapshot } = node.node;
    const channels = snapshot.channels.map((view) => (view.channelId === idOf(3) ? full : view));
    node.node.snapshot = { ...snapshot, channels };
    await node.cycle();
    expect(verdictOf(node, 2, 'destination').pairs[0]?.evaluation?.valuePpm ?? 0).toBeLessThan(Number(alone) / 2);
  });

  it('expects each channel of a peer to sell its share of what the peer does, and no less than was measured', async () => {
    const node = new PayingNode(database, LOOK);
    const daily = async () => {
      const { channels } = await node.look();
      return new Map(channels.map(({ view, dailyOutMsat }) => [view.channelId, dailyOutMsat]));
    };
    // 20 million sats in 20 days were sold to each peer.
    expect((await daily()).get(idOf(2))).toBe(1_000_000_000);
    const { snapshot } = node.node;
    const two = snapshot.channels.find(({ channelId }) => channelId === idOf(2));
    if (two === undefined) throw new Error('no channel 2');
    const channels = snapshot.channels.map((view) =>
      view.channelId === idOf(3) ? { ...view, peerId: two.peerId, capacity: satsToMsat(30_000_000) } : view,
    );
    node.node.snapshot = { ...snapshot, channels };
    const shared = await daily();
    expect([2, 3, 4].map((n) => shared.get(idOf(n)))).toEqual([250_000_000, 750_000_000, 1_000_000_000]);
    // By a private one goes what went: 1000 sats within the window.
    const [days, sats] = [node.config.flowWindowDays, 1000];
    const alone = channels.map((view) => (view.channelId === idOf(2) ? { ...view, private: true } : view));
    node.node.snapshot = { ...snapshot, channels: alone };
    expect((await daily()).get(idOf(2))).toBeCloseTo((1000 * sats) / days, 6);
  });

  it('in dry-run counts what was pretended beside what was really spent, and as moved', async () => {
    const node = new PayingNode(database, LOOK);
    await node.byHand(1, 2, 500_000, 400);
    const real = await node.look();
    expect(real.capital.spending?.spentMsat).toBe(satsToMsat(200));
    const ends = { from: idOf(1), to: idOf(3), at: node.clock.now() };
    const pretended = [30, 50].map((cap) => ({
      ...ends,
      ...{ amountMsat: satsToMsat(1000), maxFeeMsat: satsToMsat(cap), expectedProfitMsat: ZERO_MSAT },
    }));
    const { capital, open } = withDryRuns(real, pretended);
    expect(capital.spending).toEqual({ spentMsat: satsToMsat(280), reservedMsat: 0n });
    expect(open).toHaveLength(2);
    expect(withDryRuns(real, [])).toBe(real);
  });

  it('counts what is out of sight as moved, and its cap as spent', async () => {
    const node = new PayingNode(database, { ...LOOK, rebalanceTimeout: 60 });
    node.payments.fate = () => ({ ...ARRIVES, end: 'held' });
    await node.byHand(1, 2, 5_000_000, 4_999);
    await node.cycle();
    expect(verdictOf(node, 2, 'destination').reason).toBe('at-target');
    expect(bestOf(node, 3).reason).toBe('min-profit');
    node.config = { ...node.config, rebalanceMinProfit: 10 };
    await node.cycle();
    expect(bestOf(node, 3)).toMatchObject({ reason: 'budget-used', shortfall: { unit: 'msat', available: 1000 } });
  });

  it('goes by the options of this moment: a budget that was raised counts at once', async () => {
    const node = new PayingNode(database, { dailyBudgetSats: 90 });
    await node.cycle();
    expect(node.sent).toEqual([]);
    expect(bestOf(node, 2).reason).toBe('budget-used');
    node.config = { ...node.config, dailyBudgetSats: 5000 };
    await node.cycle();
    expect(node.sent.length).toBeGreaterThan(0);
  });

  it('has the profit of a rebalance once: what it was worth, less what the way cost', async () => {
    const node = new PayingNode(database);
    node.payments.fate = () => (node.sent.length === 1 ? ARRIVES : { ...ARRIVES, end: 'refused' });
    await node.cycle();
    const [settled] = node.ended.filter(({ state }) => state === 'settled');
    if (settled === undefined) throw new Error('expected one that arrived');
    const worth = settled.expectedProfitMsat + settled.expectedFeeMsat;
    const row = node.history.find(({ status }) => status === 'success');
    expect(row?.actualProfitSats).toBe(Math.floor(Number(worth - settled.feeMsat) / 1000));
    expect(settled.feeMsat).toBeGreaterThan(ZERO_MSAT);
  });

  it('leaves a peer without a price alone, whatever the others are worth', async () => {
    const node = new PayingNode(database, LOOK);
    const { snapshot } = node.node;
    const channels = snapshot.channels.map((view) =>
      view.channelId === idOf(2) ? { ...view, private: true, feePpm: ppm(900), feeBase: msat(1) } : view,
    );
    node.node.snapshot = { ...snapshot, channels };
    await node.cycle();
    expect(verdictOf(node, 2, 'destination').reason).toBe('no-price');
    expect(bestOf(node, 3).evaluation?.valuePpm).toBeGreaterThan(0);
  });

  it.each([
    ['half an hour', 1800, 25, 'no-price'],
    ['two days', 2 * 86_400, 100, 'min-profit'],
    ['two days', 2 * 86_400, 145, 'no-price'],
  ])('with a fee cycle every %s (%d s) prices of %d hours ago are: %s', async (_, feeInterval, hours, reason) => {
    const node = new PayingNode(database, { ...LOOK, feeInterval });
    await node.clock.advance(hours * 3600);
    await node.cycle();
    expect(verdictOf(node, 2, 'destination').reason).toBe(reason);
  });
});
