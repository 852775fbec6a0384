// Drivers and a list of payments in memory: what they do is what a test says.
import type { ApprovedOrder, DriverName, DriverOutcome, SelfPaymentRow } from '../../src/core/rebalance/types.ts';
import { msat, ZERO_MSAT, type UnixSec } from '../../src/core/units.ts';
import { availableDrivers } from '../../src/node/drivers/available.ts';
import type {
  DriverWatch,
  NodeError,
  RebalanceDriver,
  RebalanceNode,
  SelfPaymentPage,
  Swept,
} from '../../src/ports.ts';

export const success = ({ amountMsat }: ApprovedOrder, feeMsat = 1000n): DriverOutcome => ({
  status: 'success',
  movedMsat: amountMsat,
  feeMsat: msat(feeMsat),
  paymentHash: null,
  failure: null,
  reason: 'arrived',
  attempts: 1,
});

export const failure = (kind: DriverOutcome['failure'] = 'no-route'): DriverOutcome => ({
  status: kind === 'unknown' ? 'unknown' : 'failed',
  movedMsat: ZERO_MSAT,
  feeMsat: ZERO_MSAT,
  paymentHash: null,
  failure: kind,
  reason: `said ${kind ?? 'nothing'}`,
  attempts: 1,
});

export class RebalancingInMemory implements RebalanceNode {
  readonly orders: { readonly driver: DriverName; readonly order: ApprovedOrder }[] = [];
  /** Of all payments to ourselves that the node lists. */
  rows: SelfPaymentRow[] = [];
  gapless = true;
  index: number | null = 0;
  /** Null: those that the node's commands make, as in the plugin. */
  drivers: ReadonlySet<DriverName> | null = null;
  sweeps = 0;
  unclean = true;
  others: readonly string[] = [];
  /** Of orders by which things on the node are named. */
  orderNames: readonly string[] = [];
  /** Thrown by every question while set. */
  broken: NodeError | null = null;
  /** What a driver does with an order. */
  conduct: (order: ApprovedOrder, watch: DriverWatch) => Promise<DriverOutcome> = (order) =>
    Promise.resolve(success(order));

  /** What ways cost; null where the drivers cannot tell. */
  priceOf: RebalanceDriver['priceOf'] | null = null;
  /** Whether what they have left at work has ended; null where they leave nothing. */
  recall: RebalanceDriver['recall'] | null = null;

  readonly payments = {
    readByHash: (hash: string) => this.#answer(this.rows.filter(({ paymentHash }) => paymentHash === hash)),
    readPaymentsIndex: () => this.#answer(this.index),
    readSince: (after: number | null, since: UnixSec): Promise<SelfPaymentPage> =>
      this.#answer({
        rows: this.rows.filter(({ createdIndex, createdAt }) =>
          after === null || createdIndex === null ? createdAt >= since : createdIndex > after,
        ),
        cursor: this.index,
        gapless: this.gapless,
      }),
  };

  available(commands: ReadonlySet<string>): ReadonlySet<DriverName> {
    return this.drivers ?? availableDrivers(commands);
  }

  driver(name: DriverName): RebalanceDriver {
    return {
      name,
      rebalance: (order, watch) => {
        this.orders.push({ driver: name, order });
        return this.conduct(order, watch);
      },
      ...(this.priceOf ? { priceOf: this.priceOf } : {}),
      ...(this.recall ? { recall: this.recall } : {}),
    };
  }

  sweep(): Promise<Swept> {
    this.sweeps++;
    this.unclean = false;
    return this.#answer({ layers: 0, reservations: 0, invoices: 0 });
  }

  namedOrders(): Promise<readonly string[]> {
    return this.#answer(this.orderNames);
  }

  conflicts(): Promise<readonly string[]> {
    return this.#answer(this.others);
  }

  #answer<T>(answer: T): Promise<T> {
    return this.broken === null ? Promise.resolve(answer) : Promise.reject(this.broken);
  }
}
