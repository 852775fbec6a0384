// Which paths are there to look at, and what does each show?
import type { Context, Hono } from 'hono';
import type { Access } from './access.ts';
import { EXPORTS, PERIODS } from './api.ts';
import type { DashboardPorts } from './dashboard-ports.ts';
import { exportOf } from './export/exports.ts';
import { Refusal } from './failure.ts';
import { metricFigures } from './metrics/figures.ts';
import { metricsText } from './metrics/metrics.ts';
import { bodyOf, cachedReply, sent } from './replies.ts';
import { channelPageOf } from './views/channel.ts';
import { channelsOf } from './views/channels.ts';
import { decisionsOf } from './views/decisions.ts';
import { overviewOf } from './views/overview.ts';
import { rebalancesOf } from './views/rebalances.ts';

/** Commands that each path shows the figures of. */
const READS = {
  overview: ['revenue-status', 'revenue-profitability', 'revenue-history'],
  channels: ['revenue-analyze', 'revenue-profitability'],
  channel: ['revenue-profitability', 'revenue-explain'],
  rebalances: ['revenue-status', 'revenue-explain'],
  decisions: ['revenue-status', 'revenue-explain'],
  // A rune to look only cannot start a backtest; what the last one told is of the history.
  whatif: ['revenue-history'],
  metrics: ['revenue-status', 'revenue-profitability'],
  export: ['revenue-history'],
} as const;

export function addReadings(app: Hono, ports: DashboardPorts, access: Access): void {
  const { readings, meter } = ports;

  /** A page that is asked again and again, reckoned once. */
  const reading = (
    path: string,
    needs: readonly string[],
    make: (c: Context) => [key: string, () => Promise<object>],
  ) =>
    app.get(path, async (c) => {
      const channel = c.req.param('channel');
      await access.requireRead(c.req.raw.headers, needs, channel === undefined ? {} : { channel_id: channel });
      const [key, view] = make(c);
      return cachedReply(c, await readings.body(key, async () => bodyOf(await view())));
    });

  reading('/api/overview', READS.overview, (c) => {
    const asked = c.req.query('period') ?? '30d';
    const period = PERIODS.find((each) => each === asked);
    if (period === undefined)
      throw new Refusal('invalid-request', `period: expected one of ${PERIODS.join(', ')}, got ${asked.slice(0, 20)}`);
    return [`overview ${period}`, () => overviewOf(readings, period)];
  });
  reading('/api/channels', READS.channels, () => ['channels', () => channelsOf(readings)]);
  reading('/api/channels/:channel', READS.channel, (c) => {
    const name = (c.req.param('channel') ?? '').toLowerCase();
    return [`channel ${name}`, () => channelPageOf(readings, name)];
  });
  reading('/api/rebalances', READS.rebalances, () => ['rebalances', () => rebalancesOf(readings)]);

  app.get('/api/decisions', async (c) => {
    await access.requireRead(c.req.raw.headers, READS.decisions);
    return sent(c, await decisionsOf(readings, c.req.query()));
  });
  app.get('/api/whatif', async (c) => {
    await access.requireRead(c.req.raw.headers, READS.whatif);
    return sent(c, ports.whatIf());
  });

  app.get('/metrics', async (c) => {
    if (!ports.openMetrics()) await access.requireRead(c.req.raw.headers, READS.metrics);
    const { text } = await readings.body('metrics', async () => ({
      text: await metricsText(await metricFigures(readings, meter.used() / 1000)),
      etag: '',
    }));
    c.header('Cache-Control', 'no-store');
    return c.body(text, 200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' });
  });

  for (const name of EXPORTS)
    app.get(`/export/${name}.csv`, async (c) => {
      await access.requireRead(c.req.raw.headers, READS.export);
      const rows = await exportOf(name, c.req.query(), readings);
      c.header('Cache-Control', 'no-store');
      c.header('Content-Disposition', `attachment; filename="${name}.csv"`);
      return c.body(rows, 200, { 'Content-Type': 'text/csv; charset=utf-8' });
    });
}
