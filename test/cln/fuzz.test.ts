// Does any damage to what lightningd sends crash the plugin, grow it, or make it write what would kill it?
// FUZZ=1000000 sets the number of messages; the suite takes a small part of that.
import { readFileSync } from 'node:fs';
import { PassThrough, Writable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  array,
  decode,
  DecodeError,
  int,
  msatClamped,
  msatValue,
  num,
  object,
  optional,
  str,
} from '../../src/cln/decode.ts';
import { RpcFailure } from '../../src/cln/errors.ts';
import { MethodError, runPlugin, type PluginDefinition } from '../../src/cln/plugin.ts';
import { RpcClient } from '../../src/cln/rpc-client.ts';
import { definition, method, settled, type Message } from './harness.ts';
import { dice, mutateBytes, mutateMessage, mutateValue } from './mutate.ts';
import { reply, SocketServer, type Request } from './socket-server.ts';

const MESSAGES = Number(process.env['FUZZ'] ?? 20_000);
const SEED = Number(process.env['FUZZ_SEED'] ?? 1);
/** Messages to one plugin before the next one is started, so that init is damaged often, too. */
const PER_PLUGIN = 5_000;
/** Messages between two looks whether the plugin still answers. */
const BETWEEN_LOOKS = 50;
/** What the heap may grow by over all messages; a leak of 20 bytes a message would show in a million. */
const HEAP_MARGIN = 16 * 2 ** 20;

const recordings = new URL('../fixtures/recordings/', import.meta.url);
const corpus = readFileSync(new URL('plugin-messages.jsonl', recordings), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Message);
/** An undamaged shutdown would end most runs before they have begun; mutate.ts puts its name in now and then. */
const damaged = corpus.filter((message) => message.method !== 'shutdown');
const topics = corpus.filter((message) => message.id === undefined).map((message) => message.method ?? '');

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const heapUsed = (): number => {
  collect();
  return process.memoryUsage().heapUsed;
};

/** What the recorded messages talk to. */
const fuzzed = (): PluginDefinition =>
  definition({
    options: [
      { name: 'rec-int', type: 'int', default: 5, description: 'an int', dynamic: true },
      { name: 'rec-bool', type: 'bool', default: true, description: 'a bool', dynamic: true },
      { name: 'rec-multi', type: 'string', multi: true, description: 'texts' },
    ],
    methods: [
      method('rec-echo', (params) => Promise.resolve(params)),
      method('rec-error', (params) => Promise.reject(new MethodError(-32602, 'bad param', params))),
      method('rec-progress', (_params, call) => {
        call.progress(0, 3);
        call.message('step 0');
        return Promise.resolve({});
      }),
      method('look', () => Promise.resolve('alive')),
    ],
    subscriptions: Object.fromEntries(
      [...new Set(topics)]
        .filter((topic) => topic !== 'shutdown')
        .map((topic) => [
          topic,
          (payload: unknown) => {
            decode(object({ id: str }), payload, topic);
          },
        ]),
    ),
    setOption: (_name, value) => (value === '666' ? '666 is evil' : null),
  });

const LEVELS: unknown[] = ['debug', 'info', 'warn', 'error'];

/** Takes what the plugin writes as lightningd does: anything that is not a message is the end. */
class Judge {
  /** By id, how often it was answered; only ids that ask `look` are kept. */
  readonly looks = new Map<string, number>();
  /** What lightningd would have killed for. */
  readonly refused: string[] = [];
  written = 0;
  readonly stream = new Writable({
    decodeStrings: false,
    write: (text: string, _encoding, done) => {
      // Thrown here it would only be one more failed reply to the plugin.
      if (text !== '' && !this.#bears(text)) this.refused.push(text);
      done();
    },
  });

  #bears(text: string): boolean {
    this.written++;
    let message: Partial<Message>;
    try {
      message = JSON.parse(text) as Partial<Message>;
    } catch {
      return false;
    }
    const answers = message.id !== undefined && ('result' in message || 'error' in message);
    const tells =
      (message.method === 'log' || message.method === 'message' || message.method === 'progress') &&
      (message.method === 'progress' || LEVELS.includes(message.params?.['level']));
    if (typeof message.id === 'string' && message.id.startsWith('look#'))
      this.looks.set(message.id, (this.looks.get(message.id) ?? 0) + 1);
    return message.jsonrpc === '2.0' && (answers || tells) && text.endsWith('\n\n');
  }
}

