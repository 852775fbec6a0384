// Does pricing know what channels cost and how they pay, as the node's books have it?
import { describe, expect, it } from 'vitest';
import { call } from '../../sim/call.ts';
import { simulatedApplications, type Simulated } from '../simulated-setup.ts';

const simulated = simulatedApplications();
type Values = Record<string, number | string | null>;

async function stepOf(node: Simulated, channel: string, step: string): Promise<Values> {
  const { fee } = (await node.run('revenue-explain', [channel])) as {
    fee: { steps: { step: string; values: Values }[] };
  };
  const found = fee.steps.find((each) => each.step === step);
  if (!found) throw new Error(`no step ${step}`);
  return found.values;
}

interface Profit {
  readonly channel_id: string;
  readonly peer_id: string;
  readonly class: string;
  readonly open_cost_sats: number;
}
async function profits(node: Simulated): Promise<Profit[]> {
  const reply = (await node.run('revenue-profitability')) as { channels_by_class: Record<string, Profit[]> };
  return Object.values(reply.channels_by_class).flat();
}

describe('what pricing knows of money', () => {
  it('is the class and the costs that revenue-profitability shows', async () => {
    const node = await simulated({ paused: false, world: { channels: 12 } });
    const known = await profits(node);
    const alone = known.filter(({ peer_id }) => known.filter((each) => each.peer_id === peer_id).length === 1);
    const listed = (await node.listed()).filter((row) => !row.private).map((row) => row.short_channel_id);
    const priced = alone.filter(({ channel_id }) => listed.includes(channel_id));
    expect(priced.length).toBeGreaterThan(1);
    for (const channel of priced)
      expect(await stepOf(node, channel.channel_id, 'inputs')).toMatchObject({ profit_class: channel.class });
    const bought = priced.find(({ open_cost_sats }) => open_cost_sats > 0);
    const given = priced.find(({ open_cost_sats }) => open_cost_sats === 0);
    expect((await stepOf(node, bought?.channel_id ?? '', 'floor'))['chain_ppm']).toBeGreaterThan(0);
    if (given) expect((await stepOf(node, given.channel_id, 'floor'))['chain_ppm']).toBe(0);
  });

  it('keeps bought liquidity from being sold below its cost, as long as it is there', async () => {
    const node = await simulated({ paused: false, world: { channels: 12 } });
    const channels = (await node.usable()).filter((row) => !row.private);
    const [to, from] = channels.filter((row) => channels.filter((each) => each.peer_id === row.peer_id).length === 1);
    if (!to || !from) throw new Error('expected two channels to two peers');
    expect(await stepOf(node, to.short_channel_id, 'floor')).toMatchObject({ lots_ppm: 0 });
    await call(node.world, 'dev-sim-pay', {
      out_channel: from.short_channel_id,
      in_channel: to.short_channel_id,
      amount_msat: 20_000_000,
      fee_msat: 40_000,
    });
    await node.advance(3 * 3600);
    const floor = await stepOf(node, to.short_channel_id, 'floor');
    // 2000 ppm and a tenth, less what a few hours take off.
    expect(floor['lots_ppm']).toBeGreaterThan(2150);
    expect(floor['lots_ppm']).toBeLessThanOrEqual(2200);
    expect(await node.feeOf(to)).toBeGreaterThanOrEqual(2150);
    expect(await stepOf(node, from.short_channel_id, 'floor')).toMatchObject({ lots_ppm: 0 });
    expect(await stepOf(node, to.short_channel_id, 'clamp')).toMatchObject({ lower_rule: 'economic-floor' });
  });
});
