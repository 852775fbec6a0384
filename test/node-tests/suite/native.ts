// Does the native driver move liquidity around a ring, and is every msat of it as the node's own accounts say?
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RpcClient } from '../../../src/cln/rpc-client.ts';
import { systemClock } from '../../../src/clock.ts';
import type { ApprovedOrder, DriverOutcome, OrderEnd } from '../../../src/core/rebalance/types.ts';
import { msat, satsToMsat, unixSec } from '../../../src/core/units.ts';
import { asker } from '../../../src/node/ask.ts';
import { availableDrivers } from '../../../src/node/drivers/available.ts';
import { NativeDriver } from '../../../src/node/drivers/native/driver.ts';
import { LightningReader } from '../../../src/node/reader.ts';
import { LightningSelfPayments } from '../../../src/node/self-payments.ts';
import type { Clock } from '../../../src/ports.ts';
import type { Task } from '../native-child.ts';
import { order as approved } from '../order.ts';
import type { Ring } from '../ring.ts';
import { until, type Json } from '../rpc.ts';
import { killAtEachMoment } from './native-killed.ts';

const AMOUNT = satsToMsat(300_000);
/** Of A, B and C, compounding from the end, each 1 msat and 100 ppm: what BOLT 7 says of 300,000 sats. */
const FEE = msat(90_012n);

