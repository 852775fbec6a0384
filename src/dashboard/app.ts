// Which paths are there, and who may ask for them? Without a socket: tests ask it directly.
import { Hono, type Context } from 'hono';
import type { Command } from '../app/commands/command.ts';
import type { Log, RuneChecker } from '../ports.ts';
import { Access } from './access.ts';
import { carryOut, isAction, orderOf } from './actions.ts';
import { ACTIONS, EXPORTS, ORDER_HEADER, PERIODS, type ActionReply, type Session, type WhatIf } from './api.ts';
import type { Meter } from './cached.ts';
import { exportOf } from './export/exports.ts';
import { FailureLimit } from './failure-limit.ts';
import { Refusal } from './failure.ts';
import { guarded } from './headers.ts';
import { metricsText } from './metrics/metrics.ts';
import { pageDocument } from './document.ts';
import { Orders } from './orders.ts';
import type { Readings } from './readings.ts';
import { bodyOf, cachedReply, refuse, sent } from './replies.ts';
import { jsonIn, limitedBody } from './request-body.ts';
import { channelPageOf } from './views/channel.ts';
import { channelsOf } from './views/channels.ts';
import { decisionsOf } from './views/decisions.ts';
import { overviewOf } from './views/overview.ts';
import { rebalancesOf } from './views/rebalances.ts';

export interface DashboardPorts {
  readonly readings: Readings;
  readonly commands: readonly Command[];
  readonly runes: RuneChecker;
  readonly log: Log;
  readonly meter: Meter;
  /** The page, whole. */
  readonly html: string;
  /** The last backtest, and the benchmark of the release. */
  readonly whatIf: () => WhatIf;
  /** What may stand in the Host header. */
  readonly hosts: () => ReadonlySet<string>;
  /** Whether /metrics needs no rune. */
  readonly openMetrics: () => boolean;
}

/** Seconds from one question of an open page to the next. */
export const POLL_SECONDS = 15;

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

export function dashboardApp(ports: DashboardPorts): Hono {
  const { readings, commands, runes, log, meter } = ports;
  const { context } = readings;
  const failures = new FailureLimit(meter.elapsed, () => {
    log.warn('dashboard: many wrong runes within a minute; new ones are refused for a while');
  });
  const access = new Access({ runes, failures, elapsed: meter.elapsed });
  const page = pageDocument(ports.html);
  const app = new Hono();

  app.onError((error, c) => refuse(c, error, log));
  app.notFound((c) => refuse(c, new Refusal('not-found', `${c.req.path.slice(0, 100)}: there is nothing here`), log));
  app.use(guarded(ports.hosts));

  app.get('/', (c) => {
    c.header('Content-Security-Policy', page.policy);
    c.header('Cache-Control', 'no-cache');
    c.header('ETag', page.etag);
    return c.req.header('if-none-match') === page.etag ? c.body(null, 304) : c.html(page.html);
  });

  app.get('/api/session', async (c) => {
    const names = commands.map(({ name }) => name);
    const reasons = await access.allowed(c.req.raw.headers, names);
    const isAllowed = (name: string): boolean => reasons.get(name) === null;
    return sent(c, {
      version: context.version,
      node_id: context.nodeId(),
      commands: Object.fromEntries(
        names.map((name) => [name, { allowed: isAllowed(name), reason: reasons.get(name) ?? null }]),
      ),
      actions: Object.fromEntries(
        Object.entries(ACTIONS).map(([action, command]) => [action, isAllowed(command)]),
      ) as Session['actions'],
      poll_seconds: POLL_SECONDS,
      now: context.clock.now(),
    } satisfies Session);
  });

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

  const orders = new Orders<ActionReply>();
  app.post('/api/actions/:action', limitedBody, async (c) => {
    const action = c.req.param('action');
    if (!isAction(action)) throw new Refusal('not-found', `action: expected one of ${Object.keys(ACTIONS).join(', ')}`);
    const body = await jsonIn(c);
    // Before anything is looked up: a hold's order has the present fee in it.
    if (action === 'hold') await access.requireOurs(c.req.raw.headers, ACTIONS[action]);
    const order = await orderOf(action, body, commands, context);
    await access.requireAct(c.req.raw.headers, order.command.name, order.params);
    if (order.dryRun) return sent(c, await carryOut(order, context));
    const id = c.req.header(ORDER_HEADER);
    const reply = await orders.once(id ? `${id} ${action} ${JSON.stringify(body)}` : undefined, async () => {
      const done = await carryOut(order, context);
      readings.forget();
      log.info(`dashboard: ${order.command.name} ${JSON.stringify(order.params)}`);
      return done;
    });
    return sent(c, reply);
  });

  app.get('/metrics', async (c) => {
    if (!ports.openMetrics()) await access.requireRead(c.req.raw.headers, READS.metrics);
    const { text } = await readings.body('metrics', async () => ({
      text: await metricsText(readings, meter.used() / 1000),
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

  app.all('*', (c) => {
    const known = app.routes.some(({ path, method }) => path === c.req.path && method === 'GET');
    throw known
      ? new Refusal('method-not-allowed', `${c.req.path}: expected GET, got ${c.req.method}`)
      : new Refusal('not-found', `${c.req.path.slice(0, 100)}: there is nothing here`);
  });
  return app;
}