describe('a plugin under damaged messages', () => {
  it(`answers on after ${String(MESSAGES)} of them, keeps nothing, and writes only messages`, async () => {
    const roll = dice(SEED);
    const noise = process.stderr.write.bind(process.stderr);
    process.stderr.write = () => true;
    let sent = 0;
    let written = 0;
    let heapAtFirst = 0;
    try {
      while (sent < MESSAGES) {
        const judge = new Judge();
        const input = new PassThrough();
        const exits: number[] = [];
        runPlugin(fuzzed(), { input, output: judge.stream, exit: (code) => exits.push(code) });
        // Straight to the listener: a stream's own turns would cost more than the plugin.
        const send = (bytes: Uint8Array): void => {
          input.emit('data', bytes);
        };
        for (const message of corpus.slice(0, 2)) if (roll(4) > 0) send(Buffer.from(JSON.stringify(message)));
        for (let n = 1; n <= PER_PLUGIN && sent < MESSAGES && exits.length === 0; n++) {
          const bytes = mutateMessage(roll, damaged);
          const cut = roll(bytes.length + 1);
          send(bytes.subarray(0, cut));
          send(bytes.subarray(cut));
          sent++;
          if (n % BETWEEN_LOOKS !== 0) continue;
          const id = `look#${String(sent)}`;
          send(Buffer.from(`"\n\n{"jsonrpc":"2.0","id":"${id}","method":"look","params":{}}\n\n`));
          await settled();
          expect(judge.looks.get(id)).toBe(1);
        }
        await settled();
        input.destroy();
        written += judge.written;
        if (heapAtFirst === 0) heapAtFirst = heapUsed();
      }
    } finally {
      process.stderr.write = noise;
    }
    expect(written).toBeGreaterThan(MESSAGES / 10);
    expect(heapUsed() - heapAtFirst).toBeLessThan(HEAP_MARGIN);
  }, 600_000);
});

describe('decoders under damaged replies', () => {
  const forwards = object({
    forwards: array(
      object({
        created_index: optional(int),
        in_channel: str,
        in_msat: msatValue,
        fee_msat: optional(msatClamped),
        received_time: num,
      }),
    ),
  });

  it('give the right type or DecodeError, never anything else', () => {
    const roll = dice(SEED + 1);
    const recorded = JSON.parse(readFileSync(new URL('listforwards.json', recordings), 'utf8')) as { result: object };
    let refused = 0;
    for (let n = 0; n < MESSAGES / 4; n++) {
      let value: unknown = recorded.result;
      for (let times = 1 + roll(3); times > 0; times--) value = mutateValue(roll, value);
      try {
        for (const row of decode(forwards, value, 'listforwards').forwards)
          if (typeof row.in_msat !== 'bigint' || typeof row.in_channel !== 'string') throw new Error('wrong type');
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(0);
  });
});

describe('the client under damaged replies', () => {
  let server: SocketServer;
  beforeAll(async () => {
    server = await SocketServer.listen(() => undefined);
  });
  afterAll(() => server.close());

  it('settles every call', async () => {
    const roll = dice(SEED + 2);
    const badReply = (request: Request): Buffer => {
      const whole = { jsonrpc: '2.0', id: request.id, result: { a: [1, '⚡', { b: null }] } };
      const bytes = Buffer.from(`${JSON.stringify(roll(2) === 0 ? whole : mutateValue(roll, whole))}\n\n`);
      return roll(2) === 0 ? bytes : mutateBytes(roll, bytes, bytes);
    };
    server.answer = (request, socket) => {
      if (request.method === 'good') reply(socket, request.id, 'good');
      else socket.write(badReply(request));
    };
    const client = new RpcClient({ socketPath: server.path, idPrefix: 'fuzz', timeoutMs: 30_000 });
    try {
      for (let n = 0; n < MESSAGES / 40; n++) {
        const abort = new AbortController();
        const bad = client.call('bad', {}, { signal: abort.signal }).catch((error: unknown) => error);
        // Whatever came back for the first: the second call is answered, or fails with it and the third is answered.
        const good = await client.call('good').catch((error: unknown) => error);
        if (good !== 'good') {
          expect(good).toBeInstanceOf(RpcFailure);
          expect(await client.call('good')).toBe('good');
        }
        abort.abort();
        await bad;
      }
    } finally {
      client.close();
    }
  }, 600_000);
});
