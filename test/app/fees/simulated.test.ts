// Do fees, books and memory agree with a simulated node that lives by a market, over its own RPC, for days?
import { describe, expect, it } from 'vitest';
import { COUNTING } from '../../../src/core/fee/counting.ts';
import { channelId, unixSec } from '../../../src/core/units.ts';
import { call } from '../../sim/call.ts';
import { simulatedApplications, type Simulated, type SimulatedOptions } from '../simulated-setup.ts';

const simulated = simulatedApplications();
const HOUR = 3600;
const DAYS = 4;
const market = (options: SimulatedOptions = {}): Promise<Simulated> =>
  simulated({
    paused: false,
    ...options,
    world: { market: 'S1', channels: 20, seed: 3, ...options.world },
    // A sixth of the cycles, so that days pass within seconds; what is learned does not depend on it. Fees alone: a payment
    // under way would wait for a time that passes only from step to step.
    config: { feeInterval: 3 * HOUR, flowInterval: 24 * HOUR, dailyBudgetSats: 0, ...options.config },
  });

async function live(node: Simulated, days: number): Promise<void> {
  for (let hours = 0; hours < days * 24; hours += 3) await node.advance(3 * HOUR);
}

const beside = async (node: Simulated): Promise<unknown[]> =>
  (await node.listed()).map((row) => [
    row.short_channel_id,
    row.fee_base_msat,
    row.minimum_htlc_out_msat,
    row.maximum_htlc_out_msat,
  ]);

describe('days of a market', () => {
  it('set fees as recorded, of nothing but the proportional part, within all limits, and learn what was forwarded', async () => {
    const node = await market({ start: false, config: { feeWindowForwards: 5 } });
    const start = node.clock.now();
    const before = await beside(node);
    const opened = new Map((await node.listed()).map((row) => [row.channel_id, row.fee_proportional_millionths]));
    node.app.start();
    await live(node, DAYS);
    expect(await beside(node)).toEqual(before);

    // The books are the node's: every setchannel is a row, and the rows lead from the first fee to the present one.
    const sets = node.changing().filter(({ method }) => method === 'setchannel');
    const listed = await node.listed();
    let rows = 0;
    for (const row of listed) {
      const changes = [...node.store.fees.changesOf(channelId(row.channel_id), 10_000)].reverse();
      rows += changes.length;
      let fee = opened.get(row.channel_id);
      for (const change of changes) {
        expect(change.oldFeePpm).toBe(fee);
        expect(change.reason).not.toBe('external-change');
        fee = change.newFeePpm;
      }
      expect(fee).toBe(row.fee_proportional_millionths);
      for (const { timestamp } of changes)
        expect(
          changes.filter((each) => each.timestamp > timestamp - 86_400 && each.timestamp <= timestamp).length,
        ).toBeLessThanOrEqual(6);
    }
    expect(rows).toBe(sets.length);
    expect(rows).toBeGreaterThan(20);

    // What was forwarded since the first cycle is what was counted: by the node's own list, peer by peer.
    const until = Math.max(...[...node.store.fees.pricing().values()].map(({ state }) => state.observedUntil));
    const { forwards }: { forwards: Row[] } = await call(node.world, 'listforwards', { status: 'settled' });
    const counted = forwards
      .filter((row) => row.resolved_time >= start && row.resolved_time < until)
      .reduce((sum, row) => sum + Math.min(1, row.out_msat / Number(COUNTING.wholeMsat)), 0);
    const outflows = node.store.fees.outflows(unixSec(start), unixSec(until), COUNTING);
    expect([...outflows.values()].reduce((sum, flow) => sum + flow.forwards, 0)).toBeCloseTo(counted, 6);
    expect(counted).toBeGreaterThan(150);
    const learned = [...node.store.fees.pricing().values()].filter(({ state }) => state.learner.optimum !== null);
    expect(learned.length).toBeGreaterThan(3);
    expect(node.log.lines.filter((line) => /^(warn|error)/.test(line))).toEqual([]);
  });

  it('in dry-run ask the node to change nothing at all, and record each wish once', async () => {
    const node = await market({ config: { dryRun: true } });
    node.clboss.running = true;
    await live(node, 1);
    expect(node.changing()).toEqual([]);
    const wishes = node.store.recentFeeChanges(1000);
    expect(wishes.length).toBeGreaterThan(5);
    expect(wishes.every(({ reason, manual }) => reason.startsWith('dry-run: ') && !manual)).toBe(true);
  });

  it('with clboss there price no peer that clboss prices too', async () => {
    const node = await market();
    node.clboss.running = true;
    await live(node, 1);
    const priced = node.store.fees.pricedPeers();
    expect(priced.size).toBeGreaterThan(3);
    const { peers } = (await node.run('revenue-clboss-status')) as { peers: { peer_id: string; ours: string[] }[] };
    expect(peers.filter(({ ours }) => ours.includes('lnfee')).map(({ peer_id }) => peer_id)).toEqual(
      [...priced].sort(),
    );
  });
});

interface Row {
  readonly resolved_time: number;
  readonly out_msat: number;
}
