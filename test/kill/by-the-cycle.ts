// How does the cycle come to rebalance by itself, life after life, so that each of its steps can be the last?
import { HOP_FEE } from '../node-tests/ring.ts';
import { pause, type Json } from '../node-tests/rpc.ts';
import type { Lane, Options } from './lane.ts';
import type { Scenario } from './scenarios.ts';

/** A bid price that is more than the way costs, and a cycle every second. */
const OPTIONS: Options = {
  'revenue-ops-rebalance-interval': 20,
  'revenue-ops-fee-window-forwards': 2,
  'revenue-ops-fee-window-min-hours': 0,
  'revenue-ops-min-fee-ppm': 900,
  'revenue-ops-max-fee-ppm': 1100,
};
/** What C buys at first, and in how many payments: enough for many windows. */
const SOLD_SATS = 300_000;
const SALES = 14;
/** What stays is above the channel's reserve of 1 %. */
const LEFT_SATS = 30_000;
/** Two or three a day leave room in the budget: each moves 150,000 sats for 16. */
const REST_SECONDS = 8 * 3600;
const POLL_MS = 10;
/** Cycles until it has begun, or will not. */
const PATIENCE_MS = 10_000;

async function spareSats({ ring }: Lane): Promise<number> {
  const { channels } = (await ring.call('listpeerchannels')) as { channels: Json[] };
  const back = channels.find(({ short_channel_id }) => short_channel_id === ring.ends.back.scid);
  return Math.floor(Number(back?.['to_us_msat']) / 1000) - LEFT_SATS;
}

/** What others ask for the way to C is little, and C has bought what was there. */
async function prepare(lane: Lane): Promise<void> {
  const { ring } = lane;
  const { out, back, parallel } = ring.ends;
  await lane.refill();
  await ring.setFeeOfC('back', 0);
  await ring.setB({ ppm: 0 });
  const missing = SOLD_SATS - (await spareSats(lane));
  if (missing > 0) await lane.pay(out, back, missing * 1000);
  lane.killer.plan([], null);
  await lane.start({ ...OPTIONS, 'revenue-ops-fee-interval': 1 });
  const policies = [
    [out, 'source_only'],
    [back, 'sink_only'],
    [parallel, 'none'],
  ] as const;
  for (const [{ scid }, rebalance] of policies)
    await lane.ask('revenue-policy', { action: 'set', subject: scid, rebalance });
  const each = Math.floor((await spareSats(lane)) / SALES);
  for (let sale = 0; sale < SALES; sale++) {
    await ring.forward(each, 1);
    // More than a fee cycle.
    await pause(60);
  }
  await lane.kill();
}

/** C buys what the last life has brought. */
async function arrange(lane: Lane): Promise<void> {
  const spare = await spareSats(lane);
  if (spare > 0) await lane.ring.forward(spare, 1);
}

export const byTheCycle: Scenario = {
  name: 'native, by the cycle',
  options: OPTIONS,
  after: [/asked setconfig/],
  prepare,
  async finish({ ring }) {
    await ring.setFeeOfC('back', HOP_FEE.ppm);
    await ring.setB({});
  },
  arrange,
  sells: true,
  async act(lane) {
    const ended = async (): Promise<number> => {
      const { settled, failed } = await lane.audit();
      return settled + failed;
    };
    const before = await ended();
    await lane.ask('setconfig', { config: 'revenue-ops-rebalance-min-profit', val: '0' });
    const deadline = Date.now() + PATIENCE_MS;
    while (lane.alive && (await ended()) === before) {
      if (Date.now() > deadline) return { error: 'no budget, or nothing that would pay' };
      await pause(POLL_MS);
    }
    return { result: { status: 'success' } };
  },
  arrives: true,
  afterwards: (lane) => lane.skip(REST_SECONDS),
};
