// Does the loop of fees live as the others do, rest while paused, wait for whoever acts, and say what is the matter?
import { describe, expect, it } from 'vitest';
import { NodeError } from '../../../src/ports.ts';
import { msat, ppm, unixSec } from '../../../src/core/units.ts';
import { channelNumber, type NodeInMemory } from '../node-in-memory.ts';
import { alertsOf, applications, loopOf, type Running } from '../setup.ts';
import { idOf } from '../../store/fake-node.ts';

const { started } = applications();
const HALF = { toUs: msat(5_000_000_000), spendable: msat(4_900_000_000), feePpm: ppm(250) };
const LOW = { toUs: msat(500_000_000), spendable: msat(400_000_000), feePpm: ppm(250) };
const calm = (node: NodeInMemory): void => {
  node.snapshot = { ...node.snapshot, channels: [1, 2, 3].map((n) => channelNumber(n, HALF)) };
};
const uneven = (node: NodeInMemory): void => {
  node.snapshot = { ...node.snapshot, channels: [channelNumber(1, LOW), ...[2, 3].map((n) => channelNumber(n, HALF))] };
};
const feeAlerts = async ({ run }: Running): Promise<string[]> => alertsOf(await run('revenue-status'));

describe('the loop', () => {
  it('runs at the start and every fee interval', async () => {
    const { run, clock, fees } = await started({}, uneven);
    expect(fees.calls).toHaveLength(3);
    expect(loopOf(await run('revenue-status'), 'fees')).toMatchObject({
      interval_seconds: 1800,
      last_run: clock.now(),
      last_outcome: 'ok',
      next_run: clock.now() + 1800,
    });
    expect(await run('revenue-status')).toMatchObject({
      recent_fee_changes: expect.arrayContaining([
        expect.objectContaining({ channel_id: '101x1x0', old_fee_ppm: 250, reason: 'bid-price', manual: false }),
      ]) as unknown,
    });
  });

  it('rests while paused, restarts included, and goes on after', async () => {
    const { run, clock, node, fees } = await started({}, calm);
    await run('revenue-pause');
    uneven(node);
    await clock.advance(10_000);
    expect(fees.calls).toEqual([]);
    await run('revenue-resume');
    await clock.advance(4000);
    expect(fees.calls.length).toBeGreaterThan(0);
  });

  it('a pause stops a cycle under way before the next peer, and so does dry-run', async () => {
    for (const stop of ['pause', 'dry-run'] as const) {
      const one = await started({}, calm);
      uneven(one.node);
      const before = one.fees.calls.length;
      one.fees.onCall = (method) => {
        if (method !== 'setFee') return;
        if (stop === 'pause') one.store.setPaused(true);
        else one.app.config = { ...one.app.config, dryRun: true };
      };
      await one.clock.advance(2000);
      expect(one.fees.calls.length - before, stop).toBe(1);
      expect(one.store.fees.intents()).toEqual([]);
      one.store.setPaused(false);
      await one.end();
    }
  });

  it('ends a cycle that is under way when the plugin stops, with nothing left open', async () => {
    const { app, node, clock, fees, store } = await started({}, calm);
    uneven(node);
    const stopped: Promise<void>[] = [];
    fees.onCall = (method) => {
      if (method === 'setFee' && stopped.length === 0) stopped.push(app.stop());
    };
    await clock.advance(2000);
    await Promise.all(stopped);
    expect(fees.calls).toHaveLength(1);
    expect(store.fees.intents()).toEqual([]);
  });

  it('and an order by hand wait for each other', async () => {
    const { app, run, clock, node, fees } = await started({}, calm);
    uneven(node);
    const order: string[] = [];
    const byHand: Promise<unknown>[] = [];
    fees.onCall = (method) => {
      if (method !== 'setFee') return;
      order.push(`set ${fees.calls.length + 1}`);
      // In the midst of the cycle.
      if (byHand.length === 0) byHand.push(run('revenue-set-fee', ['103x1x0', 777]).then(() => order.push('by hand')));
    };
    await clock.advance(2000);
    await Promise.all(byHand);
    expect(order.at(-1)).toBe('by hand');
    expect(order.length).toBeGreaterThan(2);
    expect(node.snapshot.channels[2]?.feePpm).toBe(777);
    await clock.advance(4000);
    // Neither foreign nor overwritten.
    expect(await run('revenue-explain', ['103x1x0'])).toMatchObject({
      fee_ppm: 777,
      fee: { reason: 'held-by-hand' },
      external_until: null,
    });
    expect(app.config.dryRun).toBe(false);
  });

  it('keeps to bounds that were set while it waited for its turn', async () => {
    const { app, clock, node, fees } = await started({}, calm);
    uneven(node);
    let end = (): void => undefined;
    const before = app.context.exclusive(() => new Promise<void>((ended) => (end = ended)));
    await clock.advance(2000);
    expect(fees.calls).toEqual([]);
    app.config = { ...app.config, minFeePpm: 300 };
    end();
    await before;
    await clock.advance(1);
    expect(fees.calls.length).toBeGreaterThan(0);
    expect(Math.min(...fees.calls.map(({ feePpm }) => feePpm))).toBe(300);
  });

  it('and a policy wait for each other: once it is laid down, nothing else is done any more', async () => {
    const { run, clock, node, fees } = await started({}, calm);
    uneven(node);
    const order: string[] = [];
    const laidDown: Promise<unknown>[] = [];
    fees.onCall = (method) => {
      if (method !== 'setFee') return;
      order.push('set');
      if (laidDown.length === 0)
        laidDown.push(run('revenue-policy', ['set', '103x1x0', 'passive']).then(() => order.push('passive')));
    };
    await clock.advance(2000);
    await Promise.all(laidDown);
    expect(order).toEqual(['set', 'set', 'set', 'passive']);
  });
});

