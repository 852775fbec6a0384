// Does the driver for sling get every scenario right, with a sling that pays around the simulated ring?
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { slingConflicts } from '../../../src/node/drivers/sling/conflicts.ts';
import { refusal, until } from '../../node-tests/rpc.ts';
import { startSimulatedRing } from '../../node-tests/simulated-ring.ts';
import { pluginRing, type PluginRing } from './plugin-ring.ts';

/** 100,000 sats back over C, B and A, each 1 msat and 100 ppm, compounding. */
const FEE = 30_006n;

describe('sling', () => {
  let at: PluginRing;
  beforeAll(async () => {
    at = await pluginRing(startSimulatedRing);
    await at.start('sling');
  });
  afterAll(() => at.stop());
  beforeEach(async () => {
    at.hashes.length = 0;
    at.asked.length = 0;
    await at.ring.setB({});
    await at.conduct('sling');
  });
  const job = () => ({
    ...{ scid: at.ring.ends.back.scid, direction: 'pull', amount: 20_000, maxppm: 400 },
    candidates: [at.ring.ends.out.scid],
  });

  const stats = async (): Promise<string> => JSON.stringify(await at.call('sling-stats', { json: true }));

  /** Waits until sling says so and the driver has looked since then. */
  const seen = async (state: string): Promise<void> => {
    await until('the state', async () => (await stats()).includes(state));
    const looks = at.calls('sling-stats').length;
    await until('two looks', () => at.calls('sling-stats').length >= looks + 2);
  };

  it('one-shot: started, a complete row after some looks, stopped; keys and scids as sling wants them', async () => {
    const before = await at.ours(at.ring.ends.back);
    const outcome = await at.run('sling');
    expect(outcome).toMatchObject({ status: 'success', movedMsat: 100_000_000n, feeMsat: FEE, failure: null });
    expect(at.hashes).toEqual([outcome.paymentHash]);
    expect(await at.ours(at.ring.ends.back)).toBe(before + 100_000_000n);
    expect(at.calls('sling-once')).toEqual([
      {
        ...{ scid: at.ring.ends.back.scid, direction: 'pull', amount: 100_000, onceamount: 100_000, maxppm: 600 },
        ...{ candidates: [at.ring.ends.out.scid], depleteuptopercent: 0, paralleljobs: 1 },
      },
    ]);
    // Only ever our own job, and never without a name: that would stop everybody's.
    expect(at.calls('sling-stop')).toEqual([{ scid: at.ring.ends.back.scid }]);
    expect(at.calls('sling-job')).toEqual([]);
    expect(at.calls('sling-deletejob')).toEqual([]);
  });

  it('what a run before this one left at work is stopped, once; a stored job is not, and nothing is certain then', async () => {
    const { scid } = at.ring.ends.back;
    const once = { ...job(), onceamount: 20_000 };
    await at.conduct('sling', 'no-routes');
    await at.call('sling-once', once);
    await until('sling to try', async () => (await stats()).includes('NoRoutes'));
    const left = at.order();
    await at.drivers.sling.recall?.(left);
    await at.drivers.sling.recall?.(left);
    expect(at.calls('sling-stop')).toEqual([{ scid }]);

    await at.call('sling-once', once);
    await until('sling to try again', async () => (await stats()).includes('NoRoutes'));
    await at.call('sling-job', job());
    await expect(at.drivers.sling.recall?.(at.order())).rejects.toThrow('a stored job too');
    expect(at.calls('sling-stop')).toHaveLength(1);
    await at.call('sling-deletejob', { job: scid });
  });

  it('NoCheapRoute for ever: stopped at the deadline, too expensive, nothing sent', async () => {
    await at.ring.setB({ ppm: 2000 });
    const before = await at.payments();
    const running = at.run('sling');
    await seen('NoCheapRoute');
    expect(await at.expire(running)).toMatchObject({
      ...{ status: 'failed', failure: 'too-expensive', attempts: 0 },
    });
    expect(await at.payments()).toEqual(before);
    expect(at.calls('sling-stop')).toHaveLength(1);
  });

  it('"Balanced" with no row is no success', async () => {
    await at.conduct('sling', 'balanced');
    const running = at.run('sling');
    await seen('Balanced');
    const outcome = await at.expire(running);
    expect(outcome).toMatchObject({ status: 'failed', failure: 'no-liquidity', movedMsat: 0n });
    expect(outcome.reason).toContain('nothing has moved');
  });

  it('status is a list of "1:Error": the task would begin anew, so it is stopped at once', async () => {
    await at.conduct('sling', 'error');
    expect(await at.run('sling')).toMatchObject({ status: 'failed', failure: 'driver-error' });
    expect(at.calls('sling-stop')).toHaveLength(1);
  });

  it("a stored job is the operator's: refused in words before anything starts, never stopped or deleted", async () => {
    await at.call('sling-job', job());
    const outcome = await at.run('sling');
    expect(outcome).toMatchObject({ status: 'failed', failure: 'driver-error', attempts: 0 });
    expect(outcome.reason).toContain(`stored job for channel ${at.ring.ends.back.scid}`);
    expect(at.calls('sling-once')).toEqual([]);
    expect(at.calls('sling-stop')).toEqual([]);
    const conflicts = await slingConflicts(at.ask, new Set([at.ring.ends.back.scid]));
    expect(conflicts).toEqual([expect.stringContaining('pull 20000 sats at up to 400 ppm')]);
    expect(await slingConflicts(at.ask, new Set([at.ring.ends.out.scid]))).toEqual([]);
    expect(Object.keys(await at.call('sling-jobsettings'))).toEqual([at.ring.ends.back.scid]);
    await at.call('sling-deletejob', { job: 'all' });
  });

  it("somebody else's once-job at work on the channel is left alone", async () => {
    await at.ring.setB({ ppm: 2000 });
    await at.call('sling-once', { ...job(), onceamount: 20_000 });
    await until('the job', async () => (await stats()).includes('NoCheapRoute'));
    expect(await at.run('sling')).toMatchObject({ status: 'failed', failure: 'driver-error' });
    expect(at.calls('sling-stop')).toEqual([]);
    await at.call('sling-stop', { scid: at.ring.ends.back.scid });
  });

  it('an organic forward that fills the channel meanwhile is no success, whatever the balance says', async () => {
    await at.conduct('sling', 'balanced');
    const running = at.run('sling');
    await until('the job', () => at.calls('sling-once').length === 1);
    await at.start('rebalance');
    const { out, back } = at.ring.ends;
    const before = await at.ours(back);
    await at.call('rebalance', { outgoing_scid: out.scid, incoming_scid: back.scid, msatoshi: 120_000_000 });
    expect(await at.ours(back)).toBeGreaterThan(before);
    expect(await at.expire(running)).toMatchObject({ status: 'failed', movedMsat: 0n, feeMsat: 0n });
  });

  it('held past the deadline: stopped, and unknown until its row says more', async () => {
    await at.ring.hold();
    await at.conduct('sling', 'plain', 2);
    const running = at.run('sling');
    await until('the payment', async () => (await at.payments('pending')).length === 1);
    const outcome = await at.expire(running);
    expect(outcome).toMatchObject({ status: 'unknown', movedMsat: 0n });
    // It has only left: another order's from that channel would look the same, so that it is noted for neither.
    expect(outcome.paymentHash).toBeNull();
    expect(at.hashes).toEqual([]);
    await at.ring.release('refuse');
    await until('its end', async () => (await at.payments('pending')).length === 0);
    await at.ring.release('pass');
  });

  it('stop hangs: the next order waits its turn, and nobody else does', async () => {
    await at.conduct('sling', 'slow-stop', 15);
    const first = await Promise.race([at.run('sling'), until('the stop', () => at.calls('sling-stop').length === 1)]);
    expect(first).toBe(true);
    await at.start('rebalance').catch(() => undefined);
    const meanwhile = await at.run('rebalance', { sats: 10_000, maxFeeMsat: 20_000n });
    expect(meanwhile).toMatchObject({ status: 'success' });
    const second = at.run('sling', { to: at.ring.ends.parallel, sats: 11_000, maxFeeMsat: 20_000n, seconds: 3 });
    expect(await second).toMatchObject({ status: 'failed', failure: 'timeout', attempts: 0 });
  });

  it('is killed with the payment under way, which then arrives: success', async () => {
    await at.ring.hold();
    await at.conduct('sling', 'die-after-send');
    const running = at.run('sling', { sats: 30_000 });
    await until('the payment', async () => (await at.payments('pending')).length === 1);
    await at.ring.release('pass');
    expect(await running).toMatchObject({ status: 'success', movedMsat: 30_000_000n });
    await at.start('sling');
  });

  it('is told to stop: what is at work is stopped, and nothing sent is said to be nothing', async () => {
    await at.ring.setB({ ppm: 2000 });
    const stop = new AbortController();
    const running = at.run('sling', { seconds: 600 }, stop.signal);
    await until('the job', () => at.calls('sling-once').length === 1);
    stop.abort(new Error('the node shuts down'));
    expect(await running).toMatchObject({ status: 'failed', attempts: 0 });
    expect(at.calls('sling-stop')).toEqual([{ scid: at.ring.ends.back.scid }]);
  });

  it('a second start after a stop begins anew on the same channel', async () => {
    expect(await at.run('sling', { sats: 12_000, maxFeeMsat: 20_000n })).toMatchObject({ status: 'success' });
    expect(await at.run('sling', { sats: 13_000, maxFeeMsat: 20_000n })).toMatchObject({ status: 'success' });
  });

  it('a cap that the last hop alone exceeds is refused before sling is asked', async () => {
    expect(await at.run('sling', { maxFeeMsat: 150n, to: at.ring.ends.back })).toMatchObject({
      ...{ status: 'failed', failure: 'too-expensive' },
    });
    expect(at.calls('sling-once')).toEqual([]);
  });

  it('sling itself refuses what the Python original sent it: unknown keys, texts as amounts', async () => {
    const onceamount = 20_000;
    expect((await refusal(at.call('sling-once', { ...job(), onceamount, maxfeeppm: 5 }))).message).toContain(
      'Invalid argument: maxfeeppm',
    );
    expect((await refusal(at.call('sling-once', { ...job(), onceamount, amount: '20000' }))).message).toContain(
      'amount must be a positive integer',
    );
    expect((await refusal(at.call('sling-once', { ...job(), onceamount: 30_000 }))).message).toContain('multiple');
    expect((await refusal(at.call('sling-job', {}))).message).toContain('Missing scid');
  });

  it('is gone: said as such', async () => {
    await at.stopPlugin('sling');
    expect(await at.run('sling')).toMatchObject({ status: 'failed', failure: 'driver-error', attempts: 0 });
    expect(await slingConflicts(at.ask, new Set([at.ring.ends.back.scid]))).toEqual([]);
  });
});
