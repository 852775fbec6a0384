// What does the network want of one node, in figures? From the bank that was made for it.
import { quantile, tastesOf, type Tastes } from '../sim/graph/calibration.ts';
import type { BankFile } from '../sim/graph/bank.ts';
import { heldOutShare } from '../sim/graph/held-out.ts';
import { stream } from '../sim/market/market.ts';
import { grouped } from './decimal.ts';

export interface MarketReport {
  readonly bank: BankFile;
  /** Nodes that can pay each other. */
  readonly nodes: number;
  /** Share of the network's payments that found a way. */
  readonly settled: number;
  readonly tastes: Tastes;
  /** Of what the best fees for one half of the payments earn on the other half, the share of the best there. */
  readonly heldOut: number;
  /** Shares of tries to rebalance, and the median price of those that arrived; null when none did. */
  readonly rebalances: { readonly first: number; readonly arrived: number; readonly medianPpm: number | null };
}

export function reportMarket(bank: BankFile, nodes: number, settled: number): MarketReport {
  const { payments, circular } = bank;
  const arrived = circular.ppm.filter((_, i) => circular.arrived[i] === 1).sort((a, b) => a - b);
  const first = circular.attempts.filter((attempts, i) => attempts === 1 && circular.arrived[i] === 1).length;
  const tries = circular.arrived.length;
  return {
    bank,
    nodes,
    settled,
    tastes: tastesOf(payments),
    heldOut: heldOutShare(payments, stream(bank.provenance.seed, 'halves')),
    rebalances: {
      first: first / tries,
      arrived: arrived.length / tries,
      medianPpm: arrived.length === 0 ? null : quantile(arrived, 0.5),
    },
  };
}

/** One line; shares are fractions. */
export function marketJson({ bank, nodes, settled, tastes, heldOut, rebalances }: MarketReport): string {
  return JSON.stringify({
    node: bank.provenance.node,
    channels: bank.channels.length,
    nodes,
    settled_share: settled,
    payments_per_day: bank.perDay,
    reservation_ppm: { median: tastes.medianPpm, quartiles: tastes.quartilesPpm, best_price: tastes.bestPpm },
    held_out_share: heldOut,
    rebalances: { first_try: rebalances.first, arrived: rebalances.arrived, median_ppm: rebalances.medianPpm },
  });
}

export function marketText({ bank, nodes, settled, tastes, heldOut, rebalances }: MarketReport): string {
  const { provenance, perDay, channels } = bank;
  const capacity = channels.reduce((sum, { capacitySats }) => sum + capacitySats, 0);
  const [low, high] = tastes.quartilesPpm;
  const lines: [string, string][] = [
    ['Node', `${provenance.node}: ${channels.length} channels that work both ways, ${grouped(capacity)} sats`],
    [
      'Network',
      `${grouped(nodes)} nodes that can pay each other, ${grouped(provenance.payments)} payments, ${share(settled)} found a way`,
    ],
    [
      'Demand',
      `${grouped(perDay)} payments a day would go through the node if it were free and never short of liquidity`,
    ],
    [
      'Worth',
      `half of them at ${ppm(tastes.medianPpm)} ppm, a quarter at ${ppm(high)} ppm, three quarters at ${ppm(low)} ppm`,
    ],
    ['Best', `${ppm(tastes.bestPpm)} ppm, if all channels asked the same and never ran dry`],
    [
      'Steady',
      `what is best for each channel on half of these payments earns ${share(heldOut)} of the best on the other half`,
    ],
    [
      'Refill',
      rebalances.medianPpm === null
        ? 'no rebalance arrived'
        : `${share(rebalances.arrived)} of rebalances arrive, ${share(rebalances.first)} at the first try; half of them for ` +
          `${ppm(rebalances.medianPpm)} ppm or less`,
    ],
  ];
  return lines.map(([label, value]) => label.padEnd(9) + value).join('\n');
}

const ppm = (value: number): string => grouped(Number(value.toPrecision(3)));
const share = (value: number): string => `${Math.round(value * 100)} %`;
