// How do we keep from queueing orders in a plugin that takes one request after the other?
//
// pyln does so, and its queue is out of our reach: it is served whoever has stopped waiting. So the plugin gets one order
// of ours at a time, with what time is left when its turn comes; and of one that has fallen silent, behind a request of
// the operator's perhaps, nothing is certain before the plugin has answered something that was asked later.
import type { ApprovedOrder, DriverName, DriverOutcome, RebalanceOrder } from '../../../core/rebalance/types.ts';
import type { DriverWatch, RebalanceDriver } from '../../../ports.ts';
import { Refusal } from '../../ask.ts';
import { problem } from '../native/problem.ts';
import type { Means } from '../plugins/evidence.ts';
import { Recalls } from '../plugins/recalls.ts';
import { notSent } from '../plugins/settle.ts';

/** Changes nothing; without the averages, for which it would list all forwards. */
export const REPORT = { command: 'rebalancereport', params: { include_avg_fees: false } } as const;

export class InTurn implements RebalanceDriver {
  readonly name: DriverName;
  readonly #means: Pick<Means, 'ask' | 'clock'>;
  readonly #inner: RebalanceDriver;
  readonly #recalls = new Recalls();
  /** Resolves once the plugin has done with all orders of ours so far. Never rejects. */
  #before: Promise<unknown> = Promise.resolve();

  constructor(means: Pick<Means, 'ask' | 'clock'>, inner: RebalanceDriver) {
    this.name = inner.name;
    this.#means = means;
    this.#inner = inner;
  }

  rebalance(order: ApprovedOrder, watch: DriverWatch): Promise<DriverOutcome> {
    const before = this.#before;
    const work = this.#inTime(before, order, watch).then((inTime) =>
      inTime ? this.#inner.rebalance(order, watch) : notSent(this.#tooLate(watch)),
    );
    this.#before = before
      .then(() => work)
      .then(({ status }) => (status === 'unknown' ? this.recall(order) : undefined))
      .catch(() => undefined);
    return work;
  }

  /** It cannot be stopped, only waited for. */
  recall({ id }: Pick<RebalanceOrder, 'id'>): Promise<void> {
    return this.#recalls.recall(id, () => this.#answer());
  }

  /** Whether its turn comes before its deadline, and before we stop. */
  async #inTime(before: Promise<unknown>, { deadline }: ApprovedOrder, { signal }: DriverWatch): Promise<boolean> {
    const { clock } = this.#means;
    const turn = new AbortController();
    const over = clock.sleep(Math.max(0, deadline - clock.now()), AbortSignal.any([signal, turn.signal]));
    try {
      return await Promise.race([before.then(() => true), over.then(() => false)]);
    } finally {
      turn.abort();
    }
  }

  #tooLate({ signal }: DriverWatch) {
    const why = signal.aborted ? 'we stopped' : 'the deadline passed';
    return problem('timeout', `${why} while ${this.name} was busy with an order before it`);
  }

  /** However long it takes, and whatever it says. @throws NodeError where it does not answer */
  async #answer(): Promise<void> {
    const { command, params } = REPORT;
    try {
      await this.#means.ask(command, params, () => undefined, { timeoutMs: Infinity, connection: 'own' });
    } catch (error) {
      // An error is an answer too; and where the plugin has gone its queue has gone with it.
      if (!(error instanceof Refusal)) throw error;
    }
  }
}
