// How does a plugin carry an order out that answers only once it has ended? circular and rebalance do.
//
// Its one call has a connection of its own and a deadline, so that a plugin that hangs holds up nothing else. Its answer
// only says that it has ended and why; what has moved is told by the node's list of payments.
import type { ApprovedOrder, DriverName, DriverOutcome } from '../../../core/rebalance/types.ts';
import type { Result } from '../../../core/result.ts';
import { NodeError, type DriverWatch, type RebalanceDriver } from '../../../ports.ts';
import { Refusal, type Params } from '../../ask.ts';
import { readEnds, type Ends } from '../native/ends.ts';
import { problem, type Problem } from '../native/problem.ts';
import { Evidence, type Means } from './evidence.ts';
import { asProblem, notSent, settle, type Word } from './settle.ts';
import { messageOf } from '../../../core/message-of.ts';

/** What one plugin has of its own. */
export interface Dialect {
  readonly name: Exclude<DriverName, 'native'>;
  /** The plugin's command, by which it is known. */
  readonly command: string;
  /** Its parameters, or why it cannot be asked for this. @param seconds until the deadline, > 0 */
  ask(order: ApprovedOrder, ends: Ends, seconds: number): Result<Params, Problem>;
  /** What its reply says it failed for; null for a success. @throws DecodeError */
  hear(reply: unknown): Problem | null;
  /** What its error reply says. */
  refused(message: string): Problem;
}

/** For the plugin to say that it is out of time, beyond that. */
const SLACK_MS = 5000;
/** lightningd's code for a plugin that ended before it replied (common/jsonrpc_errors.h). */
const PLUGIN_TERMINATED = -4;
const STOPPED = problem('timeout', 'stopped by us before anything was under way');

/** Over lightningd's RPC. Any number of orders may be under way at once, as far as the plugin carries them out at once. */
export class BlockingDriver implements RebalanceDriver {
  readonly name: DriverName;
  readonly #means: Means;
  readonly #dialect: Dialect;

  constructor(means: Means, dialect: Dialect) {
    this.name = dialect.name;
    this.#means = means;
    this.#dialect = dialect;
  }

  async rebalance(order: ApprovedOrder, watch: DriverWatch): Promise<DriverOutcome> {
    const prepared = await this.#prepare(order, watch).catch(asProblem);
    if ('failure' in prepared) return notSent(prepared);
    const word = await this.#call(prepared.params, order, watch).catch((error: unknown) => silent(messageOf(error)));
    return settle(this.#means, prepared.evidence, word, order, watch);
  }

  async #prepare(
    order: ApprovedOrder,
    watch: DriverWatch,
  ): Promise<Problem | { readonly evidence: Evidence; readonly params: Params }> {
    const ends = await readEnds(this.#means.ask, order);
    if (!ends.ok) return ends.error;
    const seconds = Math.floor(order.deadline - this.#means.clock.now());
    const stopped = (): boolean => watch.signal.aborted;
    if (stopped()) return STOPPED;
    if (seconds <= 0) return problem('timeout', 'the deadline passed');
    const params = this.#dialect.ask(order, ends.value, seconds);
    if (!params.ok) return params.error;
    const evidence = await Evidence.open(this.#means, this.name, order, watch);
    if (stopped()) return STOPPED;
    return { evidence, params: params.value };
  }

  async #call(params: Params, order: ApprovedOrder, { signal }: DriverWatch): Promise<Word> {
    const { command, name } = this.#dialect;
    const timeoutMs = Math.max(0, order.deadline - this.#means.clock.now()) * 1000 + SLACK_MS;
    try {
      const told = await this.#means.ask(command, params, (reply) => this.#dialect.hear(reply), {
        ...{ timeoutMs, signal, connection: 'own' },
      });
      return { ended: true, problem: told, said: told?.reason ?? `${name} claims success` };
    } catch (error) {
      if (signal.aborted) return silent(`stopped waiting for ${name}, which cannot be stopped for one order`);
      if (!(error instanceof NodeError)) throw error;
      if (error.kind === 'unknown-command')
        return ended(problem('driver-error', `the node does not offer ${name} any more`));
      if (error instanceof Refusal)
        return error.code === PLUGIN_TERMINATED
          ? { ...ended(problem('driver-error', `${name} broke down: ${error.message}`)), abrupt: true }
          : ended(this.#dialect.refused(error.message));
      // It has answered, and its work is done, whatever it meant.
      if (error.kind === 'unreadable')
        return { ...ended(problem('driver-error', `${name}: ${error.message}`)), abrupt: true };
      return silent(`no word from ${name}: ${error.message}`);
    }
  }
}

const ended = (told: Problem): Word => ({ ended: true, problem: told, said: told.reason });
const silent = (said: string): Word => ({ ended: false, problem: null, said });
