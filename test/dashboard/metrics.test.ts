// Does /metrics tell what the commands tell, and does the Grafana dashboard ask for nothing that is not there?
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { metricFigures, type MetricFigures } from '../../src/dashboard/metrics/figures.ts';
import { metricsText } from '../../src/dashboard/metrics/metrics.ts';
import { METRICS } from '../../src/dashboard/metrics/names.ts';
import { simulatedApplications } from '../app/simulated-setup.ts';
import { dashboardOn } from './dashboard.ts';

const start = simulatedApplications();
const GRAFANA = readFileSync(resolve(import.meta.dirname, '../../grafana/cl-revenue-ops.json'), 'utf8');

type Board = Awaited<ReturnType<typeof dashboardOn>>;

async function scrape(board: Board): Promise<Map<string, number>> {
  const response = await board.ask('/metrics');
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  return samplesOf(await response.text());
}

/** Samples by name with labels, as Prometheus would read them. */
function samplesOf(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [, name, value] = /^([a-z_]+(?:\{.*\})?) (\S+)$/.exec(line) ?? [];
    expect([line, name]).toEqual([line, expect.any(String)]);
    samples.set(name ?? '', Number(value));
  }
  return samples;
}
/** The same with another number, from 1000 on, in the place of each. */
function numbered<T>(figures: T): T {
  let next = 1000;
  const each = (value: unknown): unknown => {
    if (typeof value === 'number') return next++;
    if (Array.isArray(value)) return value.map(each);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, each(inner)]));
  };
  return each(figures) as T;
}

/** What each sample is to be, of the whole node and of one channel. */
function expected({ status, cpuSeconds, earnings, channels }: MetricFigures): Record<string, unknown> {
  const [channel] = channels;
  const [score] = status.rebalancer.scores;
  const { lifetime, open } = earnings ?? {};
  const id = channel?.channel_id ?? '';
  const info =
    `alias="${channel?.alias ?? ''}",state="${channel?.state ?? ''}",class="${channel?.class ?? ''}",` +
    `strategy="${channel?.strategy ?? ''}"`;
  return {
    [`info{version="${status.version}",node_id="${status.node_id ?? ''}",mode="${status.mode}"}`]: 1,
    ready: 1,
    alerts: 2,
    'channels{state="source"}': status.channels?.source,
    'channels{state="sink"}': status.channels?.sink,
    'channels{state="balanced"}': status.channels?.balanced,
    'budget_sats{part="daily"}': status.budget.daily_sats,
    'budget_sats{part="spent"}': status.budget.spent_24h_sats,
    'budget_sats{part="reserved"}': status.budget.reserved_sats,
    'budget_sats{part="available"}': status.budget.available_sats,
    'reserve_sats{part="minimum"}': status.reserve.minimum_sats,
    'reserve_sats{part="onchain"}': status.reserve.onchain_sats,
    'reserve_sats{part="channels"}': status.reserve.channels_sats,
    'rebalances{state="in_flight"}': status.rebalancer.in_flight,
    'rebalances{state="unknown"}': status.rebalancer.unknown,
    'driver_success_ratio{driver="native"}': score?.success_rate,
    'driver_cost_ppm{driver="native"}': score?.ppm,
    'loop_last_run_timestamp_seconds{loop="fees"}': status.loops['fees']?.last_run,
    'loop_consecutive_failures{loop="fees"}': status.loops['fees']?.consecutive_failures,
    process_cpu_seconds_total: cpuSeconds,
    revenue_sats_total: lifetime?.revenue_sats,
    'cost_sats_total{kind="open"}': lifetime?.open_cost_sats,
    'cost_sats_total{kind="close"}': lifetime?.close_cost_sats,
    'cost_sats_total{kind="splice"}': lifetime?.splice_cost_sats,
    'cost_sats_total{kind="rebalance"}': lifetime?.rebalance_cost_sats,
    'cost_sats_total{kind="lease"}': lifetime?.lease_cost_sats,
    net_profit_sats: lifetime?.net_profit_sats,
    capital_sats: lifetime?.capital_sats,
    carr_ratio: (lifetime?.carr_pct ?? NaN) / 100,
    'channel_classes{class="profitable"}': open?.profitable_count,
    'channel_classes{class="break_even"}': open?.break_even_count,
    'channel_classes{class="underwater"}': open?.underwater_count,
    'channel_classes{class="zombie"}': open?.zombie_count,
    [`channel_info{channel="${id}",peer="${channel?.peer_id ?? ''}",${info}}`]: 1,
    [`channel_connected{channel="${id}"}`]: 0,
    [`channel_capacity_sats{channel="${id}"}`]: channel?.capacity_sats,
    [`channel_local_sats{channel="${id}"}`]: channel?.local_sats,
    [`channel_flow_ratio{channel="${id}"}`]: channel?.flow_ratio,
    [`channel_fee_ppm{channel="${id}"}`]: channel?.fee_ppm,
    [`channel_bid_price_ppm{channel="${id}"}`]: channel?.bid_price_ppm,
    [`channel_revenue_sats_total{channel="${id}"}`]: channel?.revenue_sats,
    [`channel_sourced_revenue_sats_total{channel="${id}"}`]: channel?.sourced_revenue_sats,
    [`channel_rebalance_cost_sats_total{channel="${id}"}`]: channel?.rebalance_cost_sats,
    [`channel_cost_sats_total{channel="${id}"}`]: channel?.total_cost_sats,
    [`channel_net_profit_sats{channel="${id}"}`]: channel?.net_profit_sats,
    [`channel_carr_ratio{channel="${id}"}`]: (channel?.carr_pct ?? NaN) / 100,
  };
}

