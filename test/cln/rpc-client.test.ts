// Does every call settle, with the right outcome, whatever the other end of the socket does?
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RpcError, RpcFailure, RpcProtocolError, RpcTimeoutError, RpcUnreachableError } from '../../src/cln/errors.ts';
import { RpcClient } from '../../src/cln/rpc-client.ts';
import { reply, SocketServer, type Answer } from './socket-server.ts';

let server: SocketServer;
let client: RpcClient;
let warnings: string[];

const connect = (path: string): RpcClient =>
  new RpcClient({ socketPath: path, idPrefix: 'test', timeoutMs: 30_000, onWarning: (text) => warnings.push(text) });
const silent: Answer = () => undefined;
const echo: Answer = (request, socket) => {
  reply(socket, request.id, { method: request.method, params: request.params });
};
const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
};
const failure = async (call: Promise<unknown>): Promise<Error> =>
  call.then(
    () => {
      throw new Error('did not fail');
    },
    (error: unknown) => error as Error,
  );

beforeEach(async () => {
  warnings = [];
  server = await SocketServer.listen(echo);
  client = connect(server.path);
});
afterEach(async () => {
  client.close();
  await server.close();
});

describe('a request', () => {
  it('has what lightningd requires: jsonrpc, a text id that says who asks, and params', async () => {
    await client.call('getinfo');
    await client.call('listpeerchannels', { id: 'x' }, { filter: { channels: [{ state: true }] } });
    expect(server.requests).toEqual([
      { jsonrpc: '2.0', id: 'test:getinfo#1', method: 'getinfo', params: {} },
      {
        jsonrpc: '2.0',
        id: 'test:listpeerchannels#2',
        method: 'listpeerchannels',
        params: { id: 'x' },
        filter: { channels: [{ state: true }] },
      },
    ]);
  });

  it('that cannot be written is refused and harms no other', async () => {
    expect(await failure(client.call('x', { amount_msat: 1n }))).toBeInstanceOf(TypeError);
    expect(await client.call('x')).toEqual({ method: 'x', params: {} });
  });
});

