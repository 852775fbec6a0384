// Who gets something from the dashboard? Nobody by another name, from another page, or with a wrong rune.
import { describe, expect, it } from 'vitest';
import { RpcError, RpcTimeoutError } from '../../src/cln/errors.ts';
import { API_ERRORS } from '../../src/dashboard/api.ts';
import { MOST_FAILURES } from '../../src/dashboard/failure-limit.ts';
import { simulatedApplications } from '../app/simulated-setup.ts';
import { call } from '../sim/call.ts';
import { dashboardOn, HOST, HTML } from './dashboard.ts';

const start = simulatedApplications();
const DATA = [
  '/api/session',
  '/api/overview',
  '/api/channels',
  '/api/channels/1x1x1',
  '/api/rebalances',
  '/api/decisions',
  '/api/whatif',
  '/metrics',
  '/export/forwards.csv',
  '/export/rebalances.csv',
  '/export/cashflows.csv',
];

describe('a request', () => {
  it.each(['evil.example:9737', '127.0.0.1', 'localhost:80', '', null])(
    'to the host %j gets nothing, not even the page',
    async (host) => {
      const { ask, refusalOf } = await dashboardOn(start);
      for (const path of ['/', ...DATA])
        expect([path, ...(await refusalOf(ask(path, { host })))]).toEqual([path, 403, 'host-not-allowed']);
    },
  );

  it.each([
    'http://evil.example',
    'null',
    'http://127.0.0.1:1',
    'file://127.0.0.1:9737',
    'http://127.0.0.1:9737.evil.example',
  ])('of a page at %s gets no data', async (origin) => {
    const { ask, act, refusalOf } = await dashboardOn(start);
    for (const path of DATA)
      expect([path, ...(await refusalOf(ask(path, { origin })))]).toEqual([path, 403, 'origin-not-allowed']);
    expect(await refusalOf(act('pause', {}, false, { origin }))).toEqual([403, 'origin-not-allowed']);
  });

  it('of its own page, or of one behind TLS, is answered', async () => {
    const { ask } = await dashboardOn(start);
    for (const origin of [`http://${HOST}`, `https://${HOST}`])
      expect((await ask('/api/session', { origin, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
  });

  it('that a browser sends for another site is refused, though its Origin is not told', async () => {
    const { ask, refusalOf } = await dashboardOn(start);
    for (const site of ['cross-site', 'same-site'])
      expect(await refusalOf(ask('/metrics', { 'sec-fetch-site': site }))).toEqual([403, 'origin-not-allowed']);
    expect((await ask('/', { 'sec-fetch-site': 'cross-site' })).status).toBe(200);
  });

  it('without a rune gets the page and nothing else', async () => {
    const { ask, refusalOf, simulated } = await dashboardOn(start);
    simulated.asked.length = 0;
    expect(await (await ask('/', { rune: null })).text()).toBe(HTML);
    for (const path of DATA)
      expect([path, ...(await refusalOf(ask(path, { rune: null })))]).toEqual([path, 401, 'rune-missing']);
    expect(simulated.asked).toEqual([]);
  });

  it('with a rune of another node, a changed one, one taken back or none gets nothing', async () => {
    const { ask, rune, makeRune, refusalOf, world } = await dashboardOn(start);
    const changed = Buffer.from(rune, 'base64url');
    changed[0] = (changed[0] ?? 0) ^ 1;
    const back = await makeRune([['method^revenue-']]);
    await call(world, 'blacklistrune', { start: 1 });
    for (const wrong of [changed.toString('base64url'), back, 'abc', 'x'.repeat(5000)])
      expect(await refusalOf(ask('/api/overview', { rune: wrong }))).toEqual([401, 'rune-invalid']);
  });

  it('gets only what its rune allows, and is told which command is missing', async () => {
    const { ask, makeRune, refusalOf } = await dashboardOn(start);
    const rune = await makeRune([['method=revenue-history']]);
    expect((await ask('/api/whatif', { rune })).status).toBe(200);
    expect(await refusalOf(ask('/api/overview', { rune }))).toEqual([403, 'rune-not-permitted']);
    const { error } = (await (await ask('/api/channels', { rune })).json()) as { error: { message: string } };
    expect(error.message).toBe('the rune does not allow revenue-analyze: method is not equal to revenue-history');
  });

  it('may bring its rune as a bearer token', async () => {
    const { ask, rune } = await dashboardOn(start);
    expect((await ask('/metrics', { rune: null, authorization: `Bearer ${rune}` })).status).toBe(200);
  });

  it('is told by the session what the rune may do', async () => {
    const { ask, makeRune } = await dashboardOn(start);
    const rune = await makeRune([['method=revenue-status', 'method=revenue-pause']]);
    const session = (await (await ask('/api/session', { rune })).json()) as Record<string, object>;
    expect(session['commands']).toMatchObject({
      'revenue-status': { allowed: true, reason: null },
      'revenue-set-fee': {
        allowed: false,
        reason: 'method is not equal to revenue-status AND method is not equal to revenue-pause',
      },
    });
    expect(session['actions']).toEqual({
      'set-fee': false,
      hold: false,
      policy: false,
      rebalance: false,
      pause: true,
      resume: false,
    });
  });

  it('is told that lightningd cannot say what a rune allows, and gets nothing', async () => {
    const { ask, refusalOf, simulated } = await dashboardOn(start);
    let error: Error = new RpcError('checkrune', -32601, "Unknown command 'checkrune'");
    simulated.before = ({ method }) => {
      if (method === 'checkrune') throw error;
    };
    const response = await ask('/api/whatif');
    expect(await response.clone().text()).toContain('expected lightningd v23.08 or later');
    expect(await refusalOf(response)).toEqual([503, 'runes-unavailable']);
    error = new RpcTimeoutError('checkrune', 60_000);
    expect(await refusalOf(ask('/api/whatif'))).toEqual([503, 'runes-unavailable']);
    error = new RpcError('checkrune', -1, 'out of order');
    expect(await refusalOf(ask('/api/whatif'))).toEqual([503, 'runes-unavailable']);
  });

  it('is let in by a node that wants to know whose node asks, before v23.11', async () => {
    const { ask, refusalOf } = await dashboardOn(start, { world: { version: 'v23.08' } });
    expect((await ask('/api/whatif')).status).toBe(200);
    expect(await refusalOf(ask('/api/whatif', { rune: 'abc' }))).toEqual([401, 'rune-invalid']);
  });
});

describe('guessing', () => {
  it('ends after some tries for everybody but those whose rune is known', async () => {
    const { ask, later, makeRune, refusalOf, log } = await dashboardOn(start);
    expect((await ask('/api/whatif')).status).toBe(200);
    for (let i = 0; i < MOST_FAILURES; i++)
      expect(await refusalOf(ask('/api/whatif', { rune: `guess${String(i)}` }))).toEqual([401, 'rune-invalid']);
    const refused = await ask('/api/whatif', { rune: 'another' });
    expect(refused.headers.get('retry-after')).toBe('60');
    expect(await refusalOf(refused)).toEqual([429, 'too-many-failures']);
    expect((await ask('/api/whatif')).status).toBe(200);
    const fresh = await makeRune([['method^revenue-']]);
    expect(await refusalOf(ask('/api/whatif', { rune: fresh }))).toEqual([429, 'too-many-failures']);
    later(60_001);
    expect((await ask('/api/whatif', { rune: fresh })).status).toBe(200);
    expect(log.lines.filter((line) => line.includes('wrong runes'))).toHaveLength(1);
  });

  it('ends for a minute from the first of them on, each time anew, and leaves nobody out after it', async () => {
    const { ask, later, log, makeRune, refusalOf } = await dashboardOn(start);
    for (let round = 1; round <= 3; round++) {
      for (let i = 0; i < MOST_FAILURES; i++)
        expect(await refusalOf(ask('/api/whatif', { rune: 'guess' }))).toEqual([401, 'rune-invalid']);
      later(59_999);
      expect(await refusalOf(ask('/api/whatif', { rune: 'guess' }))).toEqual([429, 'too-many-failures']);
      expect(log.lines.filter((line) => line.includes('wrong runes'))).toHaveLength(round);
      later(1);
    }
    const fresh = await makeRune([['method=revenue-history']]);
    expect((await ask('/api/whatif', { rune: fresh })).status).toBe(200);
  });

  it('with what is longer than any rune is not shown to lightningd', async () => {
    const { ask, refusalOf, simulated } = await dashboardOn(start);
    simulated.asked.length = 0;
    expect(await refusalOf(ask('/api/whatif', { rune: 'x'.repeat(5000) }))).toEqual([401, 'rune-invalid']);
    expect(simulated.asked).toEqual([]);
  });

  it('in parallel has no more of them looked at, and keeps nobody out whose rune is known', async () => {
    const { ask, refusalOf, simulated } = await dashboardOn(start);
    expect((await ask('/api/whatif')).status).toBe(200);
    simulated.asked.length = 0;
    const answers = Array.from({ length: 100 }, (_, i) =>
      refusalOf(ask('/api/whatif', { rune: `guess${String(i % 50)}` })),
    );
    expect((await ask('/api/whatif')).status).toBe(200);
    const kinds = (await Promise.all(answers)).map(([, error]) => error);
    expect(kinds.filter((kind) => kind === 'rune-invalid')).toHaveLength(MOST_FAILURES);
    expect(new Set(kinds)).toEqual(new Set(['rune-invalid', 'too-many-failures']));
    const looked = simulated.asked.filter(({ method, params }) => method === 'checkrune' && 'rune' in params);
    expect(looked.filter(({ params }) => String((params as { rune?: string }).rune).startsWith('guess'))).toHaveLength(
      MOST_FAILURES,
    );
  });

  it('is not what a rune that allows less does', async () => {
    const { ask, makeRune, refusalOf } = await dashboardOn(start);
    const rune = await makeRune([['method=revenue-status']]);
    for (let i = 0; i < MOST_FAILURES + 2; i++)
      expect(await refusalOf(ask('/api/channels', { rune }))).toEqual([403, 'rune-not-permitted']);
  });
});

describe('lightningd’s word', () => {
  const checksOf = (asked: readonly { method: string; params: object }[]) =>
    asked.filter(({ method }) => method === 'checkrune').map(({ params }) => params);

  it('holds for some seconds where something is only read', async () => {
    const { ask, later, refusalOf, simulated, world } = await dashboardOn(start);
    await ask('/api/whatif');
    simulated.asked.length = 0;
    await ask('/api/whatif');
    expect(checksOf(simulated.asked)).toEqual([]);
    await call(world, 'blacklistrune', { start: 0 });
    later(5001);
    expect(await refusalOf(ask('/api/whatif'))).toEqual([401, 'rune-invalid']);
  });

  it('on one channel is none on another', async () => {
    const { ask, makeRune, refusalOf, usable } = await dashboardOn(start);
    const [{ short_channel_id: mine }, { short_channel_id: other } = { short_channel_id: '' }] = await usable();
    const rune = await makeRune([[`pnamechannel_id=${mine}`]]);
    expect((await ask(`/api/channels/${mine}`, { rune })).status).toBe(200);
    expect(await refusalOf(ask(`/api/channels/${other}`, { rune }))).toEqual([403, 'rune-not-permitted']);
  });

  it('is asked for each action, with the very parameters', async () => {
    const { act, rune, simulated, usable, makeRune, refusalOf } = await dashboardOn(start);
    const [channel] = await usable();
    const params = { channel_id: channel.short_channel_id, fee_ppm: 300 };
    for (const dryRun of [true, false, true]) {
      simulated.asked.length = 0;
      expect((await act('set-fee', params, dryRun)).status).toBe(200);
      expect(checksOf(simulated.asked)).toEqual([{ rune, method: 'revenue-set-fee', params }]);
    }
    const cautious = await makeRune([['method=revenue-set-fee'], ['pnamefee_ppm<200']]);
    expect(await refusalOf(act('set-fee', params, true, { rune: cautious }))).toEqual([403, 'rune-not-permitted']);
    expect((await act('set-fee', { ...params, fee_ppm: 150 }, true, { rune: cautious })).status).toBe(200);
  });

  it('comes too late for who was locked out of it: an action needs it at once', async () => {
    const { act, world, refusalOf } = await dashboardOn(start);
    expect((await act('pause', {}, true)).status).toBe(200);
    await call(world, 'blacklistrune', { start: 0 });
    expect(await refusalOf(act('pause', {}, true))).toEqual([401, 'rune-invalid']);
  });
});

describe('every reply', () => {
  it('tells the browser to trust nothing else, errors too', async () => {
    const { ask } = await dashboardOn(start);
    for (const path of ['/', '/api/overview', '/nowhere', '/metrics']) {
      const { headers } = await ask(path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; .*frame-ancestors 'none'/);
      expect(headers.get('access-control-allow-origin')).toBeNull();
      expect(headers.get('set-cookie')).toBeNull();
    }
  });

  it('names the page’s script and style by their hashes', async () => {
    const { ask } = await dashboardOn(start);
    const policy = (await ask('/')).headers.get('content-security-policy') ?? '';
    // sha256 of `let a = 1` and of `p{color:red}`, as Python has them.
    expect(policy).not.toContain('unsafe');
    expect(policy).toMatchInlineSnapshot(
      `"default-src 'none'; script-src 'sha256-LAfYd7pbFUgwfQu8b4q135PeTG2z+/coPEUYCd74eCQ='; style-src 'sha256-p0bF+un5yUb9MBO6xRb8kPHlY2BdpHVtLiFkDrZPF64='; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"`,
    );
  });

  it('of a refusal names it, with the status of its kind', async () => {
    const { ask, refusalOf, act } = await dashboardOn(start);
    expect(await refusalOf(ask('/nowhere'))).toEqual([404, 'not-found']);
    expect(await refusalOf(ask('/api/channels/9x9x9'))).toEqual([404, 'unknown-channel']);
    expect(await refusalOf(ask('/api/overview?period=2d'))).toEqual([400, 'invalid-request']);
    expect(await refusalOf(ask('/api/decisions?limit=0'))).toEqual([400, 'invalid-request']);
    expect(await refusalOf(ask('/api/decisions?colour=red'))).toEqual([400, 'invalid-request']);
    expect(await refusalOf(ask('/api/decisions?from=1795000000&until=1794000000'))).toEqual([400, 'invalid-request']);
    expect(await refusalOf(ask('/export/forwards.csv?from=yesterday'))).toEqual([400, 'invalid-request']);
    expect(await refusalOf(ask('/api/overview', {}, { method: 'POST' }))).toEqual([405, 'method-not-allowed']);
    expect(await refusalOf(ask('/api/actions/pause'))).toEqual([404, 'not-found']);
    expect(await refusalOf(act('dance', {}, true))).toEqual([404, 'not-found']);
    expect(await refusalOf(act('pause', { now: 1 }, true))).toEqual([400, 'invalid-parameter']);
    const post = (body: string, type: string) =>
      ask('/api/actions/pause', { 'content-type': type }, { method: 'POST', body });
    expect(await refusalOf(post('{}', 'text/plain'))).toEqual([415, 'json-expected']);
    expect(await refusalOf(post('params=1', 'application/x-www-form-urlencoded'))).toEqual([415, 'json-expected']);
    expect(await refusalOf(post('{', 'application/json'))).toEqual([400, 'invalid-request']);
    expect(await refusalOf(post('{"params":{}}', 'application/json'))).toEqual([400, 'invalid-request']);
    expect(await refusalOf(post(`{"params":{"a":"${'x'.repeat(20_000)}"}}`, 'application/json'))).toEqual([
      413,
      'body-too-large',
    ]);
  });

  it('of a defect tells nobody what it was but the log', async () => {
    const { ask, log, refusalOf } = await dashboardOn(
      start,
      {},
      {
        whatIf: () => {
          throw new Error('the secret of the house');
        },
      },
    );
    const response = await ask('/api/whatif');
    expect(await response.clone().text()).not.toContain('secret');
    expect(await refusalOf(response)).toEqual([API_ERRORS.defect, 'defect']);
    expect(log.lines.join('\n')).toContain('the secret of the house');
  });

  it('and the log have no rune in them', async () => {
    const { act, rune, log } = await dashboardOn(start);
    expect((await act('pause', {}, false)).status).toBe(200);
    expect(log.lines.join('\n')).toContain('dashboard: revenue-pause {}');
    expect(log.lines.join('\n')).not.toContain(rune);
  });
});

describe('/metrics', () => {
  it('is open to all only where the operator says so', async () => {
    const closed = await dashboardOn(start);
    expect(await closed.refusalOf(closed.ask('/metrics', { rune: null }))).toEqual([401, 'rune-missing']);
    closed.app.config = { ...closed.app.config, dashboardOpenMetrics: true };
    expect((await closed.ask('/metrics', { rune: null })).status).toBe(200);
    expect(await closed.refusalOf(closed.ask('/api/overview', { rune: null }))).toEqual([401, 'rune-missing']);
  });
});