const nameOf = (sample: string): string => sample.replace(/\{.*/, '');

describe('/metrics', () => {
  it('has the figures of revenue-history, revenue-status and the table of channels', async () => {
    const board = await dashboardOn(start, { world: { historyDays: 8, forwardsPerDay: 200 }, paused: false });
    const samples = await scrape(board);
    const { lifetime } = (await board.run('revenue-history')) as unknown as { lifetime: Record<string, number> };
    expect(samples.get('revenue_ops_revenue_sats_total')).toBe(lifetime['revenue_sats']);
    expect(samples.get('revenue_ops_net_profit_sats')).toBe(lifetime['net_profit_sats']);
    expect(samples.get('revenue_ops_cost_sats_total{kind="open"}')).toBe(lifetime['open_cost_sats']);
    const status = await board.run('revenue-status');
    expect(samples.get('revenue_ops_alerts')).toBe((status['alerts'] as unknown[]).length);
    expect(samples.get('revenue_ops_budget_sats{part="daily"}')).toBe(5000);
    const { channels } = (await board.run('revenue-analyze')) as unknown as {
      channels: { channel_id: string; capacity_sats: number }[];
    };
    for (const { channel_id: channel, capacity_sats: capacity } of channels)
      expect(samples.get(`revenue_ops_channel_capacity_sats{channel="${channel}"}`)).toBe(capacity);
  });

  it('takes none for another', async () => {
    const board = await dashboardOn(start, { world: { historyDays: 8, forwardsPerDay: 200 }, paused: false });
    const { status, earnings, channels, ...rest } = await metricFigures(board.readings, 7);
    // What is nothing yet is to be told as well.
    const score = { driver: 'native', success_rate: 0, ppm: 0, seconds: 0, errors_in_row: 0 } as const;
    const figures = numbered<MetricFigures>({
      ...rest,
      status: {
        ...status,
        alerts: ['a', 'b'],
        reserve: { ...status.reserve, onchain_sats: 0 },
        rebalancer: { ...status.rebalancer, scores: [score] },
      },
      earnings: earnings && { ...earnings, lifetime: { ...earnings.lifetime, carr_pct: 0 } },
      channels: channels.slice(0, 1).map((row) => ({ ...row, connected: false, bid_price_ppm: 0, carr_pct: 0 })),
    });
    const samples = samplesOf(await metricsText(figures));
    for (const [name, value] of Object.entries(expected(figures)))
      expect([name, samples.get(`revenue_ops_${name}`)]).toEqual([name, value]);
  });

  it('names each figure as documented, and only those', async () => {
    const board = await dashboardOn(start, { world: { historyDays: 8, forwardsPerDay: 200 }, paused: false });
    const found = new Set([...(await scrape(board)).keys()].map(nameOf));
    for (const name of found) expect(Object.keys(METRICS)).toContain(name);
    // No driver has done anything yet.
    const absent = Object.keys(METRICS).filter((name) => !found.has(name));
    expect(absent.filter((name) => !name.startsWith('revenue_ops_driver_'))).toEqual([]);
  });

  it('says that the plugin is not ready rather than nothing', async () => {
    const board = await dashboardOn(start, { start: false });
    const samples = await scrape(board);
    expect(samples.get('revenue_ops_ready')).toBe(0);
    expect([...samples.keys()].some((name) => name.startsWith('revenue_ops_channel_'))).toBe(false);
  });
});

describe('the Grafana dashboard', () => {
  it('uses metrics and labels that there are', () => {
    const used = [...GRAFANA.matchAll(/\b(revenue_ops_[a-z_]+)(?:\{([^}]*)\})?/g)];
    expect(used.length).toBeGreaterThan(15);
    for (const [, name = '', selector = ''] of used) {
      expect(Object.keys(METRICS)).toContain(name);
      const labels: readonly string[] = METRICS[name as keyof typeof METRICS].labels;
      for (const [, label = ''] of selector.replaceAll('\\"', '"').matchAll(/([a-z_]+)=~?"/g))
        expect([...labels, 'instance']).toContain(label);
    }
  });
});
