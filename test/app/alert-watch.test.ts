// Is the operator told of each thing once, and once when it is over?
import { describe, expect, it } from 'vitest';
import { told, type Alert, type AlertKind } from '../../src/app/alerts/alert.ts';
import { AlertWatch, type AlertNews } from '../../src/app/alerts/watch.ts';
import { unixSec } from '../../src/core/units.ts';
import { NodeError, StoreError, type RememberedAlert } from '../../src/ports.ts';
import { temporaryDatabase } from '../store/temporary.ts';
import { ManualClock } from './manual-clock.ts';
import { recordingLog } from './recording-log.ts';

const LOOK = 300;

const database = temporaryDatabase();

function watching() {
  const clock = new ManualClock();
  const log = recordingLog();
  const news: AlertNews[] = [];
  let alerts: readonly Alert[] | Error = [];
  let undecided: readonly AlertKind[] = [];
  let store = database.open();
  let stop = new AbortController();
  let stopsMeanwhile = false;
  const begin = (): AlertWatch =>
    new AlertWatch({
      clock,
      log,
      store,
      read: () => {
        if (stopsMeanwhile) stop.abort();
        return alerts instanceof Error ? Promise.reject(alerts) : Promise.resolve({ alerts, undecided });
      },
      tell: (one) => news.push(one),
      stopping: stop.signal,
    });
  let watch = begin();
  /** What there is at the next look; what was told since. */
  const look = async (
    now: readonly Alert[] | Error,
    seconds = LOOK,
    open: readonly AlertKind[] = [],
  ): Promise<string[]> => {
    alerts = now;
    undecided = open;
    news.length = 0;
    await clock.advance(seconds);
    await watch.look();
    return news.map(({ state, text }) => `${state} ${text}`);
  };
  const setBack = (seconds: number): void => {
    clock.setBack(seconds);
  };
  const restart = (): void => {
    store.close();
    store = database.open();
    stop = new AbortController();
    stopsMeanwhile = false;
    watch = begin();
  };
  /** The next look is under way when the plugin stops. */
  const stopMeanwhile = (): void => {
    stopsMeanwhile = true;
  };
  const keep = (alert: RememberedAlert): void => {
    store.saveAlerts([alert]);
  };
  return { look, news, log, restart, setBack, stopMeanwhile, keep };
}

const budget = (left: number): Alert[] => told('budget-used', [`${String(left)} sats are left`]);

