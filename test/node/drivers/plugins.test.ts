// What do the drivers of other plugins ask at most, how long do they wait, and what do they make of what the node lists?
// The ring shows that they get on with the plugins; here a script answers, and its clock runs by itself.
import { describe, expect, it } from 'vitest';
import { RpcError, RpcTimeoutError } from '../../../src/cln/errors.ts';
import type { SelfPaymentRow } from '../../../src/core/rebalance/types.ts';
import { msat, unixSec } from '../../../src/core/units.ts';
import type { Ask } from '../../../src/node/ask.ts';
import { availableDrivers } from '../../../src/node/drivers/available.ts';
import { circularDriver } from '../../../src/node/drivers/circular/driver.ts';
import { rebalanceDriver } from '../../../src/node/drivers/rebalance/driver.ts';
import { SlingDriver } from '../../../src/node/drivers/sling/driver.ts';
import { slingConflicts } from '../../../src/node/drivers/sling/conflicts.ts';
import { NodeError, type Clock, type RebalanceDriver } from '../../../src/ports.ts';
import { hash, row as listed } from '../../core/rebalance/builders.ts';
import { order } from '../../node-tests/order.ts';
import { readerOver, RECORDED_AT, refusing, rows, type Answer, type Json } from '../recorded-node.ts';
import { BACK, OUT } from './scripted-node.ts';

const AMOUNT = 300_000_000n;
/** lightningd's code for a plugin that ended before it replied. */
const TERMINATED = -4;

/** Both channels; the last hop costs nothing. */
const channels = rows('listpeerchannels', 'channels').map((row) => {
  const updates = row['updates'] as { remote: Json };
  const free = { ...updates.remote, fee_base_msat: 0, fee_proportional_millionths: 0 };
  return { ...row, updates: { ...updates, remote: free } };
});

const PENDING = { status: 'pending', completedAt: null } as const;
/** The order's payment, for 10,000 msat. */
const payment = (changes: Partial<SelfPaymentRow> = {}): SelfPaymentRow => ({
  ...listed({ createdAt: unixSec(RECORDED_AT + 1), completedAt: unixSec(RECORDED_AT + 2) }),
  ...{ amountMsat: msat(AMOUNT), amountSentMsat: msat(AMOUNT + 10_000n) },
  ...{ outChannel: OUT.channelId, inChannel: BACK.channelId },
  ...changes,
});

interface Scene {
  /** Given the seconds gone by too. */
  readonly answers?: Readonly<Record<string, (params: Json, passed: number) => unknown>>;
  /** What the node lists by then. */
  readonly lists?: (passed: number) => readonly SelfPaymentRow[];
  readonly amountMsat?: bigint;
  readonly maxFeeMsat?: bigint;
  readonly seconds?: number;
  readonly onDispatched?: (hash: string) => void;
  /** What is never answered. */
  readonly hangs?: string;
}

function scene(wanted: Scene = {}) {
  const { answers = {}, lists = () => [], onDispatched } = wanted;
  const { amountMsat = AMOUNT, maxFeeMsat = 20_000n, seconds = 60 } = wanted;
  let now: number = RECORDED_AT;
  const passed = (): number => now - RECORDED_AT;
  const stop = new AbortController();
  const clock: Clock = {
    now: () => unixSec(now),
    // Time goes by only where nothing else happens.
    sleep: async (wait, signal) => {
      await new Promise((done) => setImmediate(done));
      if (!signal.aborted) now += wait;
    },
  };
  const script: Record<string, Answer> = {
    listpeerchannels: ({ id }) => ({ channels: channels.filter((each: Json) => each['peer_id'] === id) }),
  };
  for (const [method, answer] of Object.entries(answers)) script[method] = (params) => answer(params, passed());
  const { ask: answered, calls } = readerOver(script, clock);
  const ask: Ask = (method, ...rest) =>
    method === wanted.hangs ? new Promise(() => undefined) : answered(method, ...rest);
  const warnings: string[] = [];
  const quiet = (): void => undefined;
  const means = {
    ...{
      ask,
      clock,
      log: { debug: quiet, info: quiet, warn: (text: string) => void warnings.push(text), error: quiet },
    },
    payments: {
      readByHash: () => Promise.resolve([]),
      readPaymentsIndex: () => Promise.resolve(10),
      readSince: async () => Promise.resolve({ rows: lists(passed()), cursor: 10, gapless: true }),
    },
  };
  const drivers = { circular: circularDriver, rebalance: rebalanceDriver, sling: () => new SlingDriver(means) };
  const approved = order({
    ...{ id: 'o1', from: OUT, to: BACK, amountMsat: msat(amountMsat), maxFeeMsat: msat(maxFeeMsat) },
    deadline: unixSec(RECORDED_AT + seconds),
  });
  const told: string[] = [];
  const watch = { signal: stop.signal, onDispatched: onDispatched ?? ((each: string) => void told.push(each)) };
  return {
    ...{ ask, stop, warnings, told, passed, order: approved },
    wait: (wait: number) => void (now += wait),
    driver: (name: keyof typeof drivers): RebalanceDriver => drivers[name](means),
    run: (name: keyof typeof drivers) => drivers[name](means).rebalance(approved, watch),
    asked: (method: string) => calls.filter((call) => call.method === method),
  };
}

