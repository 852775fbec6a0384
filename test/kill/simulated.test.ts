// Killed at every step of a rebalance, does the plugin never overspend, never miss a sat, never lose or leak a reservation?
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../node-tests/rpc.ts';
import { Lane } from './lane.ts';
import { NATIVE, OTHERS, REST_SECONDS, type Scenario } from './scenarios.ts';

/** At least; every step of a native rebalance is the last one once in any case, and every so manieth of the others. */
const KILLS = Number(process.env['KILLS'] ?? 100);
/** So many passes make every step of the others the last one; where one pass is all, it takes a minute. */
const STRIDE = process.env['KILLS'] === undefined ? 15 : 5;
/** Names of scenarios begin so; all do with nothing. */
const ONLY = process.env['KILL_ONLY'] ?? '';
/** More steps than any scenario has. */
const MOST_STEPS = 300;

/** After some of which there is room in it again. */
const BUDGET_REST_SECONDS = 6 * 3600;
const RESTS = 5;

interface Tally {
  steps: number;
  /** Lives in which the budget was used up. */
  refused: number;
  states: Record<string, number>;
}

/** One life and its end. @returns the step that was its last; null where it came to the end of what it was to do */
async function liveAndDie(
  lane: Lane,
  scenario: Scenario,
  step: number | null,
  tally: Tally,
  rests = 0,
): Promise<string | null> {
  const { options = {}, after, arrange, act, afterwards, arrives } = scenario;
  await lane.refill();
  if (!scenario.sells) await lane.payBack();
  await arrange?.(lane);
  lane.killer.plan(after, step);
  await lane.start(options);
  let reply: Json | null = null;
  if (await lane.recovered()) {
    try {
      await lane.auditEnd();
    } catch (error) {
      throw new Error(`not as it was after the recovery: ${String(error)}\n${lane.said}`, { cause: error });
    }
    reply = await act(lane);
  }
  await lane.kill();
  const last = lane.killer.lastStep();
  try {
    const { open } = await lane.audit();
    for (const { state } of open) tally.states[state] = (tally.states[state] ?? 0) + 1;
    await afterwards?.(lane, lane.kills);
    await lane.skip(REST_SECONDS);
  } catch (error) {
    throw new Error(`killed at ${last ?? 'rest'}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  if (last !== null) return last;
  if (rests < RESTS && JSON.stringify(reply?.['error'] ?? '').includes('budget')) {
    tally.refused++;
    await lane.skip(BUDGET_REST_SECONDS);
    return liveAndDie(lane, scenario, step, tally, rests + 1);
  }
  const { status } = (reply?.['result'] ?? {}) as Json;
  if (step !== null && arrives && status !== 'success')
    throw new Error(`expected the rebalance to arrive, got ${JSON.stringify(reply)}`);
  return null;
}

interface Task {
  readonly scenario: Scenario;
  /** The first step that is to be the last, and how many more it is each time. */
  readonly first: number;
  readonly stride: number;
}

async function runScenario(lane: Lane, { scenario, first, stride }: Task): Promise<Tally> {
  const { name, lives } = scenario;
  const tally: Tally = { steps: 0, refused: 0, states: {} };
  await scenario.prepare?.(lane);
  try {
    for (let step = first; step <= (lives ?? MOST_STEPS); step += lives === undefined ? stride : 1) {
      tally.steps = step;
      const last = await liveAndDie(lane, scenario, lives === undefined ? step : null, tally);
      if (last === null && lives === undefined) break;
      if (scenario.arrives && step + stride > MOST_STEPS) throw new Error('expected one to arrive, got none');
    }
    lane.killer.plan([], null);
    await lane.start(scenario.options ?? {});
    await lane.recovered();
    await lane.auditEnd();
    await lane.kill();
  } catch (error) {
    throw new Error(`${name}, step ${String(tally.steps)}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  await scenario.finish?.(lane);
  return tally;
}

describe('simulated node', () => {
  const lanes: Lane[] = [];
  beforeAll(async () => {
    lanes.push(...(await Promise.all([Lane.open(), Lane.open()])));
  });
  afterAll(async () => {
    for (const lane of lanes) await lane.close();
  });

  it(`${String(KILLS)} kills and more: nothing overspent, nothing uncounted, no reservation lost or leaked`, async () => {
    const kills = (): number => lanes.reduce((total, lane) => total + lane.kills, 0);
    const pass = (number: number): Task[] => [
      { scenario: NATIVE, first: 1, stride: 1 },
      ...OTHERS.map((scenario, i) =>
        scenario.fewSteps
          ? { scenario, first: 1, stride: 1 }
          : { scenario, first: 1 + ((number + i) % STRIDE), stride: STRIDE },
      ),
    ];
    let passes = 0;
    const queue: Task[] = [];
    const next = (): Task | undefined => {
      if (queue.length === 0 && (passes === 0 || kills() < KILLS)) queue.push(...pass(passes++));
      return queue.shift();
    };
    const work = async (lane: Lane): Promise<void> => {
      for (let task = next(); task !== undefined; task = next()) {
        if (!task.scenario.name.startsWith(ONLY)) continue;
        const before = lane.kills;
        const began = performance.now();
        const tally = await runScenario(lane, task);
        const died = lane.kills - before;
        const each = (performance.now() - began) / 1000 / died;
        console.log(
          `${task.scenario.name}: ${String(tally.steps)} steps, ${String(died)} kills, ${each.toFixed(2)} s each; ` +
            `left open ${JSON.stringify(tally.states)}, budget used up ${String(tally.refused)} times`,
        );
      }
    };
    // Both, whatever becomes of one, so that none still works when the nodes are stopped.
    const ends = await Promise.allSettled(lanes.map(work));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    let settled = 0;
    for (const lane of lanes) {
      const standing = await lane.audit(true);
      settled += standing.settled;
      console.log(
        `${String(lane.kills)} kills: ${String(standing.settled)} settled, ${String(standing.failed)} failed, ` +
          `${String(standing.fees)} msat of fees`,
      );
    }
    // Kills that all came before anything was sent would prove little.
    if (ONLY === '') expect(settled).toBeGreaterThan(kills() / 10);
    expect(kills()).toBeGreaterThanOrEqual(KILLS);
  }, 3_600_000);
});