describe('an alert', () => {
  it('is told once, however its figures change, and once when it is over', async () => {
    const { look, log } = watching();
    expect(await look(budget(3))).toEqual(['begun 3 sats are left']);
    expect(await look(budget(2))).toEqual([]);
    expect(await look(budget(1))).toEqual([]);
    expect(await look([])).toEqual(['over 1 sats are left']);
    expect(await look([])).toEqual([]);
    expect(log.lines).toEqual(['warn alert: 3 sats are left', 'info alert over after 15 minutes: 1 sats are left']);
  });

  it('is told also where the clock ran ahead when it was last over', async () => {
    const { look, log, setBack } = watching();
    await look(budget(3), 400 * 86_400);
    setBack(399 * 86_400);
    await look([]);
    expect(log.lines.at(-1)).toBe('info alert over after 0 seconds: 3 sats are left');
    setBack(86_400);
    await look([]);
    expect(await look(budget(2))).toEqual(['begun 2 sats are left']);
  });

  it('is not made of what cannot be read because the plugin stops', async () => {
    const { look, log, restart, stopMeanwhile } = watching();
    stopMeanwhile();
    expect(await look(told('node-unread', ['the node could not be asked: the client was closed']))).toEqual([]);
    restart();
    expect(await look([])).toEqual([]);
    expect(await look([])).toEqual([]);
    expect(log.lines).toEqual([]);
  });

  it('is told with its kind, its severity and its beginning', async () => {
    const { look, news } = watching();
    await look(told('loop-failing', ['loop fees failed'], 'fees'));
    const [first] = news;
    expect(first).toMatchObject({
      state: 'begun',
      kind: 'loop-failing',
      severity: 'critical',
      text: 'loop fees failed',
    });
    await look([]);
    expect(news[0]?.since).toBe(first?.since);
  });

  it('is told for each subject apart', async () => {
    const { look } = watching();
    const failing = (...loops: string[]) => loops.flatMap((name) => told('loop-failing', [name], name));
    expect(await look(failing('fees'))).toEqual(['begun fees']);
    expect(await look(failing('fees', 'rebalance'))).toEqual(['begun rebalance']);
    expect(await look(failing('rebalance'))).toEqual(['over fees']);
  });

  it('is not over because nobody can tell yet whether it is', async () => {
    const { look, restart } = watching();
    const idle = told('idle', ['nothing was done for 4 days']);
    expect(await look(idle)).toEqual(['begun nothing was done for 4 days']);
    restart();
    expect(await look([], LOOK, ['idle'])).toEqual([]);
    expect(await look([], LOOK, ['idle'])).toEqual([]);
    expect(await look(idle)).toEqual([]);
    expect(await look([])).toEqual(['over nothing was done for 4 days']);
  });

  it('that comes and goes is not told again and again', async () => {
    const { look } = watching();
    await look(budget(1));
    expect(await look([])).toEqual(['over 1 sats are left']);
    expect(await look(budget(1))).toEqual([]);
    expect(await look([])).toEqual([]);
    expect(await look([], 6 * 3600)).toEqual([]);
    expect(await look(budget(1))).toEqual(['begun 1 sats are left']);
  });

  it('is told once, however often the plugin starts again', async () => {
    const { look, restart, log } = watching();
    const failing = (name: string) => told('loop-failing', [`loop ${name} failed`], name);
    expect(await look([...budget(3), ...failing('fees')])).toEqual(['begun 3 sats are left', 'begun loop fees failed']);
    restart();
    expect(await look([...budget(2), ...failing('fees')])).toEqual([]);
    expect(await look(failing('fees'))).toEqual(['over 2 sats are left']);
    restart();
    // Before the cycles have run, what is not seen is not over.
    expect(await look([])).toEqual([]);
    expect(await look([])).toEqual(['over loop fees failed']);
    restart();
    // Nor is an end forgotten, so that what comes back soon is not told again.
    expect(await look(budget(1))).toEqual([]);
    expect(await look([])).toEqual([]);
    restart();
    expect(await look([], 6 * 3600)).toEqual([]);
    expect(await look(budget(1))).toEqual(['begun 1 sats are left']);
    expect(log.lines.filter((line) => line.startsWith('warn'))).toHaveLength(3);
  });

  it('is remembered also where one beside it has come back that had hardly gone', async () => {
    const { look, restart } = watching();
    const failing = told('loop-failing', ['loop fees failed'], 'fees');
    await look(budget(1));
    await look([]);
    expect(await look([...budget(1), ...failing])).toEqual(['begun loop fees failed']);
    restart();
    expect(await look([...budget(1), ...failing])).toEqual([]);
  });

  it('of a kind that only a later version knows is passed over, also at its end', async () => {
    const { look, restart, keep } = watching();
    keep({ kind: 'of-tomorrow', subject: null, text: 'x', since: unixSec(1), told: true, overAt: null });
    restart();
    expect(await look([])).toEqual([]);
    expect(await look([])).toEqual([]);
  });

  it('that is only a state stays in revenue-status', async () => {
    const { look } = watching();
    expect(await look([...told('paused', ['paused']), ...told('dry-run', ['dry-run'])])).toEqual([]);
  });

  it('is neither begun nor over where nothing could be read', async () => {
    const { look } = watching();
    await look(budget(1));
    expect(await look(new NodeError('timeout', 'no reply'))).toEqual([]);
    expect(await look(new StoreError('failed', 'database is locked'))).toEqual([]);
    expect(await look(budget(1))).toEqual([]);
    await expect(look(new TypeError('a defect'))).rejects.toThrow('a defect');
  });

  it('is looked for every five minutes, not with each cycle', async () => {
    const { look } = watching();
    await look([]);
    expect(await look(budget(1), 60)).toEqual([]);
    expect(await look(budget(1), 240)).toEqual(['begun 1 sats are left']);
  });
});
