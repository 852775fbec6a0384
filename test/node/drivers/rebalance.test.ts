// Does the driver for the plugin rebalance get every scenario right, with one that pays around the simulated ring?
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { availableDrivers } from '../../../src/node/drivers/available.ts';
import { until } from '../../node-tests/rpc.ts';
import { startSimulatedRing } from '../../node-tests/simulated-ring.ts';
import type { Json } from '../../node-tests/rpc.ts';
import { pluginRing, type PluginRing } from './plugin-ring.ts';

/** 100,000 sats back over C, B and A, each 1 msat and 100 ppm, compounding. */
const FEE = 30_006n;

describe('rebalance', () => {
  let at: PluginRing;
  beforeAll(async () => {
    at = await pluginRing(startSimulatedRing);
    await at.start('rebalance');
  });
  afterAll(() => at.stop());
  beforeEach(async () => {
    at.hashes.length = 0;
    at.asked.length = 0;
    await at.ring.setB({});
    await at.conduct('rebalance');
  });

  it.each(['plain', 'msat-strings'])(
    'complete, amounts as %s: fee and amount are those of listsendpays',
    async (how) => {
      await at.conduct('rebalance', how);
      const before = await at.ours(at.ring.ends.back);
      const outcome = await at.run('rebalance');
      expect(outcome).toMatchObject({ status: 'success', movedMsat: 100_000_000n, feeMsat: FEE, failure: null });
      expect(at.hashes).toEqual([outcome.paymentHash]);
      expect(await at.ours(at.ring.ends.back)).toBe(before + 100_000_000n);
      // The percentage at 0, and the cap less what the plugin rounds up at each hop.
      const [asked] = at.calls('rebalance');
      expect(asked).toMatchObject({ msatoshi: 100_000_000, maxfeepercent: 0, exemptfee: 59_970 });
    },
  );

  it('error: no suitable routes', async () => {
    await at.ring.setB({ htlcMaxMsat: 50_000_000 });
    expect(await at.run('rebalance')).toMatchObject({ status: 'failed', failure: 'no-route', attempts: 0 });
  });

  it('a JSON-RPC error of getroutes that it passes on: too expensive', async () => {
    await at.ring.setB({ ppm: 2000 });
    expect(await at.run('rebalance')).toMatchObject({ status: 'failed', failure: 'too-expensive', attempts: 0 });
  });

  it('the last hop alone costs the cap: refused before the plugin asks for a path of less than nothing', async () => {
    expect(await at.run('rebalance', { maxFeeMsat: 10_005n })).toMatchObject({ failure: 'too-expensive', attempts: 0 });
    expect(at.calls('rebalance')).toEqual([]);
  });

  it('exception', async () => {
    await at.conduct('rebalance', 'exception');
    expect(await at.run('rebalance')).toMatchObject({ status: 'failed', failure: 'no-liquidity', attempts: 0 });
  });

  it('exception "Timeout reached" with a payment pending: unknown', async () => {
    await at.ring.hold();
    expect(await at.run('rebalance', { seconds: 10 })).toMatchObject({ status: 'unknown', movedMsat: 0n });
    await at.ring.release('refuse');
    await until('its end', async () => (await at.payments('pending')).length === 0);
    await at.ring.release('pass');
  });

  it('claims what it has not done: not a sat is counted', async () => {
    await at.conduct('rebalance', 'lie');
    expect(await at.run('rebalance')).toMatchObject({ status: 'failed', failure: 'driver-error', movedMsat: 0n });
  });

  it('is killed with the payment under way, which then arrives: success', async () => {
    await at.ring.hold();
    await at.conduct('rebalance', 'die-after-send');
    const running = at.run('rebalance');
    await until('the payment', async () => (await at.payments('pending')).length === 1);
    await at.ring.release('pass');
    expect(await running).toMatchObject({ status: 'success', feeMsat: FEE });
    await at.start('rebalance');
  });

  it('never answers: unknown at the deadline', async () => {
    await at.conduct('rebalance', 'deaf');
    expect(await at.run('rebalance', { seconds: 8 })).toMatchObject({ status: 'unknown', movedMsat: 0n });
    await at.stopPlugin('rebalance');
    await at.start('rebalance');
  });

  describe('takes one request after the other, and none of them back', () => {
    const wish = { sats: 10_000, maxFeeMsat: 20_000n };
    const watch = () => ({
      signal: new AbortController().signal,
      onDispatched: (hash: string) => at.hashes.push(hash),
    });
    /** By the operator, and held on the way. */
    const theirs = async (): Promise<{ readonly running: Promise<Json> }> => {
      await at.ring.hold();
      const { out, back } = at.ring.ends;
      const params = { outgoing_scid: out.scid, incoming_scid: back.scid, msatoshi: 5_000_000, retry_for: 3600 };
      const running = at.call('rebalance', params);
      running.catch(() => undefined);
      await until('the payment', async () => (await at.payments('pending')).length === 1);
      return { running };
    };

    it('so it gets one of our orders at a time, and none whose time is over when its turn comes', async () => {
      await at.ring.hold();
      const first = at.run('rebalance', wish);
      await until('the payment', async () => (await at.payments('pending')).length === 1);
      const third = at.run('rebalance', wish);
      const late = await at.run('rebalance', { ...wish, sats: 20_000, seconds: 3 });
      expect(late).toMatchObject({ status: 'failed', failure: 'timeout', attempts: 0 });
      expect(late.reason).toContain('busy with an order before it');
      expect(at.calls('rebalance')).toHaveLength(1);
      await at.ring.release('pass');
      expect(await first).toMatchObject({ status: 'success', movedMsat: 10_000_000n });
      expect(await third).toMatchObject({ status: 'success', movedMsat: 10_000_000n });
      expect(at.calls('rebalance')).toHaveLength(2);
    });

    it('and an order that waits for its turn is given up when we stop', async () => {
      await at.ring.hold();
      const first = at.run('rebalance', wish);
      await until('the payment', async () => (await at.payments('pending')).length === 1);
      const stop = new AbortController();
      const second = at.run('rebalance', wish, stop.signal);
      stop.abort();
      expect(await second).toMatchObject({ status: 'failed', failure: 'timeout' });
      await at.ring.release('pass');
      expect(await first).toMatchObject({ status: 'success' });
      expect(at.calls('rebalance')).toHaveLength(1);
    });

    it("behind the operator's our order pays after its end; until then it is not recalled, and no other is sent", async () => {
      const before = (await at.payments('complete')).length;
      const { running } = await theirs();
      const order = at.order({ ...wish, seconds: 3 });
      const driver = at.drivers.rebalance;
      expect(await driver.rebalance(order, watch())).toMatchObject({ status: 'unknown', movedMsat: 0n });
      let recalled = false;
      const recall = Promise.all([driver.recall?.(order), driver.recall?.(order)]).then(() => (recalled = true));
      expect(await at.run('rebalance', { ...wish, seconds: 3 })).toMatchObject({
        status: 'failed',
        failure: 'timeout',
      });
      expect(at.calls('rebalance')).toHaveLength(1);
      expect(at.calls('rebalancereport')).toHaveLength(1);
      expect(recalled).toBe(false);
      await at.ring.release('pass');
      await recall;
      expect(await running).toMatchObject({ status: 'complete' });
      // Theirs and ours: what was not listed by now would never be.
      expect(await at.payments('complete')).toHaveLength(before + 2);
      await driver.recall?.(order);
      expect(at.calls('rebalancereport')).toHaveLength(1);
      expect(await at.run('rebalance', wish)).toMatchObject({ status: 'success' });
    });

    it('and with the plugin its queue is gone', async () => {
      const { running } = await theirs();
      const driver = at.drivers.rebalance;
      const recall = driver.recall?.(at.order());
      await until('the question', () => at.calls('rebalancereport').length === 1);
      await at.stopPlugin('rebalance');
      await recall;
      await driver.recall?.(at.order());
      expect(at.calls('rebalancereport')).toHaveLength(2);
      await expect(running).rejects.toThrow();
      await at.ring.release('refuse');
      await until('its end', async () => (await at.payments('pending')).length === 0);
      await at.ring.release('pass');
      await at.start('rebalance');
    });
  });

  it('the peer delivers by another of its channels: told, and counted as what has moved', async () => {
    const { parallel, back } = at.ring.ends;
    const outcome = await at.run('rebalance', { to: parallel, sats: 10_000, maxFeeMsat: 20_000n });
    expect(outcome).toMatchObject({ status: 'success', movedMsat: 10_000_000n });
    expect(outcome.reason).toContain(`delivered by channel ${back.channelId} instead of ${parallel.channelId}`);
  });

  it('drivers come and go with their plugins', async () => {
    const offered = async (): Promise<readonly string[]> => {
      const { help } = (await at.call('help')) as { help: Json[] };
      return [...availableDrivers(new Set(help.map(({ command }) => String(command).split(' ')[0] ?? '')))];
    };
    expect(await offered()).toEqual(['rebalance', 'native']);
    await at.start('circular');
    await at.start('sling');
    expect(await offered()).toEqual(['circular', 'sling', 'rebalance', 'native']);
    await at.stopPlugin('rebalance');
    expect(await offered()).toEqual(['circular', 'sling', 'native']);
    expect(await at.run('rebalance')).toMatchObject({ status: 'failed', failure: 'driver-error' });
  });
});