describe('replies', () => {
  it('find their calls in any order, all on one connection', async () => {
    const waiting: (() => void)[] = [];
    server.answer = (request, socket, line) => {
      waiting.push(() => {
        echo(request, socket, line);
      });
      if (waiting.length === 50) for (const answer of waiting.reverse()) answer();
    };
    const calls = Array.from({ length: 50 }, (_, i) => client.call(`m${String(i)}`));
    expect(await Promise.all(calls)).toEqual(calls.map((_, i) => ({ method: `m${String(i)}`, params: {} })));
    expect(server.connections).toBe(1);
  });

  it('may come in any pieces, and be many megabytes', async () => {
    const rows = Array.from({ length: 60_000 }, (_, i) => ({ i, alias: '⚡'.repeat(30) }));
    server.answer = (request, socket) => {
      const bytes = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: request.id, result: rows }));
      for (let at = 0; at < bytes.length; at += 99_991) socket.write(bytes.subarray(at, at + 99_991));
    };
    expect(await client.call('listforwards')).toEqual(rows);
  });

  it("with lightningd's error are RpcError with code, message and data", async () => {
    server.answer = (request, socket) => {
      const error = { code: -32601, message: "Unknown command 'circular'", data: { x: 1 } };
      socket.write(`${JSON.stringify({ jsonrpc: '2.0', id: request.id, error })}\n\n`);
    };
    const error = await failure(client.call('circular'));
    expect(error).toBeInstanceOf(RpcError);
    expect(error).toMatchObject({ code: -32601, method: 'circular', data: { x: 1 } });
    expect(error.message).toBe("circular: Unknown command 'circular' (code -32601)");
  });

  it.each([
    ['neither a result nor an error', {}],
    ['an error without a code', { error: { message: 'x' } }],
    ['an error that is text', { error: 'x' }],
    ['an error that is null', { error: null }],
  ])('with %s fail that call alone', async (_what, body) => {
    server.answer = (request, socket, line) => {
      if (request.method !== 'bad') echo(request, socket, line);
      else socket.write(`${JSON.stringify({ jsonrpc: '2.0', id: request.id, ...body })}\n\n`);
    };
    const [bad, good] = await Promise.allSettled([client.call('bad'), client.call('good')]);
    expect(bad).toMatchObject({ status: 'rejected', reason: expect.any(RpcProtocolError) as Error });
    expect(good.status).toBe('fulfilled');
  });

  it('may hold numbers that are none, as C++ writes them, and cost no other call anything', async () => {
    server.answer = (request, socket) => {
      const numbers = `{"a": -nan, "b": [nan,inf ,-inf], "nan": "-nan, \\"inf\\" nan", "c": -1.5e+09}`;
      if (request.method === 'odd') socket.write(`{"jsonrpc":"2.0","id":"${request.id}","result":${numbers}}\n\n`);
      else reply(socket, request.id, {});
    };
    const [odd, even] = await Promise.all([client.call('odd'), client.call('even')]);
    expect(odd).toEqual({ a: null, b: [null, null, null], nan: '-nan, "inf" nan', c: -1.5e9 });
    expect(even).toEqual({});
    expect(server.connections).toBe(1);
  });

  it('that nobody asked for are ignored with a warning; notifications silently', async () => {
    server.answer = (request, socket, line) => {
      socket.write('{"jsonrpc":"2.0","id":"stranger","result":1}\n\n{"jsonrpc":"2.0","id":7,"result":1}\n\n');
      socket.write('{"jsonrpc":"2.0","method":"progress","params":{"id":"x","num":0,"total":3}}\n\n');
      echo(request, socket, line);
    };
    await client.call('x');
    expect(warnings).toEqual([
      'ignored a reply to "stranger", which was not asked',
      'ignored a reply to 7, which was not asked',
    ]);
  });

  it.each([
    [
      'an error without an id: lightningd could not read a request and hangs up',
      '{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"No params"}}\n\n',
    ],
    ['what is not JSON', '{"jsonrpc":"2.0","id":"a" oops}\n\n'],
    ['a reply cut off', '{"jsonrpc":"2.0","id":"a","result":{"x":\n\n'],
  ])('that are %s fail every pending call, and the next call connects anew', async (_what, text) => {
    server.answer = (request, socket, line) => {
      if (request.method === 'bad') socket.write(text);
      else if (request.method === 'good') echo(request, socket, line);
    };
    const errors = await Promise.all(['wait', 'bad'].map((name) => failure(client.call(name))));
    for (const error of errors) expect(error).toBeInstanceOf(RpcProtocolError);
    expect(await client.call('good')).toEqual({ method: 'good', params: {} });
    expect(server.connections).toBe(2);
  });
});

