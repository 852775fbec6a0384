// How is the plugin sling (v4.2) made to carry out one order and no more?
//
// `sling-once` with one part of the whole amount, which never gives up by itself: we watch the node's payments and stop it
// once one has arrived, at the deadline, or where it does not get on. Only what we have started is ever stopped.
import type { ApprovedOrder, DriverOutcome, RebalanceOrder } from '../../../core/rebalance/types.ts';
import { msatToSats, type Scid } from '../../../core/units.ts';
import { NodeError, type DriverWatch, type RebalanceDriver } from '../../../ports.ts';
import { isUnknownCommand, Refusal } from '../../ask.ts';
import { readEnds } from '../native/ends.ts';
import { problem, type Problem } from '../native/problem.ts';
import { Evidence, type Means } from '../plugins/evidence.ts';
import { Recalls } from '../plugins/recalls.ts';
import { asProblem, lookAt, notSent, settle, type Word } from '../plugins/settle.ts';
import { reasonIn } from '../plugins/words.ts';
import { SlingCommands, type SlingTask } from './commands.ts';
import { isAtWork, isOver, Standstill, stuckIn } from './states.ts';

const PPM = 1_000_000n;
/** A second at first, when most payments arrive, and one more each time up to this. */
const MOST_POLL_SECONDS = 5;
/** In a state that leads nowhere: sling itself would sleep 600 s in some and go round for ever in others. */
const STUCK_SECONDS = 30;
/** For sling to have sent what it can before the deadline comes, and to stop by then. */
const STOP_AHEAD_SECONDS = 2;
/** After an abort nobody waits two minutes for the reply: the request is with sling. */
const ABORT_PATIENCE_SECONDS = 5;
/** A task in these does nothing any more; one that rests in another begins anew. */
const NEVER_AGAIN = new Set(['Stopped', 'Stopping', 'NotStarted']);
/** lightningd's code for a plugin that ended before it replied. */
const PLUGIN_TERMINATED = -4;

const WORDS: readonly (readonly [RegExp, Problem['failure']])[] = [
  [/not enough capacity to pull|not enough capacity to push/i, 'no-liquidity'],
  [/not in channeld_normal|peer .*not connected|channel not found/i, 'peer-offline'],
];

/** Over lightningd's RPC. Orders for different channels may be under way at once; their calls to sling go one by one. */
export class SlingDriver implements RebalanceDriver {
  readonly name = 'sling';
  readonly #means: Means;
  readonly #commands: SlingCommands;
  readonly #recalls = new Recalls();

  constructor(means: Means) {
    this.#means = means;
    this.#commands = new SlingCommands(means.ask);
  }

