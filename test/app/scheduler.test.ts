import { afterEach, describe, expect, it } from 'vitest';
import type { Loop, LoopPorts } from '../../src/app/loop.ts';
import { Scheduler } from '../../src/app/scheduler.ts';
import type { Config } from '../../src/core/config/options.ts';
import { DEFAULTS } from '../../src/core/config/validate.ts';
import { unixSec } from '../../src/core/units.ts';
import { NodeError, StoreError, type LoopRecord } from '../../src/ports.ts';
import { ManualClock, settle } from './manual-clock.ts';
import { recordingLog } from './recording-log.ts';

interface World {
  readonly clock: ManualClock;
  readonly log: ReturnType<typeof recordingLog>;
  readonly records: Map<string, LoopRecord>;
  readonly ports: LoopPorts;
  config: Config;
  paused: boolean;
  chance: number;
  storeFails: boolean;
}

function world(): World {
  const made: World = {
    clock: new ManualClock(),
    log: recordingLog(),
    records: new Map(),
    config: DEFAULTS,
    paused: false,
    chance: 0.5,
    storeFails: false,
    ports: {
      get clock() {
        return made.clock;
      },
      rng: { next: () => made.chance },
      get log() {
        return made.log;
      },
      store: {
        loop: (name) => made.records.get(name) ?? null,
        saveLoop: (name, record) => {
          if (made.storeFails) throw new StoreError('failed', 'database: disk full');
          made.records.set(name, record);
        },
        paused: () => {
          if (made.storeFails) throw new StoreError('failed', 'database: disk full');
          return made.paused;
        },
      },
      config: () => made.config,
    },
  };
  return made;
}

/** A loop that notes when each cycle began. */
function loop(run: (config: Config) => Promise<void> | void = () => undefined, changes: Partial<Loop> = {}) {
  const began: number[] = [];
  return {
    name: 'test',
    acts: false,
    intervalSeconds: (config: Config) => config.flowInterval,
    ...changes,
    began,
    run: async (config: Config) => {
      began.push(here.clock.now());
      await run(config);
    },
  };
}

let here: World;
let scheduler: Scheduler;
const start = (...loops: Loop[]): void => {
  scheduler = new Scheduler(loops, here.ports);
  scheduler.start();
};
const status = (name = 'test') => {
  const found = scheduler.status().find((one) => one.name === name);
  if (!found) throw new Error(`no loop ${name}`);
  return found;
};

afterEach(async () => {
  await scheduler.stop();
  expect(here.clock.sleeping).toBe(0);
});

describe('a loop', () => {
  it('runs at once, and an interval after the end of each cycle', async () => {
    here = world();
    const test = loop(() => here.clock.sleep(100, new AbortController().signal));
    start(test);
    await here.clock.advance(8000);
    const t0 = test.began[0] ?? 0;
    expect(test.began.map((time) => time - t0)).toEqual([0, 3700, 7400]);
    await here.clock.advance(100);
  });

  it.each([
    [0, 3240],
    [0.999_999, 3960],
  ])('is off by at most a tenth, with chance at %s', async (chance, after) => {
    here = world();
    here.chance = chance;
    const test = loop();
    start(test);
    await settle();
    expect((status().nextRun ?? 0) - (test.began[0] ?? 0)).toBe(after);
    await here.clock.advance(after - 1);
    expect(test.began).toHaveLength(1);
    await here.clock.advance(1);
    expect(test.began).toHaveLength(2);
  });

  it('does not stand still for as long as the clock was set back', async () => {
    here = world();
    const test = loop();
    start(test);
    await here.clock.advance(1000);
    here.clock.setBack(8 * 3600);
    const t0 = here.clock.now();
    await here.clock.advance(7000);
    expect(test.began.slice(1).map((time) => time - t0)).toEqual([2600, 6200]);
  });

  it('never overlaps itself, however long it takes and however often it is wanted', async () => {
    here = world();
    let [running, most] = [0, 0];
    const test = loop(async () => {
      most = Math.max(most, ++running);
      await here.clock.sleep(10_000, new AbortController().signal);
      running--;
    });
    start(test);
    await settle();
    for (let i = 0; i < 10; i++) {
      scheduler.wake('test');
      await here.clock.advance(500);
    }
    expect(most).toBe(1);
    // Wanted ten times meanwhile, it runs once more, and right away.
    await here.clock.advance(5000);
    expect(test.began).toHaveLength(2);
    await here.clock.advance(10_000);
    expect(test.began).toHaveLength(2);
  });

  it('wakes when wanted, and only it', async () => {
    here = world();
    const [one, other] = [loop(undefined, { name: 'one' }), loop(undefined, { name: 'other' })];
    start(one, other);
    await here.clock.advance(60);
    scheduler.wake('one');
    scheduler.wake('nobody');
    await settle();
    expect([one.began.length, other.began.length]).toEqual([2, 1]);
  });
});

