// Which rebalancers does the node offer at the moment? Told by the commands it has; plugins come and go.
import type { RebalancerChoice } from '../core/config/options.ts';

type Rebalancer = Exclude<RebalancerChoice, 'auto'>;

/** In the order in which `auto` prefers them, each with the commands that it takes. */
const COMMANDS: readonly (readonly [Rebalancer, readonly string[]])[] = [
  ['circular', ['circular']],
  ['sling', ['sling-job', 'sling-go', 'sling-stats']],
  ['rebalance', ['rebalance']],
  ['native', ['getroutes', 'sendpay', 'waitsendpay']],
];

export const rebalancersOf = (commands: ReadonlySet<string>): readonly Rebalancer[] =>
  COMMANDS.filter(([, needed]) => needed.every((name) => commands.has(name))).map(([rebalancer]) => rebalancer);