/** @param kills whether to kill it at each of its moments too, which takes half a minute */
export function testNativeDriver(start: () => Promise<Ring>, kills = true): void {
  describe('native driver', () => {
    let ring: Ring;
    let client: RpcClient;
    let driver: NativeDriver;
    let payments: LightningSelfPayments;
    let orders = 0;
    const warnings: string[] = [];
    const system = systemClock(process.env);
    /** Seconds: a deadline comes when the test says so, however long the node takes until then. */
    let ahead = 0;
    const clock: Clock = { now: () => unixSec(system.now() + ahead), sleep: (...wait) => system.sleep(...wait) };
    const quiet = () => undefined;

    beforeAll(async () => {
      ring = await start();
      client = new RpcClient({ socketPath: ring.socketPath, idPrefix: 'cl-revenue-ops', timeoutMs: 120_000 });
      const ask = asker(client);
      payments = new LightningSelfPayments(ask);
      const log = { debug: quiet, info: quiet, warn: (text: string) => warnings.push(text), error: quiet };
      driver = new NativeDriver({ ask, payments, clock, log, callPrefix: 'cl-revenue-ops' });
    });
    afterAll(async () => {
      client.close();
      await ring.stop();
    });

    interface Wish {
      readonly to?: OrderEnd;
      readonly sats?: number;
      readonly maxFeeMsat?: bigint;
      readonly seconds?: number;
    }
    function order({ to = ring.ends.back, sats = 300_000, maxFeeMsat = 200_000n, seconds = 600 }: Wish = {}) {
      return approved({
        id: `t${++orders}`,
        from: ring.ends.out,
        to,
        amountMsat: satsToMsat(sats),
        maxFeeMsat: msat(maxFeeMsat),
        deadline: unixSec(clock.now() + seconds),
      });
    }
    const hashes: string[] = [];
    const run = (
      wanted: ApprovedOrder,
      signal = new AbortController().signal,
      dispatched: () => void = quiet,
    ): Promise<DriverOutcome> =>
      driver.rebalance(wanted, {
        signal,
        onDispatched: (hash) => {
          hashes.push(hash);
          dispatched();
        },
      });

    const ours = async (end: OrderEnd): Promise<bigint> => {
      const { channels } = (await ring.call('listpeerchannels', { id: end.peerId })) as { channels: Json[] };
      return BigInt(Number(channels.find(({ channel_id }) => channel_id === end.channelId)?.['to_us_msat']));
    };
    const sendpays = async (): Promise<number> => ((await ring.call('listsendpays'))['payments'] as Json[]).length;
    const settledHashes = async (): Promise<string[]> => {
      const { payments: rows } = (await ring.call('listsendpays', { status: 'complete' })) as { payments: Json[] };
      return rows.map(({ payment_hash }) => String(payment_hash));
    };
    /** Layers, reservations and unpaid invoices of ours. */
    const remains = async (): Promise<unknown[]> => {
      const { layers } = (await ring.call('askrene-listlayers')) as { layers: Json[] };
      const { reservations } = (await ring.call('askrene-listreservations')) as { reservations: Json[] };
      const { invoices } = (await ring.call('listinvoices')) as { invoices: Json[] };
      return [
        ...layers.filter(({ layer }) => String(layer).startsWith('revops-')),
        ...reservations,
        ...invoices.filter(({ status }) => status !== 'paid'),
      ];
    };

    it('is available', async () => {
      const reader = new LightningReader(asker(client), clock);
      expect(availableDrivers(await reader.readCommandNames())).toContain('native');
    });

    it('moves 300,000 sats around; driver, balances, payments and bookkeeper agree to the msat', async () => {
      const before = [await ours(ring.ends.out), await ours(ring.ends.back)] as const;
      const index = await payments.readPaymentsIndex();
      const outcome = await run(order());
      expect(outcome).toMatchObject({ status: 'success', movedMsat: AMOUNT, feeMsat: FEE, failure: null, attempts: 1 });
      expect(hashes).toEqual([outcome.paymentHash]);
      await until(
        'the balances to settle',
        async () =>
          (await ours(ring.ends.back)) === before[1] + AMOUNT &&
          (await ours(ring.ends.out)) === before[0] - AMOUNT - FEE,
      );
      const rows = await payments.readByHash(outcome.paymentHash ?? '');
      expect(rows).toEqual([
        expect.objectContaining({
          status: 'complete',
          amountMsat: AMOUNT,
          amountSentMsat: AMOUNT + FEE,
          label: 'revops-rebalance-t1',
          outChannel: ring.ends.out.channelId,
          inChannel: ring.ends.back.channelId,
        }),
      ]);
      expect(await payments.readSince(index, unixSec(0))).toEqual({ rows, cursor: (index ?? 0) + 1, gapless: true });
      const income = await until('bookkeeper', async () => {
        const { income_events } = (await ring.call('bkpr-listincome')) as { income_events: Json[] };
        return income_events.find(({ tag }) => tag === 'rebalance_fee');
      });
      expect(income).toMatchObject({
        account: ring.ends.out.channelId,
        debit_msat: Number(FEE),
        payment_id: outcome.paymentHash,
      });
      expect(await remains()).toEqual([]);
    });

    it('refuses a route that is too expensive before anything is sent, and says by how much', async () => {
      await ring.setB({ ppm: 2000 });
      const before = await sendpays();
      const outcome = await run(order());
      expect(outcome).toMatchObject({ status: 'failed', failure: 'too-expensive', attempts: 0, paymentHash: null });
      // C 30,001, B 1 + 2000 ppm of 300,030,001, A 1 + 100 ppm of 300,630,062.
      expect(outcome.reason).toBe('the path found costs 660126 msat (2200 ppm), and the cap is 200000 msat (666 ppm)');
      expect(await sendpays()).toBe(before);
      expect(await remains()).toEqual([]);
    });

    it('tells no route from one that is too expensive', async () => {
      await ring.setB({ htlcMaxMsat: 100_000_000 });
      const before = await sendpays();
      expect(await run(order())).toMatchObject({ status: 'failed', failure: 'no-route', attempts: 0 });
      expect(await sendpays()).toBe(before);
      expect(await remains()).toEqual([]);
      await ring.setB({});
    });

    it('tells a path that has not enough liquidity, after one attempt', async () => {
      // B has 1.1 million left toward C.
      const outcome = await run(order({ sats: 1_150_000, maxFeeMsat: 1_000_000n }));
      expect(outcome).toMatchObject({ status: 'failed', failure: 'no-liquidity', attempts: 1, feeMsat: 0n });
      const rows = await payments.readByHash(outcome.paymentHash ?? '');
      expect(rows.map(({ status }) => status)).toEqual(['failed']);
      expect(await remains()).toEqual([]);
    });

    it.each(['pass', 'refuse'] as const)('is unknown while a hop holds it past the deadline; then: %s', async (how) => {
      await ring.hold();
      const before = await ours(ring.ends.back);
      const wanted = order({ sats: 10_000, maxFeeMsat: 20_000n, seconds: 600 });
      const outcome = await run(wanted, undefined, () => {
        ahead = 600 - 2;
      });
      ahead = 0;
      expect(outcome).toMatchObject({ status: 'unknown', failure: 'unknown', movedMsat: 0n, attempts: 1 });
      const hash = outcome.paymentHash ?? '';
      expect(await payments.readByHash(hash)).toEqual([
        expect.objectContaining({ status: 'pending', outChannel: ring.ends.out.channelId, inChannel: null }),
      ]);
      // Its invoice stays as long as it may still be paid, whatever is swept.
      expect(await driver.sweep()).toEqual({ layers: 0, reservations: 0, invoices: 0 });
      expect(await remains()).toEqual([expect.objectContaining({ payment_hash: hash })]);
      await ring.release(how);
      const ended = how === 'pass' ? 'complete' : 'failed';
      const [row] = await until('its end', async () => {
        const rows = await payments.readByHash(hash);
        return rows.every(({ status }) => status === ended) && rows;
      });
      expect(row).toMatchObject({
        amountMsat: satsToMsat(10_000),
        inChannel: how === 'pass' ? ring.ends.back.channelId : null,
      });
      await until(
        'the balance',
        async () => (await ours(ring.ends.back)) === before + (how === 'pass' ? satsToMsat(10_000) : 0n),
      );
      expect(await driver.sweep()).toEqual({ layers: 0, reservations: 0, invoices: how === 'pass' ? 0 : 1 });
      expect(await remains()).toEqual([]);
    });

    it('stops waiting when told to, and then says that it does not know', async () => {
      await ring.hold();
      const stop = new AbortController();
      const running = run(order({ sats: 10_000, maxFeeMsat: 20_000n, seconds: 600 }), stop.signal);
      const hash = await until('the payment to be under way', async () => {
        const { payments: rows } = (await ring.call('listsendpays', { status: 'pending' })) as { payments: Json[] };
        return rows.length === 1 && String(rows[0]?.['payment_hash']);
      });
      // Nothing of the order is swept while it is at work.
      expect(await driver.sweep()).toEqual({ layers: 0, reservations: 0, invoices: 0 });
      stop.abort(new Error('the node shuts down'));
      expect(await running).toMatchObject({ status: 'unknown', paymentHash: hash, attempts: 1 });
      await ring.release('refuse');
      await until('its end', async () => (await payments.readByHash(hash)).every(({ status }) => status === 'failed'));
      expect(await driver.sweep()).toMatchObject({ invoices: 1 });
      await ring.release('pass');
    });

    it('sends nothing once it has been told to stop', async () => {
      const before = await sendpays();
      expect(await run(order(), AbortSignal.abort(new Error('no more')))).toMatchObject({
        status: 'failed',
        attempts: 0,
      });
      expect(await sendpays()).toBe(before);
      expect(await remains()).toEqual([]);
    });

    it('notices by which of several channels the peer has delivered', async () => {
      const { parallel, back } = ring.ends;
      // C passes on by any channel of the same fee, by the one that has most.
      const same = await run(order({ to: parallel, sats: 10_000, maxFeeMsat: 20_000n }));
      expect(same).toMatchObject({ status: 'success', movedMsat: satsToMsat(10_000) });
      expect(same.reason).toContain(`delivered by channel ${back.channelId} instead of ${parallel.channelId}`);
      expect(await payments.readByHash(same.paymentHash ?? '')).toEqual([
        expect.objectContaining({ outChannel: ring.ends.out.channelId, inChannel: back.channelId }),
      ]);
      await ring.setFeeOfC('parallel', 50);
      const named = await run(order({ to: parallel, sats: 10_000, maxFeeMsat: 20_000n }));
      expect(named).toMatchObject({ status: 'success', reason: expect.not.stringContaining('instead') as string });
      expect(await payments.readByHash(named.paymentHash ?? '')).toEqual([
        expect.objectContaining({ inChannel: parallel.channelId }),
      ]);
    });

    it('sends nothing to a peer that is away', async () => {
      await ring.cutC();
      const before = await sendpays();
      expect(await run(order())).toMatchObject({ status: 'failed', failure: 'peer-offline', attempts: 0 });
      expect(await sendpays()).toBe(before);
      expect(await remains()).toEqual([]);
      await ring.restoreC();
    });

    const nothingUnderWay = (): Promise<true> =>
      until('nothing under way', async () => {
        const { payments: rows } = (await ring.call('listsendpays', { status: 'pending' })) as { payments: Json[] };
        return rows.length === 0;
      });
    const killed = async (task: Task, wish: Wish): Promise<{ readonly ended: string; readonly swept: number }> => {
      let swept = 0;
      const ended = await killAtEachMoment({
        task,
        socketPath: ring.socketPath,
        order: () => order(wish),
        afterwards: async (moment) => {
          await nothingUnderWay();
          const { layers, reservations, invoices } = await driver.sweep();
          swept += layers + reservations + invoices;
          expect(await remains(), `after a kill at moment ${moment}`).toEqual([]);
        },
      });
      return { ended, swept };
    };

    it.runIf(kills)(
      'killed at any moment, leaves nothing that the next start does not sweep, and no sat uncounted',
      async () => {
        const before = await ours(ring.ends.back);
        const known = new Set(await settledHashes());
        const { ended, swept } = await killed('rebalance', { sats: 1000, maxFeeMsat: 20_000n });
        expect(ended).toBe('success');
        expect(swept).toBeGreaterThan(10);
        const settled = (await settledHashes()).filter((hash) => !known.has(hash));
        expect(settled.length).toBeGreaterThan(1);
        await until(
          'the balance',
          async () => (await ours(ring.ends.back)) === before + BigInt(settled.length) * 1_000_000n,
        );
      },
      600_000,
    );

    it.runIf(kills)(
      'killed while it asks what a way costs, leaves nothing but what is swept, and sends nothing',
      async () => {
        const sent = await sendpays();
        const { ended, swept } = await killed('price', {});
        expect(ended).toBe(String(FEE));
        expect(swept).toBeGreaterThan(3);
        expect(await sendpays()).toBe(sent);
      },
    );

    it('never warned of anything it could not clean up', () => {
      expect(warnings).toEqual([]);
    });
  });
}