const failure = (message = 'no route', attempts = 0) => ({ status: 'failure', message, attempts });
const terminated = refusing('circular', TERMINATED, 'Plugin terminated before replying to RPC call.');

describe('what is asked of a plugin', () => {
  it.each([
    ['599 msat', 599n, 1],
    ['598 msat, for which only the default of 10 ppm would be left', 598n, null],
  ])('circular: at a cap of %s', async (_, maxFeeMsat, maxppm) => {
    const at = scene({ maxFeeMsat, answers: { circular: () => failure() } });
    const { failure: why } = await at.run('circular');
    expect(at.asked('circular').map(({ params }) => params['maxppm'])).toEqual(maxppm === null ? [] : [maxppm]);
    if (maxppm === null) expect(why).toBe('too-expensive');
  });

  it.each([
    [60, 1],
    [250, 2],
    [3600, 3],
  ])('circular: in %i s so many attempts as end in time', async (seconds, attempts) => {
    const at = scene({ seconds, answers: { circular: () => failure() } });
    await at.run('circular');
    expect(at.asked('circular')[0]).toMatchObject({
      params: { attempts },
      options: { connection: 'own', timeoutMs: seconds * 1000 + 5000 },
    });
  });

  it.each([
    [20_000n, 19_970],
    [31n, 1],
    [30n, null],
  ])(
    'rebalance: of a cap of %i msat what its rounding leaves, and no longer than until the deadline',
    async (maxFeeMsat, exemptfee) => {
      const at = scene({
        amountMsat: 10_000_000n,
        maxFeeMsat,
        seconds: 47,
        answers: { rebalance: () => ({ status: 'error' }) },
      });
      const { failure: why } = await at.run('rebalance');
      const params = at.asked('rebalance').map((call) => [call.params['exemptfee'], call.params['retry_for']]);
      expect(params).toEqual(exemptfee === null ? [] : [[exemptfee, 47]]);
      if (exemptfee === null) expect(why).toBe('too-expensive');
    },
  );

  it.each([
    [20_299n, 67],
    [300n, 1],
  ])('sling: at a cap of %i msat the ppm below it', async (maxFeeMsat, maxppm) => {
    const at = scene({ maxFeeMsat, answers: { ...SLING, 'sling-once': refusing('sling-once', -1, 'no') } });
    await at.run('sling');
    expect(at.asked('sling-once').map(({ params }) => params['maxppm'])).toEqual([maxppm]);
  });

  it.each(['circular', 'rebalance', 'sling'] as const)('%s: nothing once the deadline has come', async (name) => {
    const at = scene({ seconds: 0, answers: SLING });
    expect(await at.run(name)).toMatchObject({ status: 'failed', failure: 'timeout' });
    expect(at.asked(name === 'sling' ? 'sling-once' : name)).toEqual([]);
  });

  it('nothing of sling where its turn comes after the deadline', async () => {
    const stats = () => {
      at.wait(60);
      return [];
    };
    const at = scene({ answers: { ...SLING, 'sling-stats': stats } });
    expect(await at.run('sling')).toMatchObject({ status: 'failed', failure: 'timeout' });
    expect(at.asked('sling-once')).toEqual([]);
  });

  it('nothing that lacks one of the commands it is to be driven by', () => {
    expect([...availableDrivers(new Set(['sling-once', 'sling-stats', 'sling-jobsettings', 'rebalance']))]).toEqual([]);
  });

  it.each([
    [
      'in time',
      () => {
        throw new RpcTimeoutError('listpeerchannels', 30_000);
      },
      'timeout',
    ],
    ['at all', refusing('listpeerchannels', -1, 'no'), 'driver-error'],
  ])('nothing where the node does not say %s what its channels are', async (_, listpeerchannels, why) => {
    const at = scene({ answers: { circular: () => failure(), listpeerchannels } });
    expect(await at.run('circular')).toMatchObject({ status: 'failed', failure: why });
    expect(at.asked('circular')).toEqual([]);
  });

  it('nothing where we stop while the node is still asked what it lists', async () => {
    const at = scene({
      answers: {
        circular: () => failure(),
        listpeerchannels: ({ id }) => {
          if (at.asked('listpeerchannels').length === 3) at.stop.abort();
          return { channels: channels.filter((each: Json) => each['peer_id'] === id) };
        },
      },
    });
    expect(await at.run('circular')).toMatchObject({ status: 'failed', failure: 'timeout' });
    expect(at.asked('circular')).toEqual([]);
  });
});

