// What does the dashboard answer, and to whom? Without a socket: tests ask it directly.
import { Hono } from 'hono';
import { Access } from './access.ts';
import { addActions } from './action-routes.ts';
import { ACTIONS, type Session } from './api.ts';
import type { DashboardPorts } from './dashboard-ports.ts';
import { FailureLimit } from './failure-limit.ts';
import { Refusal } from './failure.ts';
import { guarded } from './headers.ts';
import { pageDocument } from './document.ts';
import { addReadings } from './reading-routes.ts';
import { refuse, sent } from './replies.ts';

/** Seconds from one question of an open page to the next. */
export const POLL_SECONDS = 15;

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

  addReadings(app, ports, access);
  addActions(app, ports, access);

  app.all('*', (c) => {
    const known = app.routes.some(({ path, method }) => path === c.req.path && method === 'GET');
    throw known
      ? new Refusal('method-not-allowed', `${c.req.path}: expected GET, got ${c.req.method}`)
      : new Refusal('not-found', `${c.req.path.slice(0, 100)}: there is nothing here`);
  });
  return app;
}
