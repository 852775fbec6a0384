// How does the application come to life, hear of things, and end?
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { nodeId, unixSec } from '../../src/core/units.ts';
import { snapshot } from '../channel-views.ts';
import { settle } from './manual-clock.ts';
import { channelNumber } from './node-in-memory.ts';
import { alertsOf, applications, channelsOf, loopOf, pay, timeout, unreachable } from './setup.ts';

const { setup, started } = applications();

describe('start-up', () => {
  it('waits for the node, and says so', async () => {
    const { app, node, clock, run, refused, log } = setup();
    node.failing.set('readSnapshot', unreachable);
    app.start();
    await clock.advance(100);
    expect((await refused('revenue-analyze')).errorName).toBe('not-ready');
    const status = await run('revenue-status');
    expect(status).toMatchObject({ ready: false, node_id: null, channels: null, mode: 'live' });
    expect(alertsOf(status)).toEqual([
      'not ready yet: waiting for lightningd to answer (getinfo: lightningd is not reachable)',
    ]);
    expect(log.lines.filter((line) => line.includes('waiting for'))).toHaveLength(1);
    node.failing.clear();
    await clock.advance(30);
    expect(await run('revenue-status')).toMatchObject({ ready: true, node_id: node.snapshot.nodeId, alerts: [] });
  });

  it('runs the first cycle at once', async () => {
    const { run, clock } = await started();
    const status = await run('revenue-status');
    expect(loopOf(status, 'flow')).toEqual({
      interval_seconds: 3600,
      last_run: clock.now(),
      last_outcome: 'ok',
      next_run: clock.now() + 3600,
      consecutive_failures: 0,
      running: false,
    });
  });

  it('weighs rebalances again once the first fee cycle has made prices, and then by the clock', async () => {
    const { app, store, clock } = setup();
    const weighed = vi.spyOn(store.rebalances, 'saveVerdicts');
    app.start();
    await settle();
    expect(weighed).toHaveBeenCalledTimes(2);
    await clock.advance(900);
    expect(weighed).toHaveBeenCalledTimes(3);
    // The next fee cycle is nothing new.
    await clock.advance(900);
    expect(weighed).toHaveBeenCalledTimes(4);
  });

  it('does not analyse before the history is read', async () => {
    const { app, node, clock, refused, run } = setup();
    node.failing.set('readForwards', timeout);
    pay(node, 1, 2, 1000, clock.now() - 50);
    app.start();
    await settle();
    const error = await refused('revenue-analyze');
    expect(error).toMatchObject({
      errorName: 'not-ready',
      message: expect.stringContaining('waiting for the history of forwards') as string,
    });
    expect(alertsOf(await run('revenue-status'))).toContain(`loop intake failed once, last: ${timeout.message}`);
    node.failing.clear();
    await clock.advance(60);
    expect(channelsOf(await run('revenue-analyze'))[1]).toMatchObject({ sats_out: 1000 });
  });

  it('refuses the database of another node, and says what to do', async () => {
    const first = await started();
    await first.end();
    const { run, refused, log, store } = await started({}, (node) => {
      node.snapshot = { ...snapshot([channelNumber(1)]), nodeId: nodeId(`02${'cd'.repeat(32)}`) };
    });
    const error = await refused('revenue-analyze');
    expect(error).toMatchObject({ errorName: 'database-failed' });
    expect(error.message).toContain('set revenue-ops-db-path');
    expect(alertsOf(await run('revenue-status'))[0]).toBe(error.message);
    expect(log.lines.some((line) => line.startsWith('error cannot run: '))).toBe(true);
    // Nothing of this node went into that one's database.
    expect(store.flows({ start: unixSec(0), end: unixSec(2e9), days: 1 }).size).toBe(0);
    expect(store.loop('flow')?.lastOutcome).toBe('ok');
  });

  it('stops while it waits', async () => {
    const { app, node, clock } = setup();
    node.failing.set('readSnapshot', unreachable);
    app.start();
    await settle();
    await app.stop();
    expect(clock.sleeping).toBe(0);
  });
});

describe('the end', () => {
  it('is no alert, though what is under way fails by it', async () => {
    const { app, node, clock, store, log } = await started();
    let fail = (): void => undefined;
    const looking = vi.spyOn(node, 'readOnchainFunds').mockImplementation(
      () =>
        new Promise((_, reject) => {
          fail = () => {
            reject(unreachable);
          };
        }),
    );
    await clock.advance(330);
    expect(looking).toHaveBeenCalled();
    const stopped = app.stop();
    fail();
    await stopped;
    expect(log.lines.filter((line) => line.includes('alert'))).toEqual([]);
    expect(store.alerts()).toEqual([]);
  });
});

describe('notifications', () => {
  it('bring a forward without a question to the node', async () => {
    const { app, node, store, clock } = await started();
    const { reads } = node;
    pay(node, 1, 2, 700, clock.now());
    for (const event of node.events) app.onForward(event);
    await nextTurn();
    expect(store.facts().forwards).toBe(1);
    expect(node.reads).toBe(reads);
  });

  it('that the database refuses are left to the next catch-up', async () => {
    const { app, node, store, clock, log } = await started();
    pay(node, 1, 2, 700, clock.now());
    store.close();
    for (const event of node.events) app.onForward(event);
    await nextTurn();
    expect(node.events).toHaveLength(2);
    expect(log.lines.filter((line) => line.startsWith('debug forward_event: '))).toHaveLength(1);
  });

  it('of a change of channels make the flow loop look', async () => {
    const { app, run, clock } = await started();
    await clock.advance(30);
    app.onChannelsChanged();
    await settle();
    expect(loopOf(await run('revenue-status'), 'flow')).toMatchObject({ last_run: clock.now() });
  });
});

describe('a node without indexes', () => {
  it('is listed once an hour, and trusted to tell in between', async () => {
    const { app, node, run, clock, store } = await started({}, (of, time) => {
      of.indexed = false;
      pay(of, 1, 2, 10, time.now() - 50);
    });
    const listings = vi.spyOn(node, 'readAllForwards');
    expect(store.facts().forwards).toBe(1);
    node.events = [];
    pay(node, 1, 2, 20, clock.now());
    for (const event of node.events) app.onForward(event);
    await nextTurn();
    await clock.advance(3000);
    expect(channelsOf(await run('revenue-analyze'))[1]).toMatchObject({ forwards_out: 2, sats_out: 30 });
    expect(listings).not.toHaveBeenCalled();
    // One of which no notification told.
    pay(node, 1, 2, 30, clock.now());
    await clock.advance(660);
    expect(listings).toHaveBeenCalledTimes(1);
    expect(channelsOf(await run('revenue-analyze'))[1]).toMatchObject({ forwards_out: 3, sats_out: 60 });
  });

  it('is listed at once where the clock has been set back', async () => {
    const { node, clock } = await started({}, (of) => (of.indexed = false));
    const listings = vi.spyOn(node, 'readAllForwards');
    clock.setBack(30 * 86_400);
    await clock.advance(60);
    expect(listings).toHaveBeenCalledTimes(1);
    await clock.advance(1800);
    expect(listings).toHaveBeenCalledTimes(1);
  });
});
