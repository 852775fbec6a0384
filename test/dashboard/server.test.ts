// Does the spawned plugin serve its dashboard on a real socket, move when it is told to, and go on where it cannot?
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseOptions } from '../../src/demo/options.ts';
import { dashboardUrl } from '../../src/demo/dashboard.ts';
import { Session } from '../../src/demo/session.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const PROGRAMS = { node: join(ROOT, 'dist/simulated-node.js'), plugin: join(ROOT, 'cl-revenue-ops.js') };

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** With any Host, which fetch does not allow. */
function get(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  host = '127.0.0.1',
): Promise<Answer> {
  return new Promise((done, failed) => {
    request({ host, port, path, headers, agent: false }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => {
        done({ status: response.statusCode ?? 0, body });
      });
    })
      .on('error', failed)
      .end();
  });
}

/** A port that something else listens at. */
async function taken(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { server, port: (server.address() as { port: number }).port };
}
async function freePort(): Promise<number> {
  const { server, port } = await taken();
  await new Promise((done) => server.close(done));
  return port;
}

let folder: string;
let session: Session;
let port: number;
let rune: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dashboard-'));
  port = await freePort();
  const options = parseOptions(['--speed', '1', '--keep', join(folder, 'node')]);
  if (options === null) throw new Error('expected options');
  session = await Session.start({ ...options, dashboard: `127.0.0.1:${String(port)}` }, PROGRAMS);
  const url = new URL(await dashboardUrl(session, `127.0.0.1:${String(port)}`));
  rune = url.hash.replace('#rune=', '');
  await until('the plugin is ready', async () => (await status())['ready'] === true);
  await until('the dashboard listens', () =>
    get(port, '/').then(
      () => true,
      () => false,
    ),
  );
});
afterAll(async () => {
  await session.end();
  rmSync(folder, { recursive: true, force: true });
});

const status = async (): Promise<Record<string, unknown>> =>
  (await session.call('revenue-status')) as Record<string, unknown>;
async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (await holds()) return;
    await sleep(50);
  }
  throw new Error(`waited in vain until ${what}`);
}
const move = (address: string): Promise<unknown> =>
  session.call('setconfig', { config: 'revenue-ops-dashboard', val: address, transient: true });
const alerts = async (): Promise<string> => ((await status())['alerts'] as string[]).join('\n');

describe('the plugin', () => {
  it('serves the page and, to who has a rune, the figures of its commands', async () => {
    const page = await get(port, '/');
    expect(page.status).toBe(200);
    expect(page.body).toMatch(/^<!doctype html>[\s\S]*<script type="module">/);
    const { status: code, body } = await get(port, '/api/overview?period=all', { rune });
    expect(code).toBe(200);
    const overview = JSON.parse(body) as { lifetime: object; status: { version: string } };
    const history = (await session.call('revenue-history')) as { lifetime: Record<string, unknown> };
    const { statement, revenue_sats } = overview.lifetime as Record<string, unknown>;
    // A second of the simulated node has passed at most: rates move with it, money does not.
    expect({ statement, revenue_sats }).toEqual({
      statement: history.lifetime['statement'],
      revenue_sats: history.lifetime['revenue_sats'],
    });
  });

  it('gives nothing to a forged host, origin or rune', async () => {
    const path = '/api/overview';
    const outcomes = [
      await get(port, path),
      await get(port, path, { rune: 'AAAA' }),
      await get(port, path, { rune: `${rune.slice(0, -4)}AAAA` }),
      await get(port, path, { rune, host: 'evil.example' }),
      await get(port, path, { rune, origin: 'http://evil.example' }),
    ];
    expect(outcomes.map(({ status: code }) => code)).toEqual([401, 401, 401, 403, 403]);
    for (const { body } of outcomes) expect(Object.keys(JSON.parse(body) as object)).toEqual(['error']);
  });

  it('is acted on through it as by its commands', async () => {
    const { channels } = (await session.call('revenue-analyze')) as { channels: { channel_id: string }[] };
    const [channel] = channels;
    const order = (dryRun: boolean) =>
      fetch(`http://127.0.0.1:${String(port)}/api/actions/set-fee`, {
        method: 'POST',
        headers: { rune, 'content-type': 'application/json' },
        body: JSON.stringify({ params: { channel_id: channel?.channel_id, fee_ppm: 432 }, dry_run: dryRun }),
      });
    const feeNow = async (): Promise<number> =>
      ((await session.call('revenue-explain', { channel_id: channel?.channel_id })) as { fee_ppm: number }).fee_ppm;
    // By hand, so that no fee cycle of the plugin comes in between.
    await session.call('revenue-set-fee', { channel_id: channel?.channel_id, fee_ppm: 321 });
    expect((await order(true)).status).toBe(200);
    expect(await feeNow()).toBe(321);
    expect((await order(false)).status).toBe(200);
    expect(await feeNow()).toBe(432);
  });

  it('moves with setconfig, and tells of a port that another program has', async () => {
    const { server, port: busy } = await taken();
    try {
      await move(`127.0.0.1:${String(busy)}`);
      await until('the alert is there', async () => (await alerts()).includes('another program listens there'));
      await expect(get(port, '/')).rejects.toThrow();
    } finally {
      await new Promise((done) => server.close(done));
    }
    const next = await freePort();
    await move(`127.0.0.1:${String(next)}`);
    await until('it listens there', () =>
      get(next, '/').then(
        () => true,
        () => false,
      ),
    );
    expect(await alerts()).not.toContain('dashboard');
    expect((await get(next, '/api/whatif', { rune })).status).toBe(200);
    await expect(session.call('setconfig', { config: 'revenue-ops-dashboard', val: 'everywhere' })).rejects.toThrow(
      /expected off, or an address/,
    );
    await move('off');
    await until('it is off', () =>
      get(next, '/').then(
        () => false,
        () => true,
      ),
    );
    await move(`127.0.0.1:${String(port)}`);
    await until('it is back', () =>
      get(port, '/').then(
        () => true,
        () => false,
      ),
    );
  });

  it('says in the log where it listens, and never a rune', () => {
    const log = readFileSync(join(folder, 'node/regtest/log'), 'utf8');
    expect(log).toContain(`dashboard: http://127.0.0.1:${String(port)}/`);
    expect(log).toContain('dashboard: revenue-set-fee {"channel_id":');
    expect(log).not.toContain(rune);
  });
});