  async rebalance(order: ApprovedOrder, watch: DriverWatch): Promise<DriverOutcome> {
    const run = new Run(this.#means, this.#commands, order, watch);
    try {
      return await run.carryOut();
    } catch (error) {
      return await run.broken(asProblem(error));
    }
  }

  /** sling knows nothing of us: its task would try for days. Another that works on the channel has a stored job. */
  recall({ id, to: { scid } }: Pick<RebalanceOrder, 'id' | 'to'>): Promise<void> {
    return this.#recalls.recall(id, () => this.#recall(scid));
  }

  async #recall(scid: Scid): Promise<void> {
    try {
      const states = statesOf(await this.#commands.tasks(), scid).filter((state) => !NEVER_AGAIN.has(state));
      if (states.length > 0) {
        if ((await this.#commands.storedJobs()).has(scid))
          throw new NodeError(
            'refused',
            `sling: expected our own task alone on channel ${scid}, got a stored job too (${states.join(', ')}), so that ` +
              `it is not stopped: \`sling-stop ${scid}\` does it`,
          );
        await this.#commands.stop(scid);
      }
    } catch (error) {
      // With the plugin its tasks are gone.
      if (!isUnknownCommand(error)) throw error;
    }
  }
}

class Run {
  readonly #means: Means;
  readonly #commands: SlingCommands;
  readonly #order: ApprovedOrder;
  readonly #watch: DriverWatch;
  #evidence: Evidence | null = null;
  /** sling may be at work for us. */
  #started = false;

  constructor(means: Means, commands: SlingCommands, order: ApprovedOrder, watch: DriverWatch) {
    this.#means = means;
    this.#commands = commands;
    this.#order = order;
    this.#watch = watch;
  }

  async carryOut(): Promise<DriverOutcome> {
    const ready = await this.#prepare();
    if (ready !== null) return notSent(ready);
    const evidence = await Evidence.open(this.#means, 'sling', this.#order, this.#watch);
    this.#evidence = evidence;
    const refused = await this.#start();
    if (refused !== null) return notSent(refused);
    const word = await this.#follow(evidence);
    return settle(this.#means, evidence, await this.#stop(word), this.#order, this.#watch);
  }

  /** Something we did not expect: what may be at work is stopped, and the node asked. */
  async broken(told: Problem): Promise<DriverOutcome> {
    if (!this.#started || this.#evidence === null) return notSent(told);
    const word = await this.#stop({ ended: false, problem: told, said: told.reason, abrupt: true });
    return settle(this.#means, this.#evidence, word, this.#order, this.#watch);
  }

  /** What speaks against asking sling. */
  async #prepare(): Promise<Problem | null> {
    const ends = await readEnds(this.#means.ask, this.#order);
    if (!ends.ok) return ends.error;
    if (this.#maxPpm() < 1)
      return problem('too-expensive', `the cap of ${this.#order.maxFeeMsat} msat is less than 1 ppm, sling's least`);
    const late = this.#late();
    if (late !== null) return late;
    return this.#occupied(this.#order.to.scid).catch((error: unknown) => {
      // It is no node that is slow, it is sling.
      if (error instanceof NodeError && error.kind === 'timeout')
        return problem('driver-error', `sling does not answer: ${error.message}`);
      throw error;
    });
  }

  /** Whoever else has sling work on the channel. */
  async #occupied(scid: Scid): Promise<Problem | null> {
    const stored = (await this.#commands.storedJobs()).get(scid);
    if (stored !== undefined)
      return problem(
        'driver-error',
        `sling has a stored job for channel ${scid} (${stored.sat_direction.toLowerCase()}), which is not ours; as long ` +
          `as it is there sling takes no other: \`sling-deletejob ${scid}\` removes it`,
      );
    const working = statesOf(await this.#commands.tasks(), scid).filter(isAtWork);
    return working.length > 0
      ? problem('driver-error', `sling is at work on channel ${scid} for somebody else (${working.join(', ')})`)
      : null;
  }

  async #start(): Promise<Problem | null> {
    const { from, to, amountMsat } = this.#order;
    const sats = msatToSats(amountMsat);
    const params = {
      ...{ scid: to.scid, direction: 'pull', amount: sats, onceamount: sats, maxppm: this.#maxPpm() },
      candidates: [from.scid],
      // How far the channel may be drained the order has decided, and one task is enough: not sling's own options.
      ...{ depleteuptopercent: 0, paralleljobs: 1 },
    };
    try {
      const answer = await this.#commands.once(params, () => {
        const late = this.#late();
        this.#started ||= late === null;
        return late === null;
      });
      return answer === 'started' ? null : (this.#late() ?? problem('timeout', 'sling was busy until the deadline'));
    } catch (error) {
      if (isUnknownCommand(error)) {
        this.#started = false;
        return problem('driver-error', 'the node does not offer sling any more');
      }
      if (!(error instanceof Refusal) || error.code === PLUGIN_TERMINATED) throw error;
      // It has not begun; a task of that channel would be somebody else's.
      this.#started = false;
      return problem(reasonIn(WORDS, error.message) ?? 'driver-error', `sling: ${error.message}`);
    }
  }

  /** Until there is a reason to stop it. */
  async #follow(evidence: Evidence): Promise<Word> {
    const { clock } = this.#means;
    const standstill = new Standstill();
    let told: Problem | null = null;
    for (let pause = 1; ; pause = Math.min(pause + 1, MOST_POLL_SECONDS)) {
      const { kind } = await lookAt(evidence);
      if (kind === 'arrived') return { ended: false, problem: null, said: 'it has arrived' };
      const late = this.#late(STOP_AHEAD_SECONDS);
      if (late !== null) return { ended: false, problem: told ?? late, said: (told ?? late).reason };
      const state = await this.#state();
      if (state === 'gone') {
        const gone = problem('driver-error', 'sling has gone, and our job with it');
        return { ended: true, problem: gone, said: gone.reason, abrupt: true };
      }
      if (state !== null) {
        const seconds = standstill.lasts(state, clock.now());
        const stuck = stuckIn(state);
        told = stuck ?? told;
        if (kind === 'nothing' && stuck !== null && (isOver(state) || seconds >= STUCK_SECONDS))
          return { ended: false, problem: stuck, said: stuck.reason };
      }
      const left = this.#order.deadline - STOP_AHEAD_SECONDS - clock.now();
      await clock.sleep(Math.max(0, Math.min(pause, left)), this.#watch.signal);
    }
  }

  /** Null where sling does not say. */
  async #state(): Promise<string | null> {
    try {
      const tasks = await this.#commands.glance();
      return tasks === null ? null : (statesOf(tasks, this.#order.to.scid)[0] ?? null);
    } catch (error) {
      if (isUnknownCommand(error)) return 'gone';
      if (error instanceof NodeError) return error.code === PLUGIN_TERMINATED ? 'gone' : null;
      throw error;
    }
  }

  /** Always, even after an end that it has shown: a task in `Error` would begin anew. */
  async #stop(word: Word): Promise<Word> {
    if (word.ended) return word;
    const { signal } = this.#watch;
    const stopping = this.#commands.stop(this.#order.to.scid).then(
      (): Word => ({ ...word, ended: true }),
      (error: unknown): Word => {
        // With the plugin its jobs are gone.
        const gone = isUnknownCommand(error) || (error instanceof NodeError && error.code === PLUGIN_TERMINATED);
        const said = `${word.said}; sling could not be stopped: ${asProblem(error).reason}`;
        return gone ? { ...word, ended: true, abrupt: true } : { ...word, said };
      },
    );
    if (!signal.aborted) return stopping;
    const impatient = this.#means.clock
      .sleep(ABORT_PATIENCE_SECONDS, NEVER)
      .then((): Word => ({ ...word, said: `${word.said}; sling has not said that it stopped` }));
    return Promise.race([stopping, impatient]);
  }

  /** sling rounds what a route costs up before it compares: the cap rounded down is never passed. */
  #maxPpm(): number {
    return Number((this.#order.maxFeeMsat * PPM) / this.#order.amountMsat);
  }

  #late(ahead = 0): Problem | null {
    if (this.#watch.signal.aborted) return problem('timeout', 'stopped by us');
    if (this.#means.clock.now() + ahead >= this.#order.deadline) return problem('timeout', 'the deadline passed');
    return null;
  }
}

const NEVER = new AbortController().signal;
const statesOf = (tasks: readonly SlingTask[], scid: string): readonly string[] =>
  tasks.filter((task) => task.scid === scid).flatMap(({ states }) => states);