describe('what the node lists once a plugin has spoken', () => {
  /** Listed from then on. */
  const since =
    (at: number, row = payment()) =>
    (passed: number) =>
      passed >= at ? [row] : [];

  it('is believed at once where it has failed by its own account, and sent nothing', async () => {
    const at = scene({ answers: { circular: () => failure() } });
    expect(await at.run('circular')).toMatchObject({ status: 'failed', failure: 'no-route' });
    expect(at.passed()).toBe(0);
  });

  it.each([
    ['broke down', terminated],
    ['cannot be read', () => 'a text'],
    ['claims success', () => ({ status: 'success', message: '', attempts: 1 })],
  ])('is waited for a moment where it %s', async (_, circular) => {
    const at = scene({ answers: { circular: () => circular({}) }, lists: since(3) });
    expect(await at.run('circular')).toMatchObject({ status: 'success', feeMsat: 10_000n, paymentHash: hash(1) });
    const never = scene({ answers: { circular: () => circular({}) }, lists: since(4) });
    expect(await never.run('circular')).toMatchObject({ status: 'failed', failure: 'driver-error', movedMsat: 0n });
  });

  it('is looked at as often where the deadline is over by then', async () => {
    const at = scene({ seconds: 1, answers: { circular: terminated }, lists: since(3) });
    expect(await at.run('circular')).toMatchObject({ status: 'success' });
    const failed = scene({ seconds: 1, answers: { circular: terminated } });
    expect(await failed.run('circular')).toMatchObject({ status: 'failed', failure: 'driver-error' });
    expect(failed.passed()).toBe(3);
  });

  it('under way is waited for until the deadline, and no longer', async () => {
    const lists = (passed: number) => [payment(passed < 59 ? PENDING : {})];
    const arrives = scene({ answers: { circular: () => failure() }, lists });
    expect(await arrives.run('circular')).toMatchObject({ status: 'success' });
    const late = scene({ answers: { circular: () => failure() }, lists, seconds: 50 });
    expect(await late.run('circular')).toMatchObject({ status: 'unknown', failure: 'unknown', movedMsat: 0n });
    expect(late.passed()).toBe(50);
    // Nor for the last looks.
    const soon = scene({ answers: { circular: () => failure() }, lists, seconds: 1 });
    expect(await soon.run('circular')).toMatchObject({ status: 'unknown' });
    expect(soon.passed()).toBe(1);
  });

  it('under way is not waited for once we stop', async () => {
    const at = scene({
      answers: { circular: () => failure() },
      lists: (passed) => {
        if (passed >= 5) at.stop.abort();
        return [payment(PENDING)];
      },
    });
    expect(await at.run('circular')).toMatchObject({ status: 'unknown' });
    expect(at.passed()).toBe(5);
  });

  it.each([
    ['may be its payment', () => [payment({ outChannel: null, inChannel: null })]],
    [
      'cannot be read',
      () => {
        throw new NodeError('timeout', 'the node is slow');
      },
    ],
  ])('and %s, is no failure', async (_, lists) => {
    const at = scene({ answers: { circular: () => failure() }, lists });
    expect(await at.run('circular')).toMatchObject({ status: 'unknown', failure: 'unknown', movedMsat: 0n });
    expect(at.passed()).toBeLessThan(10);
  });

  it('counts with what it cost, over the cap too, and where it cannot be noted', async () => {
    const at = scene({
      ...{ maxFeeMsat: 9_999n, answers: { circular: () => failure() }, lists: () => [payment()] },
      onDispatched: () => {
        throw new Error('disk full');
      },
    });
    const outcome = await at.run('circular');
    expect(outcome).toMatchObject({ status: 'success', movedMsat: AMOUNT, feeMsat: 10_000n });
    expect(outcome.reason).toContain('more than the cap of 9999 msat');
    expect(at.warnings).toEqual([expect.stringContaining('disk full')]);
    const within = scene({ maxFeeMsat: 10_000n, answers: { circular: () => failure() }, lists: () => [payment()] });
    expect((await within.run('circular')).reason).not.toContain('cap');
    expect(within.told).toEqual([hash(1)]);
  });
});

