// Does an alert arrive, signed, once the receiver is there again, and never with a secret in it or in the log?
import { createHmac } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Webhook } from '../../src/node/webhook.ts';
import { recordingLog } from '../app/recording-log.ts';

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let folder: string;
let server: Server;
let received: Received[];
/** What the receiver answers with, one after the other; then 204. */
let answers: number[];
let arrived: () => void;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'webhook-'));
  received = [];
  answers = [];
  arrived = () => undefined;
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      received.push({ path: request.url ?? '', headers: request.headers, body });
      response.writeHead(answers.shift() ?? 204, { location: '/elsewhere' }).end();
      arrived();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const url = (): string => `http://127.0.0.1:${String((server.address() as { port: number }).port)}/hook?token=hush`;
const ALERT = { state: 'begun', kind: 'budget-used', text: 'the budget is used up' };

function webhook(config: { url?: string; secretFile?: string } = {}) {
  const log = recordingLog();
  const slept: number[] = [];
  const hook = new Webhook(
    {
      fetch,
      log,
      now: () => 1_795_000_000,
      sleep: (ms) => {
        slept.push(ms);
        return Promise.resolve();
      },
    },
    () => ({ url: config.url ?? url(), secretFile: config.secretFile ?? join(folder, 'secret') }),
  );
  return { hook, log, slept };
}

/** Resolves once so many requests have come. */
const requests = (count: number): Promise<void> =>
  new Promise((resolve) => {
    arrived = () => {
      if (received.length >= count) resolve();
    };
    arrived();
  });
/** All that was sent has been delivered or given up. */
const ended = async (hook: Webhook): Promise<void> => {
  // The promise chain of what is under way.
  while (hook.busy) await new Promise((resolve) => setTimeout(resolve, 5));
};

describe('an alert', () => {
  it('is posted, signed over time and body with the secret of the file', async () => {
    const { hook } = webhook();
    writeFileSync(join(folder, 'secret'), 'correct horse\n');
    hook.send(ALERT);
    await requests(1);
    const [{ headers, body, path }] = received as [Received];
    expect(path).toBe('/hook?token=hush');
    expect(JSON.parse(body)).toEqual(ALERT);
    expect(headers['content-type']).toBe('application/json');
    expect(headers['x-revenue-ops-timestamp']).toBe('1795000000');
    const expected = createHmac('sha256', 'correct horse').update(`1795000000.${body}`).digest('hex');
    expect(headers['x-revenue-ops-signature']).toBe(`sha256=${expected}`);
    await hook.stop();
  });

  it('goes without ids of nodes and channels and without payment hashes', async () => {
    const { hook } = webhook();
    const [hash, node] = ['0a'.repeat(32), `02${'ab'.repeat(32)}`];
    hook.send({ ...ALERT, text: `see payment_hash=${hash}, of ${node} at 1x2x3` });
    await requests(1);
    expect(JSON.parse(received[0]?.body ?? '')).toEqual({ ...ALERT, text: 'see payment_hash=…, of … at 1x2x3' });
    await hook.stop();
  });

  it('finds a secret made for it that only its owner can read', async () => {
    const { hook, log } = webhook();
    hook.send(ALERT);
    await requests(1);
    const secret = readFileSync(join(folder, 'secret'), 'utf8').trim();
    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    expect(statSync(join(folder, 'secret')).mode & 0o777).toBe(0o600);
    expect(log.lines.join('\n')).not.toContain(secret);
    expect(received[0]?.headers['x-revenue-ops-signature']).toContain('sha256=');
    await hook.stop();
  });

  it('is not what first makes the secret: the receiver is to have it before', async () => {
    const { hook, log } = webhook();
    hook.prepare();
    const secret = readFileSync(join(folder, 'secret'), 'utf8');
    expect(log.lines.join('\n')).toContain(`made the secret ${join(folder, 'secret')}`);
    hook.prepare();
    expect(readFileSync(join(folder, 'secret'), 'utf8')).toBe(secret);
    expect([received, hook.trouble]).toEqual([[], null]);
    await hook.stop();
  });

  it('is tried again, under the same id and ever more rarely, until it is taken', async () => {
    answers = [500, 503, 429];
    const { hook, slept } = webhook();
    hook.send(ALERT);
    await requests(4);
    await ended(hook);
    expect(slept).toEqual([1000, 5000, 30_000]);
    expect(new Set(received.map(({ headers }) => headers['x-revenue-ops-id'])).size).toBe(1);
    expect(hook.trouble).toBeNull();
    await hook.stop();
  });

  it('is given up in the end, which is told without what may be secret of the address', async () => {
    answers = Array.from({ length: 10 }, () => 500);
    const { hook, log, slept } = webhook();
    hook.send(ALERT);
    await ended(hook);
    expect(received).toHaveLength(slept.length + 1);
    expect(hook.trouble).toMatch(/^an alert could not be delivered to 127\.0\.0\.1:\d+: it answered 500; see/);
    expect([...log.lines, hook.trouble].join('\n')).not.toMatch(/hush|hook\?/);
    hook.send({ ...ALERT, state: 'over' });
    answers = [];
    await ended(hook);
    expect(hook.trouble).toBeNull();
    await hook.stop();
  });

  it('has no trouble until the next alert where it is set again, as once the receiver is mended', async () => {
    answers = Array.from({ length: 20 }, () => 500);
    const { hook } = webhook();
    hook.send(ALERT);
    await ended(hook);
    hook.prepare();
    expect(hook.trouble).toBeNull();
    hook.send({ ...ALERT, kind: 'webhook', state: 'over' });
    await ended(hook);
    expect(hook.trouble).toContain('could not be delivered');
    await hook.stop();
  });

  it('cannot be signed without a secret, which is told at once', async () => {
    const { hook, log } = webhook({ secretFile: join(folder, 'absent', 'secret') });
    hook.prepare();
    expect(hook.trouble).toMatch(/^alerts cannot be signed: ENOENT.*see revenue-ops-webhook-secret-file$/);
    expect(log.lines.join('\n')).toContain('alerts cannot be signed');
    mkdirSync(join(folder, 'absent'));
    hook.prepare();
    expect(hook.trouble).toBeNull();
    await hook.stop();
  });

  it('is sent nowhere else, whatever the receiver says', async () => {
    answers = Array.from({ length: 10 }, () => 302);
    const { hook } = webhook();
    hook.send(ALERT);
    await ended(hook);
    expect(new Set(received.map(({ path }) => path))).toEqual(new Set(['/hook?token=hush']));
    expect(hook.trouble).toContain('redirect');
    await hook.stop();
  });

  it('is not sent where there is no webhook, nor after the end', async () => {
    const { hook } = webhook({ url: 'off' });
    hook.prepare();
    expect(existsSync(join(folder, 'secret'))).toBe(false);
    hook.send(ALERT);
    const other = webhook().hook;
    await other.stop();
    other.send(ALERT);
    await ended(hook);
    await ended(other);
    expect(received).toEqual([]);
  });

  it('waits for those before it, and many of them do not fill the memory', async () => {
    const { hook } = webhook({ url: 'http://127.0.0.1:1/' });
    for (let i = 0; i < 60; i++) hook.send({ ...ALERT, text: String(i) });
    expect(hook.trouble).toContain('50 alerts wait for it');
    await hook.stop();
  });
});
