// Is what may be out of reach measured on what can really be spent, less what is on its way?
import { describe, expect, it } from 'vitest';
import { fundsIn, lessUnderWay, readFunds } from '../../../src/app/rebalance/capital.ts';
import type { ChannelView } from '../../../src/core/snapshot.ts';
import { msat, satsToMsat } from '../../../src/core/units.ts';
import { ManualClock } from '../manual-clock.ts';
import { channelNumber, NodeInMemory } from '../node-in-memory.ts';

const holding = (n: number, state: ChannelView['state'] = 'CHANNELD_NORMAL') =>
  channelNumber(n, { toUs: satsToMsat(900), spendable: satsToMsat(800), state });

describe('the funds above the wallet reserve', () => {
  it('are what can be spent, not what is ours: of channels in normal state, a splice may take its own away', () => {
    const channels = [holding(1), holding(2, 'CHANNELD_AWAITING_SPLICE'), holding(3)];
    expect(fundsIn(channels)).toBe(satsToMsat(1600));
  });

  it('are read on chain and in channels', async () => {
    const node = new NodeInMemory(new ManualClock());
    node.funds = satsToMsat(5000);
    node.snapshot = { ...node.snapshot, channels: [holding(1)] };
    const funds = { onchainMsat: satsToMsat(5000), channelsMsat: satsToMsat(800) };
    expect(await readFunds(node)).toEqual(funds);
    expect(await readFunds(node, { ...node.snapshot, channels: [] })).toEqual({ ...funds, channelsMsat: 0n });
  });

  it('are less by amount and cap of all that is under way', () => {
    const funds = { onchainMsat: satsToMsat(10), channelsMsat: satsToMsat(1000) };
    const orders = [300, 200].map((amount) => ({ amountMsat: satsToMsat(amount), maxFeeMsat: msat(amount) }));
    expect(lessUnderWay(funds, orders)).toEqual({ ...funds, channelsMsat: msat(499_500) });
    expect(lessUnderWay(funds, [])).toEqual(funds);
  });
});