describe('time', () => {
  it('that runs out rejects; the late reply is no surprise and the connection lives', async () => {
    let answerLate = (): void => undefined;
    server.answer = (request, socket, line) => {
      if (request.method !== 'slow') echo(request, socket, line);
      else
        answerLate = () => {
          echo(request, socket, line);
        };
    };
    const error = await failure(client.call('slow', {}, { timeoutMs: 5 }));
    expect(error).toBeInstanceOf(RpcTimeoutError);
    expect(error.message).toBe('slow: no reply within 5 ms; it may still take effect');
    answerLate();
    await client.call('next');
    expect([server.connections, warnings]).toEqual([1, []]);
  });

  it.each([Infinity, 2 ** 31, 1e12])('of %d ms is not taken for none', async (timeoutMs) => {
    let release = (): void => undefined;
    server.answer = (request, socket, line) => {
      release = () => {
        echo(request, socket, line);
      };
    };
    const call = client.call('wait', {}, { timeoutMs });
    await until(() => server.requests.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    release();
    expect(await call).toEqual({ method: 'wait', params: {} });
  });
});

describe('a timeout', () => {
  it.each([0, -1, NaN])('of %d ms is refused, for it would mean never or at once', async (timeoutMs) => {
    expect(await failure(client.call('x', {}, { timeoutMs }))).toBeInstanceOf(RangeError);
    expect(server.requests).toEqual([]);
  });
});

describe('abort', () => {
  it('rejects with its reason, before or after sending', async () => {
    server.answer = silent;
    const reason = new Error('shutting down');
    expect(await failure(client.call('x', {}, { signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(server.requests).toEqual([]);
    const abort = new AbortController();
    const call = failure(client.call('x', {}, { signal: abort.signal }));
    await until(() => server.requests.length === 1);
    abort.abort(reason);
    expect(await call).toBe(reason);
  });

  it('is an error even when its reason is none', async () => {
    server.answer = silent;
    const abort = new AbortController();
    const call = failure(client.call('x', {}, { signal: abort.signal }));
    abort.abort('enough');
    expect((await call).message).toBe('enough');
  });

  it('leaves no listener behind', async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...given: Parameters<typeof add>) => {
      listeners++;
      add(...given);
    };
    signal.removeEventListener = (...given: Parameters<typeof remove>) => {
      listeners--;
      remove(...given);
    };
    for (let i = 0; i < 20; i++) await client.call('x', {}, { signal });
    expect(listeners).toBe(0);
  });
});

describe('a connection of its own', () => {
  it('shares no fate with the others and ends with the call', async () => {
    server.answer = (request, socket, line) => {
      if (request.method === 'wait') return;
      if (request.method === 'die') socket.destroy();
      else echo(request, socket, line);
    };
    const wait = client.call('wait', {}, { connection: 'own', timeoutMs: Infinity });
    const waitFailed = failure(wait);
    await until(() => server.requests.length === 1);
    expect(await failure(client.call('die'))).toBeInstanceOf(RpcUnreachableError);
    await client.call('x');
    expect(server.open).toBe(2);
    expect(await failure(client.call('wait', {}, { connection: 'own', timeoutMs: 5 }))).toBeInstanceOf(RpcTimeoutError);
    await until(() => server.open === 2);
    client.close();
    expect(await waitFailed).toBeInstanceOf(RpcUnreachableError);
    await until(() => server.open === 0);
  });
});

describe('no connection', () => {
  it('where there is no socket', async () => {
    const nowhere = connect(join(tmpdir(), 'there-is-no-such-socket'));
    const error = await failure(nowhere.call('getinfo'));
    expect(error).toBeInstanceOf(RpcUnreachableError);
    expect(error.message).toMatch(/^getinfo: lightningd is not reachable: .*there-is-no-such-socket.*ENOENT/);
    nowhere.close();
  });

  it('where the path is longer than a socket address holds', async () => {
    const nowhere = connect(join(tmpdir(), 'x'.repeat(200)));
    for (const kind of ['shared', 'own'] as const)
      expect(await failure(nowhere.call('getinfo', {}, { connection: kind }))).toBeInstanceOf(RpcUnreachableError);
    nowhere.close();
  });

  it('after it is lost rejects every pending call; none is repeated, the next connects anew', async () => {
    server.answer = silent;
    const calls = ['a', 'b', 'c'].map((name) => failure(client.call(name)));
    await until(() => server.requests.length === 3);
    server.hangUp();
    for (const error of await Promise.all(calls)) expect(error).toBeInstanceOf(RpcUnreachableError);
    server.answer = echo;
    await client.call('d');
    expect(server.requests.map((request) => request.method)).toEqual(['a', 'b', 'c', 'd']);
    expect(server.connections).toBe(2);
  });

  it('says so when it was lost in the middle of a reply', async () => {
    server.answer = (request, socket) => {
      socket.end(`{"jsonrpc":"2.0","id":"${request.id}","result":{"channels":[`);
    };
    expect((await failure(client.call('x'))).message).toContain('closed in the middle of a reply');
  });

  it('after close', async () => {
    server.answer = silent;
    const call = failure(client.call('x'));
    client.close();
    expect(await call).toBeInstanceOf(RpcUnreachableError);
    const error = await failure(client.call('x'));
    expect(error).toBeInstanceOf(RpcFailure);
    expect(error.message).toContain('the client is closed');
  });
});
