// Does /metrics tell what the commands tell, and does the Grafana dashboard ask for nothing that is not there?
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { METRICS } from '../../src/dashboard/metrics/names.ts';
import { simulatedApplications } from '../app/simulated-setup.ts';
import { dashboardOn } from './dashboard.ts';

const start = simulatedApplications();
const GRAFANA = readFileSync(resolve(import.meta.dirname, '../../grafana/cl-revenue-ops.json'), 'utf8');

/** Samples by name with labels, as Prometheus would read them. */
async function scrape(board: Awaited<ReturnType<typeof dashboardOn>>): Promise<Map<string, number>> {
  const response = await board.ask('/metrics');
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const samples = new Map<string, number>();
  for (const line of (await response.text()).split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [, name, value] = /^([a-z_]+(?:\{.*\})?) (\S+)$/.exec(line) ?? [];
    expect([line, name]).toEqual([line, expect.any(String)]);
    samples.set(name ?? '', Number(value));
  }
  return samples;
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
