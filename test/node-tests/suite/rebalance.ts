// Does the plugin rebalance around a ring as it says, for what it says, and is every msat of it where it is told?
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  beginAnew,
  budgetOf,
  feeAround,
  leftAsFees,
  ledger,
  msats,
  ours,
  paramsOf,
  rebalance,
  rebalanceTold,
  remains,
  sendpays,
  statusOf,
} from '../rebalancing.ts';
import type { Ring } from '../ring.ts';
import { refusal, until, type Json } from '../rpc.ts';
import { testDriverPlugins } from './rebalance-drivers.ts';
import { testHeld } from './rebalance-held.ts';
import { testRebalanceLoop } from './rebalance-loop.ts';

const INVALID_PARAMS = -32602;
const AMOUNT = 300_000_000n;
/** Of A, B and C, compounding from the end, each 1 msat and 100 ppm: what BOLT 7 says of 300,000 sats. */
const FEE = 90_012n;

const run = promisify(execFile);
/** As an operator types it. */
async function cli({ lightningDir }: Ring, ...words: readonly string[]): Promise<Json> {
  const flags = [`--lightning-dir=${lightningDir}`, '--network=regtest', '-N', 'none'];
  const { stdout } = await run('lightning-cli', [...flags, ...words]);
  return JSON.parse(stdout) as Json;
}

export function testRebalancing(start: () => Promise<Ring>): void {
  let ring: Ring | undefined;
  const theRing = (): Ring => {
    if (!ring) throw new Error('the ring did not start');
    return ring;
  };
  beforeAll(async () => {
    ring = await start();
  });
  afterAll(async () => {
    await ring?.stop();
  });

  describe('by hand', () => {
    testByHand(theRing);
  });
  describe('held by a hop', () => {
    testHeld(theRing);
  });
  describe('by other plugins', () => {
    testDriverPlugins(theRing);
  });
  // Last: it moves what the other channels of the ring can carry.
  describe('by the cycle', () => {
    testRebalanceLoop(theRing);
  });
}

