// Who rebalances? The cycle and the operator's own orders, with what both share and revenue-status tells.
import type { ManualRequest } from '../../core/rebalance/manual.ts';
import type { Scid } from '../../core/units.ts';
import { NodeError } from '../../ports.ts';
import { coalesce } from '../coalesce.ts';
import { driversAmong, type Drivers } from './driver-choice.ts';
import { Flights } from './flights.ts';
import { keepClbossOff } from './keep-clboss-off.ts';
import { Lately } from './lately.ts';
import { WayBook } from './way-book.ts';
import { previewByHand, rebalanceByHand, type ByHand } from './manual-rebalance.ts';
import { runRebalanceCycle } from './rebalance-cycle.ts';
import { otherInstances } from './other-instances.ts';
import type { RebalancePorts } from './rebalance-ports.ts';
import { PATIENCE_SECONDS, within } from './within-time.ts';
import { settleOpen } from './settle-open.ts';

export class Rebalancer {
  readonly #ports: RebalancePorts;
  #conflicts: readonly string[] = [];
  #instances: readonly string[] = [];
  #asking: Promise<readonly string[]> | null = null;

  constructor(ports: Omit<RebalancePorts, 'flights' | 'ways' | 'lately' | 'settleOpen'>) {
    this.#ports = {
      ...ports,
      flights: new Flights(),
      ways: new WayBook(),
      lately: new Lately(),
      settleOpen: coalesce(() => settleOpen(this.#ports)),
    };
  }

  /** @throws NodeError, StoreError */
  async cycle(): Promise<void> {
    await this.#sweepIfUnclean();
    await keepClbossOff(this.#ports);
    await runRebalanceCycle(this.#ports);
    await this.#lookForOthers();
  }

  /** Without beginning anything. @throws NodeError, StoreError */
  settleOpen(): Promise<void> {
    return this.#ports.settleOpen();
  }

  /** @throws CommandError, NodeError, StoreError */
  byHand(request: ManualRequest): Promise<ByHand> {
    return rebalanceByHand(this.#ports, request);
  }

  /** What byHand would send now. Sends and records nothing. @throws CommandError, NodeError, StoreError */
  preview(request: ManualRequest): Promise<ByHand> {
    return previewByHand(this.#ports, request);
  }

  /** Resolves when no order, be it by hand, is under way any more; what had arrived is in the ledger then. */
  landed(): Promise<void> {
    return this.#ports.flights.landed();
  }

  drivers(commands: ReadonlySet<string>): Drivers {
    return driversAmong(commands, this.#ports);
  }

  /** Sentences on other rebalancers at work on our channels, as of the last cycle. */
  get conflicts(): readonly string[] {
    return [...this.#instances, ...this.#conflicts];
  }

  /**
   * Removes what earlier runs have left on the node: those that were killed in the middle of a payment, or while they asked
   * what a way costs, and those that could not clean up.
   */
  async #sweepIfUnclean(): Promise<void> {
    const { node, config, rebalancing } = this.#ports;
    if (!rebalancing.unclean || config().dryRun) return;
    if (rebalancing.available(await node.readCommandNames()).has('native')) await this.#sweep();
  }

  /** What is left behind disturbs nobody but askrene, so that a cycle goes on even where it cannot be removed now. */
  async #sweep(): Promise<void> {
    const { rebalancing, log } = this.#ports;
    try {
      const { layers, reservations, invoices } = await rebalancing.sweep();
      if (layers + reservations + invoices > 0)
        log.info(
          `rebalance: removed what earlier runs had left: ${layers} layers, ${reservations} reservations, ${invoices} invoices`,
        );
    } catch (error) {
      if (!(error instanceof NodeError)) throw error;
      log.warn(`rebalance: what earlier runs have left cannot be removed yet: ${error.message}`);
    }
  }

  /** Asked by the cycle and not by revenue-status: a busy plugin may take minutes to answer, and only the cycle can wait. */
  async #lookForOthers(): Promise<void> {
    const { clock, node, rebalancing, log } = this.#ports;
    try {
      this.#instances = await otherInstances(this.#ports);
      const { channels } = await node.readSnapshot();
      const scids = channels.map(({ scid }) => scid).filter((scid): scid is Scid => scid !== null);
      this.#asking ??= rebalancing.conflicts(new Set(scids)).finally(() => {
        this.#asking = null;
      });
      this.#conflicts = (await within(clock, PATIENCE_SECONDS, this.#asking)) ?? this.#conflicts;
    } catch (error) {
      if (!(error instanceof NodeError)) throw error;
      log.debug(`rebalance: other rebalancers could not be asked: ${error.message}`);
    }
  }
}
