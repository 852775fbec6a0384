// The figures of the moment in Prometheus' text format, by its own client library.
import { Counter, Gauge, Registry } from 'prom-client';
import type { ChannelRow } from '../api.ts';
import type { Sums } from '../readings.ts';
import type { MetricFigures } from './figures.ts';
import { METRICS, type MetricName } from './names.ts';

type Labels = Readonly<Record<string, string>>;
type Sample = (name: MetricName, value: number | null | undefined, labels?: Labels) => void;

/** A registry of its own for each asking: channels come and go, and whose sample is not set is not there. */
function collector(): { readonly registry: Registry; readonly sample: Sample } {
  const registry = new Registry();
  const metrics = new Map<string, Counter | Gauge>();
  for (const [name, { type, help, labels }] of Object.entries(METRICS)) {
    const declared = { name, help, labelNames: [...labels], registers: [registry] };
    metrics.set(name, type === 'counter' ? new Counter(declared) : new Gauge(declared));
  }
  const sample: Sample = (name, value, labels = {}) => {
    if (value === null || value === undefined) return;
    const metric = metrics.get(name);
    if (metric instanceof Counter) metric.inc(labels, value);
    else metric?.set(labels, value);
  };
  return { registry, sample };
}

const ratioOf = (percentage: number | null): number | null => (percentage === null ? null : percentage / 100);

export async function metricsText({ status, cpuSeconds, earnings, channels }: MetricFigures): Promise<string> {
  const { registry, sample } = collector();
  sampleStatus(status, sample);
  sample('revenue_ops_process_cpu_seconds_total', cpuSeconds);
  if (earnings !== null) sampleEarnings(earnings, sample);
  for (const channel of channels) sampleChannel(channel, sample);
  return registry.metrics();
}

function sampleStatus(status: MetricFigures['status'], sample: Sample): void {
  const { version, node_id, mode, ready, alerts, channels, budget, reserve, rebalancer, loops } = status;
  sample('revenue_ops_info', 1, { version, node_id: node_id ?? '', mode });
  sample('revenue_ops_ready', ready ? 1 : 0);
  sample('revenue_ops_alerts', alerts.length);
  for (const state of ['source', 'sink', 'balanced'] as const)
    sample('revenue_ops_channels', channels?.[state], { state });
  sample('revenue_ops_budget_sats', budget.daily_sats, { part: 'daily' });
  sample('revenue_ops_budget_sats', budget.spent_24h_sats, { part: 'spent' });
  sample('revenue_ops_budget_sats', budget.reserved_sats, { part: 'reserved' });
  sample('revenue_ops_budget_sats', budget.available_sats, { part: 'available' });
  sample('revenue_ops_reserve_sats', reserve.minimum_sats, { part: 'minimum' });
  sample('revenue_ops_reserve_sats', reserve.onchain_sats, { part: 'onchain' });
  sample('revenue_ops_reserve_sats', reserve.channels_sats, { part: 'channels' });
  sample('revenue_ops_rebalances', rebalancer.in_flight, { state: 'in_flight' });
  sample('revenue_ops_rebalances', rebalancer.unknown, { state: 'unknown' });
  for (const { driver, success_rate, ppm } of rebalancer.scores) {
    sample('revenue_ops_driver_success_ratio', success_rate, { driver });
    sample('revenue_ops_driver_cost_ppm', ppm, { driver });
  }
  for (const [loop, { last_run, consecutive_failures }] of Object.entries(loops)) {
    sample('revenue_ops_loop_last_run_timestamp_seconds', last_run, { loop });
    sample('revenue_ops_loop_consecutive_failures', consecutive_failures, { loop });
  }
}

/** The figures of revenue-history's lifetime, and the classes of revenue-profitability. */
function sampleEarnings({ lifetime, open: summary }: Pick<Sums, 'lifetime' | 'open'>, sample: Sample): void {
  sample('revenue_ops_revenue_sats_total', lifetime.revenue_sats);
  sample('revenue_ops_cost_sats_total', lifetime.open_cost_sats, { kind: 'open' });
  sample('revenue_ops_cost_sats_total', lifetime.close_cost_sats, { kind: 'close' });
  sample('revenue_ops_cost_sats_total', lifetime.splice_cost_sats, { kind: 'splice' });
  sample('revenue_ops_cost_sats_total', lifetime.rebalance_cost_sats, { kind: 'rebalance' });
  sample('revenue_ops_cost_sats_total', lifetime.lease_cost_sats, { kind: 'lease' });
  sample('revenue_ops_net_profit_sats', lifetime.net_profit_sats);
  sample('revenue_ops_capital_sats', lifetime.capital_sats);
  sample('revenue_ops_carr_ratio', ratioOf(lifetime.carr_pct));
  sample('revenue_ops_channel_classes', summary.profitable_count, { class: 'profitable' });
  sample('revenue_ops_channel_classes', summary.break_even_count, { class: 'break_even' });
  sample('revenue_ops_channel_classes', summary.underwater_count, { class: 'underwater' });
  sample('revenue_ops_channel_classes', summary.zombie_count, { class: 'zombie' });
}

function sampleChannel(row: ChannelRow, sample: Sample): void {
  const channel = { channel: row.channel_id };
  sample('revenue_ops_channel_info', 1, {
    ...channel,
    peer: row.peer_id,
    alias: row.alias ?? '',
    state: row.state,
    class: row.class ?? '',
    strategy: row.strategy,
  });
  sample('revenue_ops_channel_connected', row.connected ? 1 : 0, channel);
  sample('revenue_ops_channel_capacity_sats', row.capacity_sats, channel);
  sample('revenue_ops_channel_local_sats', row.local_sats, channel);
  sample('revenue_ops_channel_flow_ratio', row.flow_ratio, channel);
  sample('revenue_ops_channel_fee_ppm', row.fee_ppm, channel);
  sample('revenue_ops_channel_bid_price_ppm', row.bid_price_ppm, channel);
  sample('revenue_ops_channel_revenue_sats_total', row.revenue_sats, channel);
  sample('revenue_ops_channel_sourced_revenue_sats_total', row.sourced_revenue_sats, channel);
  sample('revenue_ops_channel_rebalance_cost_sats_total', row.rebalance_cost_sats, channel);
  sample('revenue_ops_channel_cost_sats_total', row.total_cost_sats, channel);
  sample('revenue_ops_channel_net_profit_sats', row.net_profit_sats, channel);
  sample('revenue_ops_channel_carr_ratio', ratioOf(row.carr_pct), channel);
}