function testByHand(theRing: () => Ring): void {
  beforeAll(() => beginAnew(theRing()));
  afterAll(() => theRing().stopPlugin());

  it('moves 300,000 sats around; reply, history, lots, returns, budget, payments, books and balances agree', async () => {
    const ring = theRing();
    const { out, back } = ring.ends;
    const before = [await ours(ring, out), await ours(ring, back)] as const;
    const { reply, progress } = await rebalanceTold(ring, paramsOf(ring, { sats: 300_000, maxFeeSats: 200 }));
    expect(feeAround(AMOUNT)).toBe(FEE);
    expect(reply).toMatchObject({ status: 'success', driver: 'native', attempts: 1, max_fee_sats: 200 });
    expect([msats(reply['moved_sats']), msats(reply['fee_sats'])]).toEqual([AMOUNT, FEE]);
    expect(reply['fee_ppm']).toBe(300.04);
    expect(progress.length).toBeGreaterThan(0);
    for (const { num, total } of progress) expect(num).toBeLessThan(total);

    await until(
      'the balances to settle',
      async () =>
        (await ours(ring, back)) === before[1] + AMOUNT && (await ours(ring, out)) === before[0] - AMOUNT - FEE,
    );
    expect(await budgetOf(ring)).toEqual({ spent: FEE, reserved: 0n });
    expect(await leftAsFees(ring)).toBe(FEE);
    expect(await ledger(ring)).toEqual([
      expect.objectContaining({
        ...{ state: 'settled', driver: 'native', manual: 1, from_scid: out.scid, to_scid: back.scid },
        ...{ amount_msat: Number(AMOUNT), moved_msat: Number(AMOUNT), fee_msat: Number(FEE), max_fee_msat: 200_000 },
        ...{ status: 'success', amount_sats: 300_000, max_fee_sats: 200, actual_fee_sats: 91, error_message: null },
      }),
    ]);
    const { recent_rebalances, rebalancer } = await statusOf(ring);
    expect(recent_rebalances).toEqual([
      expect.objectContaining({
        from_channel: out.scid,
        to_channel: back.scid,
        status: 'success',
        amount_sats: 300_000,
      }),
    ]);
    expect(rebalancer).toMatchObject({ active: 'native', in_flight: 0, unknown: 0 });

    const income = await until('bookkeeper', async () => {
      const { income_events } = (await ring.call('bkpr-listincome')) as { income_events: Json[] };
      return income_events.find(({ tag }) => tag === 'rebalance_fee');
    });
    expect(income).toMatchObject({ debit_msat: Number(FEE), payment_id: reply.payment_hash });
    const { channels_by_class, lots } = (await ring.call('revenue-profitability', { channel_id: back.scid })) as {
      channels_by_class: Record<string, Json[]>;
      lots: Json[];
    };
    const [figures] = Object.values(channels_by_class).flat();
    expect(msats(figures?.['rebalance_cost_sats'])).toBe(FEE);
    expect(lots).toEqual([
      expect.objectContaining({ payment_hash: reply.payment_hash, amount_sats: 300_000, remaining_sats: 300_000 }),
    ]);
    expect(msats(lots[0]?.['cost_sats'])).toBe(FEE);
    expect(await remains(ring)).toEqual([]);
  });

  it('takes parameters by position and by name, as lightning-cli gives them', async ({ skip }) => {
    const ring = theRing();
    skip(
      await run('lightning-cli', ['--version']).then(
        () => false,
        () => true,
      ),
      'no lightning-cli on PATH',
    );
    const { from_channel, to_channel } = paramsOf(ring) as Record<string, string>;
    const words = [String(from_channel), String(to_channel), '10000', '20'];
    expect(await cli(ring, 'revenue-rebalance', ...words)).toMatchObject({ status: 'success', moved_sats: 10_000 });
    const named = ['from_channel', 'to_channel', 'amount_sats', 'max_fee_sats'].map(
      (name, i) => `${name}=${String(words[i])}`,
    );
    expect(await cli(ring, '-k', 'revenue-rebalance', ...named)).toMatchObject({ status: 'success', max_fee_sats: 20 });
  });

  it('is checked without being carried out', async () => {
    const ring = theRing();
    const before = (await ledger(ring)).length;
    const asked = { command_to_check: 'revenue-rebalance', ...paramsOf(ring) };
    expect(await ring.call('check', asked)).toEqual({ command_to_check: 'revenue-rebalance' });
    for (const wrong of [{ amount_sats: 0 }, { amount_sats: 1.5 }, { max_fee_sats: -1 }, { from_channel: 'x' }]) {
      const [name = ''] = Object.keys(wrong);
      const calls = [
        () => ring.call('check', { ...asked, ...wrong }),
        () => ring.call('revenue-rebalance', { ...paramsOf(ring), ...wrong }),
      ];
      for (const call of calls) {
        const { code, message } = await refusal(call());
        expect(code).toBe(INVALID_PARAMS);
        expect(message).toContain(name);
      }
    }
    expect(await ledger(ring)).toHaveLength(before);
  });

  it('refuses a route that is too expensive before anything is sent', async () => {
    const ring = theRing();
    await ring.setB({ ppm: 2000 });
    const [sent, calls] = [(await sendpays(ring)).length, (await ring.stateChangingCalls()).length];
    const { spent } = await budgetOf(ring);
    const reply = await rebalance(ring, { sats: 300_000, maxFeeSats: 200 });
    expect(reply).toMatchObject({ status: 'failed', moved_sats: 0, fee_sats: 0, payment_hash: null, attempts: 0 });
    expect(reply['message']).toContain('and the cap is 200000 msat');
    expect(await sendpays(ring)).toHaveLength(sent);
    const methods = (await ring.stateChangingCalls()).slice(calls).map(({ method }) => method);
    expect(methods.filter((method) => /^(sendpay|sendonion|invoice)$/.test(method))).toEqual([]);
    expect(await remains(ring)).toEqual([]);
    expect(await budgetOf(ring)).toEqual({ spent, reserved: 0n });
    expect((await ledger(ring)).at(-1)).toMatchObject({ state: 'failed', failure: 'too-expensive', fee_msat: 0 });
    await ring.setB({});
  });

  it('refuses in words and figures what the capital does not allow, and sends nothing', async () => {
    const ring = theRing();
    const [sent, rows] = [(await sendpays(ring)).length, (await ledger(ring)).length];
    const beyond = await refusal(rebalance(ring, { sats: 300_000, maxFeeSats: 5000 }));
    expect(beyond.message).toContain('budget-used');
    expect(beyond.message).toMatch(/needed 5000 sats, available \d+(\.\d+)? sats/);
    const much = await refusal(rebalance(ring, { sats: 1_900_000 }));
    expect(much.message).toContain('too-much');
    const same = await refusal(rebalance(ring, { from: ring.ends.back, to: ring.ends.parallel }));
    expect(same.message).toContain('same-peer');
    expect(await sendpays(ring)).toHaveLength(sent);
    expect(await ledger(ring)).toHaveLength(rows);
  });
}