describe('alerts', () => {
  it('are none when all is well, fees set or not', async () => {
    const one = await started({}, uneven);
    expect(await feeAlerts(one)).toEqual([]);
  });

  it('tell of fees that cannot be set, in the node’s words', async () => {
    const one = await started({}, calm);
    uneven(one.node);
    one.fees.failing.set('setFee', new NodeError('refused', 'setchannel: no such channel', -1));
    await one.clock.advance(2000);
    expect(await feeAlerts(one)).toEqual([
      'loop fees failed once, last: 3 of 3 fees could not be set; first: 101x1x0: setchannel: no such channel',
    ]);
  });

  it('tell of a clboss that refuses', async () => {
    const one = await started({}, calm);
    uneven(one.node);
    one.clboss.present = true;
    one.clboss.failing.set('replaceTags', new NodeError('refused', 'Unknown tag: lnfee', -32602));
    await one.clock.advance(2000);
    const [alert] = await feeAlerts(one);
    expect(alert).toMatch(/^loop fees failed once, last: 3 of 3 fees could not be set; first: .*Unknown tag: lnfee/);
  });

  it('tell of a clboss that nobody speaks to', async () => {
    const one = await started({ clbossEnabled: false }, calm);
    one.clboss.present = true;
    expect(await feeAlerts(one)).toEqual([
      'clboss is there and sets fees too, because revenue-ops-clboss-enabled is false',
    ]);
    expect(await one.run('revenue-status')).toMatchObject({ clboss: { enabled: false, available: true } });
  });

  it('tell of peers whose tags clboss has given up', async () => {
    const one = await started({}, uneven);
    one.clboss.present = true;
    const [first] = one.node.snapshot.channels;
    if (first) one.clboss.unmanaged.set(first.peerId, ['open']);
    expect(await one.run('revenue-status')).toMatchObject({ clboss: { unmanaged_peers: [first?.peerId] } });
  });

  it('tell of somebody else’s change for a day, and of a program that does it again', async () => {
    const one = await started({}, calm);
    one.fees.change(idOf(2), { feePpm: ppm(300) });
    await one.clock.advance(2000);
    const told = 'fees were changed by someone else within a day, which are left alone for a day: 102x1x0 ';
    expect(await feeAlerts(one)).toEqual([`${told}(250 to 300 ppm)`]);
    one.fees.change(idOf(2), { feePpm: ppm(350) });
    await one.clock.advance(2000);
    expect(await feeAlerts(one)).toEqual([
      `${told}(300 to 350 ppm)`,
      'something else sets fees again and again (102x1x0): stop it, or leave it those peers with revenue-policy set … strategy=passive',
    ]);
    await one.clock.advance(87_000);
    expect(await feeAlerts(one)).toEqual([]);
  });

  it('do not take clboss for something else: not while it sets fees, and once it was stopped they say so', async () => {
    const one = await started({ dryRun: true }, calm);
    one.clboss.present = true;
    for (const fee of [300, 350]) {
      one.fees.change(idOf(2), { feePpm: ppm(fee) });
      await one.clock.advance(2000);
    }
    const again = async (): Promise<string[]> =>
      (await feeAlerts(one)).filter((text) => text.includes('again and again'));
    // In dry-run it is to go on.
    expect(await again()).toEqual([]);
    one.app.config = { ...one.app.config, dryRun: false };
    one.fees.change(idOf(2), { feePpm: ppm(400) });
    await one.clock.advance(2000);
    expect(await again()).toEqual([
      'something else sets fees again and again (102x1x0): stop it, or leave it those peers with revenue-policy set … ' +
        'strategy=passive; if it was clboss, it has stopped: we have taken lnfee from it, and this ends within a day',
    ]);
    await one.clock.advance(87_000);
    expect(await again()).toEqual([]);
    // What sets fees all the same is another one.
    one.clboss.present = false;
    for (const fee of [300, 350]) {
      one.fees.change(idOf(2), { feePpm: ppm(fee) });
      await one.clock.advance(2000);
    }
    expect(await again()).toEqual([expect.stringMatching(/strategy=passive$/) as string]);
  });

  it('tell no more of somebody else’s change that an order by hand has taken over, be it for the same fee', async () => {
    const one = await started({}, calm);
    one.fees.change(idOf(2), { feePpm: ppm(300) });
    await one.clock.advance(2000);
    expect(await one.run('revenue-explain', ['102x1x0'])).toMatchObject({ fee: { reason: 'external-change' } });
    await one.run('revenue-set-fee', ['102x1x0', 300, 0]);
    expect(await one.run('revenue-explain', ['102x1x0'])).toMatchObject({ external_until: null });
    expect(await feeAlerts(one)).toEqual([]);
    await one.clock.advance(2000);
    expect(await one.run('revenue-explain', ['102x1x0'])).not.toMatchObject({ fee: { reason: 'external-change' } });
  });

  it('tell nothing of somebody else’s change that a static policy has set back at once', async () => {
    const one = await started({}, calm);
    await one.run('revenue-policy', ['set', '102x1x0', 'static', 250]);
    one.fees.change(idOf(2), { feePpm: ppm(300) });
    await one.clock.advance(4000);
    const told = await one.run('revenue-explain', ['102x1x0']);
    expect(told).toMatchObject({ fee_ppm: 250, external_until: null, policy: { strategy: 'static' } });
    expect(told).toMatchObject({
      last_changes: [{ reason: 'static' }, { reason: 'external-change', new_fee_ppm: 300 }],
    });
    expect(await feeAlerts(one)).toEqual([]);
  });

  it('tell no more of somebody else’s change of a channel that closes', async () => {
    const one = await started({}, calm);
    one.fees.change(idOf(2), { feePpm: ppm(300) });
    await one.clock.advance(2000);
    expect(await feeAlerts(one)).toHaveLength(1);
    one.node.snapshot = { ...one.node.snapshot, channels: one.node.snapshot.channels.filter((_, i) => i !== 1) };
    expect(await feeAlerts(one)).toEqual([]);
  });

  it('tell nothing of others who set what a policy leaves to them', async () => {
    const one = await started({}, calm);
    await one.run('revenue-policy', ['set', '102x1x0', 'passive']);
    for (const fee of [300, 350, 400]) {
      one.fees.change(idOf(2), { feePpm: ppm(fee) });
      await one.clock.advance(2000);
    }
    expect(one.store.fees.changesOf(idOf(2), 9)).toHaveLength(3);
    expect(await feeAlerts(one)).toEqual([]);
    await one.run('revenue-policy', ['delete', '102x1x0']);
    expect(await feeAlerts(one)).toHaveLength(2);
  });

  it('tell of feeadjuster', async () => {
    const one = await started({}, calm);
    one.node.commands.add('feeadjust');
    expect(await feeAlerts(one)).toEqual([
      'feeadjuster is loaded and sets fees too: stop it, or every fee is set twice',
    ]);
  });

  it('tell of fees that are held by hand', async () => {
    const one = await started({}, calm);
    const [first, second] = one.node.snapshot.channels;
    if (!first || !second) throw new Error('expected two channels');
    one.store.fees.saveHold(first.peerId, { until: unixSec(1_800_000_000), by: 'revenue-set-fee' });
    expect(await feeAlerts(one)).toEqual(['the fees of one peer are held as set by hand, until 2027-01-15 08:00 UTC']);
    one.store.fees.saveHold(second.peerId, { until: unixSec(1_800_000_060), by: 'revenue-set-fee' });
    expect(await feeAlerts(one)).toEqual([
      'the fees of 2 peers are held as set by hand, the first until 2027-01-15 08:00 UTC',
    ]);
  });
});
