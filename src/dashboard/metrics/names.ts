// Which figures can Prometheus have? Names, what they say, and by which labels they are told apart.

interface Metric {
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  readonly labels: readonly string[];
}

const gauge = (help: string, labels: readonly string[] = []): Metric => ({ type: 'gauge', help, labels });
const counter = (help: string, labels: readonly string[] = []): Metric => ({ type: 'counter', help, labels });
const CHANNEL = ['channel'];

/** By name. A figure that is undefined at the moment has no sample. */
export const METRICS = {
  revenue_ops_info: gauge('1; what runs where, in the labels', ['version', 'node_id', 'mode']),
  revenue_ops_ready: gauge('1 once the history of forwards has been read'),
  revenue_ops_alerts: gauge('alerts in revenue-status'),
  revenue_ops_revenue_sats_total: counter('routing fees of all channels that ever were'),
  revenue_ops_cost_sats_total: counter('what all channels that ever were have cost', ['kind']),
  revenue_ops_net_profit_sats: gauge('revenue less costs of all channels that ever were'),
  revenue_ops_capital_sats: gauge('the most capital that was in channels at once'),
  revenue_ops_carr_ratio: gauge('yearly return of all channels that ever were, 0.05 for 5 % (CARR)'),
  revenue_ops_channels: gauge('open channels by the direction of their flow', ['state']),
  revenue_ops_channel_classes: gauge('open channels by profitability', ['class']),
  revenue_ops_budget_sats: gauge('rebalancing budget of 24 hours', ['part']),
  revenue_ops_reserve_sats: gauge('funds, and the reserve they must keep', ['part']),
  revenue_ops_rebalances: gauge('rebalances that have not ended', ['state']),
  revenue_ops_driver_success_ratio: gauge('share of rebalances that arrive, recent ones weigh more', ['driver']),
  revenue_ops_driver_cost_ppm: gauge('what moving a million sats costs by it', ['driver']),
  revenue_ops_loop_last_run_timestamp_seconds: gauge('when the loop ran last', ['loop']),
  revenue_ops_loop_consecutive_failures: gauge('cycles in a row that failed', ['loop']),
  revenue_ops_process_cpu_seconds_total: counter('processor time of the plugin'),
  revenue_ops_channel_info: gauge('1; what the channel is, in the labels', [
    'channel',
    'peer',
    'alias',
    'state',
    'class',
    'strategy',
  ]),
  revenue_ops_channel_connected: gauge('1 while the peer is connected', CHANNEL),
  revenue_ops_channel_capacity_sats: gauge('capacity', CHANNEL),
  revenue_ops_channel_local_sats: gauge('our balance, reserve included', CHANNEL),
  revenue_ops_channel_flow_ratio: gauge('(out - in) / capacity over the flow window', CHANNEL),
  revenue_ops_channel_fee_ppm: gauge('our fee rate', CHANNEL),
  revenue_ops_channel_bid_price_ppm: gauge('what one more sat on our side is worth there', CHANNEL),
  revenue_ops_channel_revenue_sats_total: counter('routing fees of forwards that left by it', CHANNEL),
  revenue_ops_channel_sourced_revenue_sats_total: counter('fees that others earned of what came in by it', CHANNEL),
  revenue_ops_channel_rebalance_cost_sats_total: counter('fees of rebalances that filled it', CHANNEL),
  revenue_ops_channel_cost_sats_total: counter('all that it has cost', CHANNEL),
  revenue_ops_channel_net_profit_sats: gauge('revenue less costs', CHANNEL),
  revenue_ops_channel_carr_ratio: gauge('yearly return, 0.05 for 5 % (CARR)', CHANNEL),
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof METRICS;