describe('configuration', () => {
  it('is one per cycle, whatever is set meanwhile', async () => {
    here = world();
    const seen: number[] = [];
    const test = loop(async (config) => {
      seen.push(config.targetFlow);
      await here.clock.sleep(10, new AbortController().signal);
      seen.push(config.targetFlow);
    });
    start(test);
    await here.clock.advance(5);
    here.config = { ...DEFAULTS, targetFlow: 1 };
    scheduler.retime();
    await here.clock.advance(10);
    scheduler.wake('test');
    await here.clock.advance(20);
    expect(seen).toEqual([100_000, 100_000, 1, 1]);
  });

  it('with a shorter interval shortens the wait under way, with a longer one lengthens it', async () => {
    here = world();
    here.config = { ...DEFAULTS, flowInterval: 604_800 };
    const test = loop();
    start(test);
    await here.clock.advance(7200);
    expect(test.began).toHaveLength(1);
    here.config = { ...DEFAULTS, flowInterval: 60 };
    scheduler.retime();
    await settle();
    expect(test.began).toHaveLength(2);
    here.config = { ...DEFAULTS, flowInterval: 3600 };
    scheduler.retime();
    await here.clock.advance(3599);
    expect(test.began).toHaveLength(2);
    await here.clock.advance(1);
    expect(test.began).toHaveLength(3);
  });
});

describe('an error', () => {
  it('is counted and kept, and ends when the loop works again', async () => {
    here = world();
    let failure: Error | null = new NodeError('timeout', 'getinfo: no reply within 60000 ms');
    const test = loop(() => {
      if (failure) throw failure;
    });
    start(test);
    await here.clock.advance(7200);
    expect(status().last).toEqual({ lastRun: test.began[2], lastOutcome: failure.message, consecutiveFailures: 3 });
    expect(here.records.get('test')).toEqual(status().last);
    expect(here.log.lines).toEqual(['warn test: getinfo: no reply within 60000 ms']);
    failure = null;
    await here.clock.advance(3600);
    expect(status().last).toMatchObject({ lastOutcome: 'ok', consecutiveFailures: 0 });
    expect(here.log.lines.at(-1)).toBe('info test: works again');
  });

  it('of one loop leaves the others alone', async () => {
    here = world();
    const bad = loop(
      () => {
        throw new TypeError('x is not a function');
      },
      { name: 'bad' },
    );
    const good = loop(undefined, { name: 'good' });
    start(bad, good);
    await here.clock.advance(7200);
    expect(good.began).toHaveLength(3);
    expect(status('good').last?.lastOutcome).toBe('ok');
    expect(status('bad')).toMatchObject({ faulted: true, last: { lastOutcome: 'defect: x is not a function' } });
    expect(here.log.lines.filter((line) => line.startsWith('error bad: defect: x is not a function'))).toHaveLength(1);
  });

  it('of ours ends a loop that acts, and not one that only reads', async () => {
    here = world();
    const defect = (): never => {
      throw new RangeError('impossible');
    };
    const acting = loop(defect, { name: 'acting', acts: true });
    const reading = loop(defect, { name: 'reading' });
    start(acting, reading);
    await here.clock.advance(7200);
    expect(acting.began).toHaveLength(1);
    expect(reading.began).toHaveLength(3);
    expect(status('acting')).toMatchObject({ faulted: true, nextRun: null });
    scheduler.wake('acting');
    await here.clock.advance(7200);
    expect(acting.began).toHaveLength(1);
  });

  it('of the database while keeping the heartbeat does not end a loop', async () => {
    here = world();
    here.storeFails = true;
    const test = loop();
    start(test);
    await here.clock.advance(3600);
    expect(test.began).toHaveLength(2);
    expect(status().last?.lastOutcome).toBe('ok');
  });
});

