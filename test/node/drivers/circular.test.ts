// Does the driver for circular get every scenario right, with a circular that pays around the simulated ring?
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { maxPpm } from '../../../src/node/drivers/circular/driver.ts';
import { msat } from '../../../src/core/units.ts';
import { startSimulatedRing } from '../../node-tests/simulated-ring.ts';
import { until } from '../../node-tests/rpc.ts';
import { pluginRing, type PluginRing } from './plugin-ring.ts';

/** 100,000 sats back over C, B and A, each 1 msat and 100 ppm, compounding. */
const FEE = 30_006n;

describe('circular', () => {
  let at: PluginRing;
  beforeAll(async () => {
    at = await pluginRing(startSimulatedRing);
    await at.start('circular');
  });
  afterAll(() => at.stop());
  beforeEach(async () => {
    at.hashes.length = 0;
    at.asked.length = 0;
    await at.ring.setB({});
    await at.conduct('circular');
  });

  it('success with a fee: moved, fee and hash are those of listsendpays; amounts are asked in sats, never 0 ppm', async () => {
    const before = await at.ours(at.ring.ends.back);
    const outcome = await at.run('circular');
    expect(outcome).toMatchObject({ status: 'success', movedMsat: 100_000_000n, feeMsat: FEE, failure: null });
    expect(at.hashes).toEqual([outcome.paymentHash]);
    expect(await at.ours(at.ring.ends.back)).toBe(before + 100_000_000n);
    expect(at.calls('circular')).toEqual([
      {
        ...{ outscid: at.ring.ends.out.scid, inscid: at.ring.ends.back.scid, amount: 100_000, maxppm: 599 },
        ...{ attempts: 1, maxhops: 8 },
      },
    ]);
  });

  it('success without the key `fee`: the fee is known all the same', async () => {
    await at.conduct('circular', 'hide-fee');
    expect(await at.run('circular')).toMatchObject({ status: 'success', feeMsat: FEE });
  });

  it('a failure after 0 attempts: too expensive, and nothing was sent', async () => {
    await at.ring.setB({ ppm: 2000 });
    const before = await at.payments();
    const outcome = await at.run('circular');
    expect(outcome).toMatchObject({ status: 'failed', failure: 'too-expensive', attempts: 0, feeMsat: 0n });
    expect(outcome.reason).toContain('Cheapest route found was');
    expect(await at.payments()).toEqual(before);
  });

  it('a failure after some attempts: not enough liquidity on the way', async () => {
    await at.liquidity(50_000_000);
    const outcome = await at.run('circular', { seconds: 250 });
    await at.liquidity(1_400_000_000);
    expect(outcome).toMatchObject({ status: 'failed', failure: 'no-liquidity', attempts: 1, movedMsat: 0n });
  });

  it('JSON-RPC -1: real circular v2 on v26.06 sees no channels, and the report says so', async () => {
    await at.conduct('circular', 'blind');
    const outcome = await at.run('circular');
    expect(outcome).toMatchObject({ status: 'failed', failure: 'driver-error', attempts: 0 });
    expect(outcome.reason).toMatch(/too old for this lightningd.*not a peer or peer channel/);
  });

  it('blocks until its timeout, answers failure, and the HTLC is pending: unknown, and later told by its row', async () => {
    await at.ring.hold();
    await at.conduct('circular', 'plain', 1);
    const running = at.run('circular');
    await until('the payment', async () => (await at.payments('pending')).length === 1);
    const outcome = await at.expire(running);
    expect(outcome).toMatchObject({ status: 'unknown', failure: 'unknown', movedMsat: 0n });
    // It has only left: another order's from that channel would look the same, so that it is noted for neither.
    expect(outcome.paymentHash).toBeNull();
    expect(at.hashes).toEqual([]);
    await at.ring.release('refuse');
    await until('its end', async () => (await at.payments('pending')).length === 0);
    await at.ring.release('pass');
  });

  it('blocks until its timeout and the HTLC fails before the deadline: failed, nothing lost', async () => {
    await at.ring.hold();
    await at.conduct('circular', 'plain', 1);
    const running = at.run('circular');
    await until('the payment', async () => (await at.payments('pending')).length === 1);
    await new Promise((done) => setTimeout(done, 2000));
    await at.ring.release('refuse');
    expect(await running).toMatchObject({ status: 'failed', failure: 'timeout', attempts: 1, movedMsat: 0n });
    await at.ring.release('pass');
  });

  it('is killed before it replies, and listsendpays says complete: success', async () => {
    await at.conduct('circular', 'die-after-arrival');
    expect(await at.run('circular')).toMatchObject({ status: 'success', feeMsat: FEE });
    await at.start('circular');
  });

  it('is killed with the payment pending, which then arrives: counted by the time the deadline comes', async () => {
    await at.ring.hold();
    await at.conduct('circular', 'die-after-send');
    const running = at.run('circular');
    await until('the payment', async () => (await at.payments('pending')).length === 1);
    await at.ring.release('pass');
    expect(await running).toMatchObject({ status: 'success', feeMsat: FEE });
    await at.start('circular');
  });

  it('claims a success that the node knows nothing of: failed, and not a sat is counted', async () => {
    await at.conduct('circular', 'lie');
    const outcome = await at.run('circular');
    expect(outcome).toMatchObject({ status: 'failed', failure: 'driver-error', movedMsat: 0n, feeMsat: 0n });
    expect(outcome.reason).toContain('no such payment');
  });

  it('never answers: unknown at the deadline, while other orders go on', async () => {
    await at.conduct('circular', 'deaf');
    const deaf = at.run('circular', { seconds: 8, sats: 10_000 });
    await until('the call', () => at.calls('circular').length === 1);
    await at.conduct('circular');
    expect(await at.run('circular')).toMatchObject({ status: 'success' });
    expect(await deaf).toMatchObject({ status: 'unknown', movedMsat: 0n, paymentHash: null });
  });

  it('is told to stop waiting: it says at once that it does not know', async () => {
    await at.conduct('circular', 'deaf');
    const stop = new AbortController();
    const running = at.run('circular', { seconds: 600 }, stop.signal);
    await until('the call', () => at.calls('circular').length === 1);
    stop.abort(new Error('the node shuts down'));
    expect(await running).toMatchObject({ status: 'unknown' });
    expect(await at.run('circular', {}, AbortSignal.abort(new Error('no more')))).toMatchObject({
      ...{ status: 'failed', attempts: 0 },
    });
    expect(at.calls('circular')).toHaveLength(1);
  });

  it('answers what cannot be read: a driver error', async () => {
    await at.conduct('circular', 'garbage');
    expect(await at.run('circular')).toMatchObject({ status: 'failed', failure: 'driver-error', movedMsat: 0n });
  });

  it('two rows of another tool at the same time, of another amount and by another channel, are not taken for its own', async () => {
    await at.conduct('circular', 'lie');
    await at.start('rebalance');
    const { out, back, parallel } = at.ring.ends;
    const byHand = (incoming: string, msatoshi: number) =>
      at.call('rebalance', { outgoing_scid: out.scid, incoming_scid: incoming, msatoshi, maxfeepercent: 1 });
    const [outcome, ...others] = await Promise.all([
      at.run('circular', { sats: 20_000, maxFeeMsat: 20_000n }),
      byHand(back.scid, 20_001_000),
      byHand(parallel.scid, 20_002_000),
    ]);
    expect(others).toEqual([
      expect.objectContaining({ status: 'complete' }),
      expect.objectContaining({ status: 'complete' }),
    ]);
    expect(outcome).toMatchObject({ status: 'failed', movedMsat: 0n, feeMsat: 0n });
    expect(at.hashes).toEqual([]);
  });

  it('a cap that the last hop alone exceeds is refused before circular is asked', async () => {
    expect(await at.run('circular', { to: at.ring.ends.parallel, maxFeeMsat: 150n, sats: 100_000 })).toMatchObject({
      ...{ status: 'failed', failure: 'too-expensive', attempts: 0 },
    });
    expect(at.calls('circular')).toEqual([]);
  });

  it('is gone: said as such, with the next order working again once it is back', async () => {
    await at.stopPlugin('circular');
    expect(await at.run('circular')).toMatchObject({
      ...{ status: 'failed', failure: 'driver-error', reason: 'the node does not offer circular any more' },
    });
    await at.start('circular');
    expect(await at.run('circular')).toMatchObject({ status: 'success' });
  });

  it('never warned', () => {
    expect(at.warnings).toEqual([]);
  });
});

it('maxppm: no route that circular takes at it costs more than the cap, and the next one up could', () => {
  for (const [amount, cap] of [
    [100_000_000n, 60_000n],
    [300_000_000n, 200_000n],
    [50_001_000n, 777n],
    [1_000_000n, 999n],
  ] as const) {
    const most = BigInt(maxPpm({ amountMsat: msat(amount), maxFeeMsat: msat(cap) }));
    // circular compares floor(fee * 1e6 / amount): the dearest fee that passes.
    const dearest = (ppm: bigint): bigint => ((ppm + 1n) * amount + 999_999n) / 1_000_000n - 1n;
    expect(dearest(most)).toBeLessThanOrEqual(cap);
    expect(dearest(most + 1n)).toBeGreaterThan(cap);
  }
});