/** A sling without jobs that does what it is told. */
const SLING = {
  'sling-jobsettings': () => ({}),
  'sling-stats': () => [] as unknown,
  'sling-once': () => ({}) as unknown,
  'sling-stop': () => ({}) as unknown,
};
const task = (scid: string, ...states: readonly string[]) => ({ scid, status: states.map((state) => `1:${state}`) });
/** Of which the order's task is, once it has begun. */
const slingIn = (stateOf: (passed: number) => string) => {
  let begun = false;
  return {
    ...SLING,
    'sling-once': () => {
      begun = true;
      return {};
    },
    'sling-stats': (_: Json, passed: number) => (begun ? [task(BACK.scid, stateOf(passed))] : []),
  };
};

describe('sling', () => {
  it('is stopped where it has not got on for half a minute, not where it got on again in between', async () => {
    const stuck = scene({ seconds: 600, answers: slingIn(() => 'NoCheapRoute') });
    expect(await stuck.run('sling')).toMatchObject({ status: 'failed', failure: 'too-expensive' });
    expect(stuck.passed()).toBeGreaterThanOrEqual(30);
    expect(stuck.passed()).toBeLessThanOrEqual(35);
    const state = (passed: number) => (passed % 40 < 25 ? 'NoCheapRoute' : 'Rebalancing');
    const lists = (passed: number) => (passed >= 200 ? [payment()] : []);
    const slow = scene({ seconds: 600, answers: slingIn(state), lists });
    expect(await slow.run('sling')).toMatchObject({ status: 'success' });
  });

  it('is stopped two seconds before the deadline, for its payment to end by then', async () => {
    const stops: number[] = [];
    const answers = { ...slingIn(() => 'Rebalancing'), 'sling-stop': (_: Json, passed: number) => stops.push(passed) };
    const at = scene({ answers });
    expect(await at.run('sling')).toMatchObject({ status: 'failed', failure: 'timeout' });
    expect(stops).toEqual([58]);
  });

  it('that does not stop is not known to have ended', async () => {
    const at = scene({
      answers: {
        ...slingIn(() => 'Rebalancing'),
        'sling-stop': () => {
          throw new RpcTimeoutError('sling-stop', 150_000);
        },
      },
    });
    const outcome = await at.run('sling');
    expect(outcome).toMatchObject({ status: 'unknown', movedMsat: 0n });
    expect(outcome.reason).toContain('could not be stopped');
  });

  it('that ends while it is stopped has sent what the node lists a moment later, or nothing', async () => {
    const answers = { ...slingIn(() => 'Rebalancing'), 'sling-stop': refusing('sling-stop', TERMINATED, 'terminated') };
    const at = scene({ answers, lists: (passed) => (passed >= 59 ? [payment()] : []) });
    expect(await at.run('sling')).toMatchObject({ status: 'success' });
    const none = scene({ answers: { ...slingIn(() => 'Rebalancing'), 'sling-stop': answers['sling-stop'] } });
    expect(await none.run('sling')).toMatchObject({ status: 'failed' });
  });

  it('that does not say whether it has stopped is not waited for once we stop', async () => {
    const at = scene({ seconds: 600, hangs: 'sling-stop', answers: slingIn(() => 'Rebalancing') });
    const running = at.run('sling');
    setImmediate(() => {
      at.stop.abort();
    });
    const outcome = await running;
    expect(outcome).toMatchObject({ status: 'unknown', movedMsat: 0n });
    expect(outcome.reason).toContain('has not said that it stopped');
    expect(at.passed()).toBeLessThan(60);
  });

  it.each([
    ['ends', refusing('sling-once', TERMINATED, 'Plugin terminated before replying to RPC call.')],
    [
      'falls silent',
      () => {
        throw new RpcTimeoutError('sling-once', 150_000);
      },
    ],
  ])('that %s when asked for it may be at work all the same: it is stopped, and the node asked', async (_, once) => {
    const answers = { ...SLING, 'sling-once': once };
    const at = scene({ answers, lists: (passed) => (passed >= 3 ? [payment()] : []) });
    expect(await at.run('sling')).toMatchObject({ status: 'success', paymentHash: hash(1) });
    expect(at.asked('sling-stop').map(({ params }) => params)).toEqual([{ scid: BACK.scid }]);
    expect(await scene({ answers }).run('sling')).toMatchObject({ status: 'failed', movedMsat: 0n });
  });

  it.each([
    ['ended', refusing('sling-stats', TERMINATED, 'Plugin terminated before replying to RPC call.')],
    ['was taken away', refusing('sling-stats', -32601, "Unknown command 'sling-stats'")],
  ])('that %s at work has sent what the node lists a moment later, and is not stopped', async (_, gone) => {
    let begun = false;
    const answers = {
      ...SLING,
      'sling-once': () => {
        begun = true;
        return {};
      },
      'sling-stats': () => (begun ? gone({}) : []),
    };
    const at = scene({ answers, lists: (passed) => (passed >= 2 ? [payment()] : []) });
    expect(await at.run('sling')).toMatchObject({ status: 'success' });
    const none = scene({ answers });
    begun = false;
    expect(await none.run('sling')).toMatchObject({ status: 'failed', failure: 'driver-error' });
    expect(none.asked('sling-stop')).toEqual([]);
    expect(none.passed()).toBeLessThan(10);
  });

  it('at work on another channel, or with nothing to do on this, is none of our concern', async () => {
    const others = [task('700x1x1', 'Rebalancing'), task(BACK.scid, 'Stopped', 'Stopping', 'NotStarted')];
    const at = scene({ answers: { ...SLING, 'sling-stats': () => others }, lists: () => [payment()] });
    await at.driver('sling').recall?.(at.order);
    expect(at.asked('sling-stop')).toEqual([]);
    expect(await at.run('sling')).toMatchObject({ status: 'success' });
    expect(at.asked('sling-once')).toHaveLength(1);
  });

  it.each(['Rebalancing', 'Error', 'NoCheapRoute', 'Balanced'])(
    'left at %s by a run before is stopped, and asked again where that failed',
    async (state) => {
      let stops = 0;
      const at = scene({
        answers: {
          ...SLING,
          'sling-stats': () => [task(BACK.scid, state)],
          'sling-stop': () => {
            if (stops++ === 0) throw new RpcTimeoutError('sling-stop', 150_000);
            return {};
          },
        },
      });
      const driver = at.driver('sling');
      await expect(driver.recall?.(at.order)).rejects.toThrow('sling-stop');
      await driver.recall?.(at.order);
      await driver.recall?.(at.order);
      expect(at.asked('sling-stop').map(({ params }) => params)).toEqual([{ scid: BACK.scid }, { scid: BACK.scid }]);
    },
  );

  it('that has gone has left nothing at work', async () => {
    const at = scene();
    await at.driver('sling').recall?.(at.order);
    expect(at.asked('sling-stop')).toEqual([]);
  });

  it('starts stored jobs by itself with sling-autogo, which is told where there are any', async () => {
    const job = { sat_direction: 'Pull', amount_msat: 20_000_000, maxppm: 400, candidates: null };
    const conflicts = (configs: Answer, jobs: Json = { [BACK.scid]: job }) => {
      const at = scene({ answers: { 'sling-jobsettings': () => jobs, listconfigs: () => configs({}) } });
      return slingConflicts(at.ask, new Set([BACK.scid]));
    };
    const autogo = (value_bool: boolean) => () => ({ configs: { 'sling-autogo': { value_bool } } });
    const ours = expect.stringContaining(`channel ${BACK.scid}: pull 20000 sats`) as string;
    expect(await conflicts(autogo(true))).toEqual([ours, expect.stringContaining('sling-autogo is on')]);
    expect(await conflicts(autogo(false))).toEqual([ours]);
    expect(await conflicts(autogo(true), {})).toEqual([]);
    // Older versions of sling have no such option.
    expect(await conflicts(refusing('listconfigs', -32602, 'Unknown config option'))).toEqual([ours]);
  });
});

describe('rebalance', () => {
  it('is asked again whether it has done with an order where it did not say so', async () => {
    let asked = 0;
    const at = scene({
      answers: {
        rebalancereport: () => {
          if (asked++ === 0) throw new RpcTimeoutError('rebalancereport', 1);
          throw new RpcError('rebalancereport', -1, 'an error is an answer too');
        },
      },
    });
    const driver = at.driver('rebalance');
    await expect(driver.recall?.(at.order)).rejects.toThrow('rebalancereport');
    await driver.recall?.(at.order);
    await driver.recall?.(at.order);
    expect(at.asked('rebalancereport').map(({ options }) => options?.timeoutMs)).toEqual([Infinity, Infinity]);
  });
});