describe('a pause', () => {
  it('rests what acts and leaves what reads', async () => {
    here = world();
    const [acting, reading] = [loop(undefined, { name: 'acting', acts: true }), loop(undefined, { name: 'reading' })];
    start(acting, reading);
    await settle();
    here.paused = true;
    await here.clock.advance(7200);
    expect([acting.began.length, reading.began.length]).toEqual([1, 3]);
    // A rest is no cycle: the record is that of the last one that was.
    expect(status('acting').last?.lastRun).toBe(acting.began[0]);
    here.paused = false;
    await here.clock.advance(3600);
    expect(acting.began).toHaveLength(2);
  });

  it('lets what was begun before be followed to its end', async () => {
    here = world();
    let followed = 0;
    const acting = loop(undefined, {
      acts: true,
      whilePaused: () => {
        followed++;
        return Promise.resolve();
      },
    });
    start(acting);
    await settle();
    expect(followed).toBe(0);
    here.paused = true;
    await here.clock.advance(7200);
    expect([acting.began.length, followed]).toEqual([1, 2]);
  });

  it('that cannot be read rests what acts', async () => {
    here = world();
    here.storeFails = true;
    const acting = loop(undefined, { acts: true });
    start(acting);
    await settle();
    expect(acting.began).toHaveLength(0);
    expect(status().last).toMatchObject({ lastOutcome: 'database: disk full', consecutiveFailures: 1 });
  });
});

describe('a stop', () => {
  it('waits for the cycle under way and begins no other', async () => {
    here = world();
    let done = false;
    const test = loop(async () => {
      await here.clock.sleep(100, new AbortController().signal);
      done = true;
    });
    start(test);
    await settle();
    const stopped = scheduler.stop().then(() => done);
    scheduler.wake('test');
    await here.clock.advance(100);
    expect(await stopped).toBe(true);
    expect(test.began).toHaveLength(1);
  });

  it('does not count what it cut off as a failure', async () => {
    here = world();
    let cut: (error: Error) => void = () => undefined;
    const test = loop(() => new Promise((_, reject) => (cut = reject)));
    start(test);
    await settle();
    const stopped = scheduler.stop();
    cut(new NodeError('unreachable', 'the client was closed'));
    await stopped;
    expect(here.records.size).toBe(0);
    expect(here.log.lines).toEqual([]);
  });

  it('before the start is the end', async () => {
    here = world();
    const test = loop();
    scheduler = new Scheduler([test], here.ports);
    await scheduler.stop();
    scheduler.start();
    await here.clock.advance(7200);
    expect(test.began).toEqual([]);
  });
});

it('a restart knows how the last cycle went', async () => {
  here = world();
  const before: LoopRecord = { lastRun: unixSec(1_795_000_000), lastOutcome: 'no reply', consecutiveFailures: 4 };
  here.records.set('test', before);
  const test = loop();
  scheduler = new Scheduler([test], here.ports);
  expect(status()).toMatchObject({ last: before, nextRun: null, running: false });
  scheduler.start();
  await settle();
  expect(status().last?.consecutiveFailures).toBe(0);
});
