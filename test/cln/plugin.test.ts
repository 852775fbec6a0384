// Does a plugin live as lightningd expects? The process is left out here; process.test.ts has it.
import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import {
  MethodError,
  runPlugin,
  type InitMessage,
  type OptionDeclaration,
  type PluginDefinition,
} from '../../src/cln/plugin.ts';
import { definition, Harness, INIT_PARAMS, method, settled, started } from './harness.ts';

const OPTIONS: OptionDeclaration[] = [
  { name: 'p-int', type: 'int', default: 5, description: 'an int', dynamic: true },
  { name: 'p-bool', type: 'bool', default: true, description: 'a bool', dynamic: true },
  { name: 'p-text', type: 'string', description: 'a text' },
];

const throwsText = (): never => {
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- what a dependency may do
  throw 'just text';
};

describe('getmanifest', () => {
  it('touches nothing: lightningd --help asks it, too', async () => {
    const calls: string[] = [];
    const harness = new Harness(
      definition({
        init: () => {
          calls.push('init');
          return undefined;
        },
        shutdown: () => {
          calls.push('shutdown');
        },
      }),
    );
    await harness.ask('getmanifest', { 'allow-deprecated-apis': false, 'something new': 1 });
    harness.input.end();
    await harness.handle.done;
    expect(calls).toEqual([]);
    expect(harness.exits).toEqual([0]);
  });
});

describe('init', () => {
  it('hands over typed options, the configuration and the socket', async () => {
    let heard: InitMessage | undefined;
    const harness = new Harness(
      definition({
        options: OPTIONS,
        setOption: () => null,
        init: (message) => {
          heard = message;
          return undefined;
        },
      }),
    );
    const reply = await harness.ask('init', { ...INIT_PARAMS, options: { 'p-int': 77, 'p-bool': false } });
    expect(reply.result).toEqual({});
    expect(heard).toMatchObject({
      options: { 'p-int': 77, 'p-bool': false },
      configuration: { lightningDir: '/node/regtest', rpcFile: 'lightning-rpc', startup: true, network: 'regtest' },
      socketPath: '/node/regtest/lightning-rpc',
    });
    expect(heard?.configuration.raw).toEqual(INIT_PARAMS.configuration);
  });

  it('is answered before any work that init has begun', async () => {
    const order: string[] = [];
    const harness = new Harness(
      definition({
        init: () => {
          setImmediate(() => order.push(`work, with the reply ${harness.written === '' ? 'missing' : 'written'}`));
          return undefined;
        },
      }),
    );
    await harness.ask('init', INIT_PARAMS);
    await settled();
    expect(order).toEqual(['work, with the reply written']);
  });

  it.each<[string, Partial<PluginDefinition>, object, string]>([
    ['the plugin says so', { init: () => ({ disable: 'min > max' }) }, INIT_PARAMS, 'min > max'],
    [
      'init throws, because an error reply would be ignored',
      {
        init: () => {
          throw new Error('no such folder');
        },
      },
      INIT_PARAMS,
      'no such folder',
    ],
    [
      'an int was rounded on its way',
      { options: OPTIONS, setOption: () => null },
      { ...INIT_PARAMS, options: { 'p-int': 2 ** 60 } },
      'p-int: expected an integer within 2^53',
    ],
    ['there is no configuration', {}, {}, 'init.configuration.lightning-dir: expected a string, got nothing'],
    ['the params are positional', {}, [], 'init.configuration.lightning-dir'],
  ])('disables the plugin when %s', async (_what, given, params, message) => {
    const harness = new Harness(definition({ ...given, methods: [method('p-do', () => Promise.resolve(1))] }));
    const reply = await harness.ask('init', params);
    expect((reply.result as { disable: string }).disable).toContain(message);
    expect((await harness.ask('p-do')).error?.message).toContain('has not been initialised');
  });

  it('is accepted once', async () => {
    const harness = await started();
    expect((await harness.ask('init', INIT_PARAMS)).result).toEqual({ disable: 'init came twice' });
  });
});

describe('methods', () => {
  const echo = method('p-echo', (params) => Promise.resolve(params));

  it.each([{}, [], { a: 1, b: 'x' }, [1, 'x', true]])('get params as they came: %j', async (params) => {
    const harness = await started({ methods: [echo] });
    expect((await harness.ask('p-echo', params)).result).toEqual(params);
  });

  it('answer with the id byte for byte', async () => {
    const harness = await started({ methods: [echo] });
    for (const id of ['"caf\\u00e9\\/1/cln:p-echo#2"', '12345678901234567890', '"null/cln:p-echo#289"']) {
      await harness.send(`{"jsonrpc":"2.0","id":${id},"method":"p-echo","params":{"id":0}}\n\n`);
      expect(harness.written.endsWith(`{"jsonrpc":"2.0","id":${id},"result":{"id":0}}\n\n`)).toBe(true);
    }
  });

  it('that nobody has are unknown, also by inherited names', async () => {
    const harness = await started();
    for (const name of ['p-none', 'constructor', '__proto__', 'toString'])
      expect((await harness.ask(name)).error).toEqual({ code: -32601, message: `Unknown command '${name}'` });
  });

  it.each<[string, () => unknown, object]>([
    [
      'MethodError',
      () => Promise.reject(new MethodError(-32602, 'bad param', { x: 1 })),
      { code: -32602, message: 'bad param', data: { x: 1 } },
    ],
    ['MethodError without data', () => Promise.reject(new MethodError(7, 'no')), { code: 7, message: 'no' }],
    ['a defect', () => Promise.reject(new TypeError('x is undefined')), { code: -1, message: 'x is undefined' }],
    [
      'a defect thrown at once',
      () => {
        throw new TypeError('at once');
      },
      { code: -1, message: 'at once' },
    ],
    ['something that is no error', throwsText, { code: -1, message: 'just text' }],
    ['a code that is no integer', () => Promise.reject(new MethodError(NaN, 'no')), { code: -1, message: 'no' }],
    ['data that cannot be JSON', () => Promise.reject(new MethodError(7, 'no', 1n)), { code: 7, message: 'no' }],
    [
      'a bigint in the reply',
      () => Promise.resolve({ msat: 1n }),
      { code: -1, message: expect.stringContaining('BigInt') as string },
    ],
  ])('that fail with %s make an error reply and the plugin lives', async (_what, run, error) => {
    const harness = await started({ methods: [method('p-do', run as () => Promise<unknown>), echo] });
    expect((await harness.ask('p-do')).error).toEqual(error);
    expect((await harness.ask('p-echo', [1])).result).toEqual([1]);
  });

  it('that fail by a defect of ours are logged at error; by their caller, not', async () => {
    const harness = await started({
      methods: [
        method('p-defect', () => Promise.reject(new TypeError('oops'))),
        method('p-caller', () => Promise.reject(new MethodError(-32602, 'bad'))),
      ],
    });
    await harness.ask('p-caller');
    expect(harness.logs).toEqual([]);
    await harness.ask('p-defect');
    expect(harness.logs).toMatchObject([
      { level: 'error', message: expect.stringContaining('TypeError: oops') as string },
    ]);
  });

  it('answer in any order', async () => {
    let release = (): void => undefined;
    const slow = method(
      'p-slow',
      () =>
        new Promise((resolve) => {
          release = () => {
            resolve('slow');
          };
        }),
    );
    const harness = await started({ methods: [slow, echo] });
    await harness.send('{"jsonrpc":"2.0","id":"s","method":"p-slow","params":{}}\n\n');
    await harness.ask('p-echo');
    release();
    await settled();
    expect(harness.messages.at(-1)).toMatchObject({ id: 's', result: 'slow' });
  });

  it('without a result reply with an empty object', async () => {
    const harness = await started({ methods: [method('p-do', () => Promise.resolve(undefined))] });
    expect((await harness.ask('p-do')).result).toEqual({});
  });

  it('that are not requests at all get an error where somebody waits', async () => {
    const harness = await started();
    await harness.send('{"jsonrpc":"2.0","id":"x","method":"p","params":"text"}\n\n');
    expect(harness.messages.at(-1)).toMatchObject({ id: 'x', error: { code: -32600 } });
    expect(harness.logs).toMatchObject([{ level: 'warn' }]);
  });
});

describe('progress', () => {
  it('goes to the caller under the id of the request, and not after the reply', async () => {
    let late = (): void => undefined;
    const harness = await started({
      methods: [
        method('p-do', (_params, call) => {
          call.message('step 0');
          call.progress(0, 3, { num: 0, total: 2 });
          call.progress(1, 3);
          late = () => {
            call.progress(2, 3);
          };
          return Promise.resolve('done');
        }),
      ],
    });
    const before = harness.messages.length;
    await harness.send('{"jsonrpc":"2.0","id":"a\\u00e9","method":"p-do","params":{}}\n\n');
    late();
    await settled();
    expect(harness.written).toContain('"params":{"id":"a\\u00e9","num":1,"total":3}');
    expect(harness.messages.slice(before)).toEqual([
      { jsonrpc: '2.0', method: 'message', params: { id: 'aé', level: 'info', message: 'step 0' } },
      { jsonrpc: '2.0', method: 'progress', params: { id: 'aé', num: 0, total: 3, stage: { num: 0, total: 2 } } },
      { jsonrpc: '2.0', method: 'progress', params: { id: 'aé', num: 1, total: 3 } },
      { jsonrpc: '2.0', id: 'aé', result: 'done' },
    ]);
  });

  it('that lightning-cli could not show is not sent', async () => {
    const harness = await started({
      methods: [
        method('p-do', (_params, call) => {
          for (const [num, total] of [
            [3, 3],
            [-1, 3],
            [0.5, 3],
            [NaN, 3],
            [0, Infinity],
          ] as const)
            call.progress(num, total);
          call.progress(0, 3, { num: 1, total: 1 });
          return Promise.resolve({});
        }),
      ],
    });
    await harness.ask('p-do');
    expect(harness.messages.filter((message) => message.method === 'progress')).toEqual([]);
  });
});

describe('setconfig', () => {
  const values: [string, unknown][] = [];
  const given: Partial<PluginDefinition> = {
    options: OPTIONS,
    setOption: (name, value) => {
      values.push([name, value]);
      return value === '666' ? '666 is evil' : null;
    },
    checkOption: (_name, value) => (value === '666' ? '666 is evil' : null),
    methods: [
      {
        ...method('p-do', () => Promise.resolve({})),
        check: (params) => {
          if (Array.isArray(params) && params.length > 1) throw new MethodError(-32602, 'too many');
        },
      },
    ],
  };

  it.each([
    ['p-int', 'abc'],
    ['p-int', ''],
    ['p-int', '4.5'],
    ['p-int', ' 4'],
    ['p-int', undefined],
    ['p-int', 42],
    ['p-bool', 'maybe'],
    ['p-bool', '1'],
    ['p-text', 'x'],
    ['p-unknown', 'x'],
    [5, 'x'],
  ])(
    'trap: nonsense is refused before the plugin hears of it, or lightningd would abort: %j=%j',
    async (config, val) => {
      values.length = 0;
      const harness = await started(given);
      const { error } = await harness.ask('setconfig', { config, val });
      expect(error?.code).toBe(-32602);
      // lightningd escapes double quotes a second time.
      expect(error?.message).not.toContain('"');
      expect((await harness.ask('check', { command_to_check: 'setconfig', config, val })).error?.code).toBe(-32602);
      expect(values).toEqual([]);
    },
  );

  it('hands over the text and takes a refusal', async () => {
    values.length = 0;
    const harness = await started(given);
    expect((await harness.ask('setconfig', { config: 'p-int', val: '42' })).result).toEqual({});
    expect((await harness.ask('setconfig', ['p-bool', 'false'])).result).toEqual({});
    expect((await harness.ask('setconfig', { config: 'p-int', val: '666' })).error).toEqual({
      code: -32602,
      message: '666 is evil',
    });
    expect(values).toEqual([
      ['p-int', '42'],
      ['p-bool', 'false'],
      ['p-int', '666'],
    ]);
  });

  it('refuses when the plugin itself fails over it', async () => {
    const harness = await started({
      ...given,
      setOption: () => {
        throw new Error('database locked');
      },
    });
    expect((await harness.ask('setconfig', { config: 'p-int', val: '42' })).error?.message).toBe('database locked');
  });

  it('is checked without being done', async () => {
    values.length = 0;
    const harness = await started(given);
    const check = (config: string, val: string) => harness.ask('check', { command_to_check: 'setconfig', config, val });
    expect((await check('p-int', '42')).result).toEqual({ command_to_check: 'setconfig' });
    expect((await check('p-int', '666')).error?.message).toBe('666 is evil');
    expect(values).toEqual([]);
  });

  describe('check', () => {
    it('tells what the method would tell about its parameters', async () => {
      const harness = await started(given);
      expect((await harness.ask('check', { command_to_check: 'p-do', a: 1 })).result).toEqual({
        command_to_check: 'p-do',
      });
      expect((await harness.ask('check', ['p-do', 1])).result).toEqual({ command_to_check: 'p-do' });
      expect((await harness.ask('check', ['p-do', 1, 2])).error).toEqual({ code: -32602, message: 'too many' });
      expect((await harness.ask('check', ['p-none'])).error?.code).toBe(-32601);
      expect((await harness.ask('check', [])).error?.code).toBe(-32602);
    });
  });
});

describe('notifications', () => {
  it.each([
    ['nested, as lightningd does', 'forward_event', { forward_event: { a: 1 } }],
    ['flat, as it did', 'forward_event', { a: 1 }],
    [
      "with origin and payload, as other plugins' were before v25.09",
      'their_topic',
      { origin: 'x.js', payload: { a: 1 } },
    ],
  ])('arrive as their payload: %s', async (_what, topic, params) => {
    const heard: unknown[] = [];
    const harness = await started({ subscriptions: { [topic]: (payload, name) => void heard.push(name, payload) } });
    await harness.notify(topic, params);
    expect(heard).toEqual([topic, { a: 1 }]);
  });

  it('without a handler are ignored, or go to the one for all', async () => {
    const heard: string[] = [];
    const one = await started({ subscriptions: { connect: () => void heard.push('connect') } });
    await one.notify('disconnect', {});
    await one.notify('constructor', {});
    const all = await started({ subscriptions: { '*': (_payload, topic) => void heard.push(`* ${topic}`) } });
    await all.notify('disconnect', {});
    expect(heard).toEqual(['* disconnect']);
  });

  it('whose handler fails are logged and the next one is heard', async () => {
    let heard = 0;
    const harness = await started({
      subscriptions: {
        connect: () => {
          throw new Error('at once');
        },
        disconnect: () => Promise.reject(new Error('later')),
        block_added: () => {
          heard++;
        },
      },
    });
    await harness.notify('connect', {});
    await harness.notify('disconnect', {});
    await harness.notify('block_added', {});
    expect(heard).toBe(1);
    expect(harness.logs.map(({ level, message }) => [level, message.split('\n')[0]])).toEqual([
      ['error', 'notification connect: Error: at once'],
      ['error', 'notification disconnect: Error: later'],
    ]);
  });

  it('trap: a failing handler for warnings does not log, for its log would be the next warning', async () => {
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      const harness = await started({
        subscriptions: {
          warning: () => {
            throw new Error('again');
          },
        },
      });
      await harness.notify('warning', { warning: { level: 'warn', log: 'x' } });
      expect(harness.logs).toEqual([]);
      expect(stderr.mock.calls.flat().join('')).toContain('notification warning: Error: again');
    } finally {
      stderr.mockRestore();
    }
  });

  it('of our own must have been declared', async () => {
    const harness = await started({ notifications: ['p_done'] });
    harness.handle.notify('p_done', { a: 1 });
    expect(harness.messages.at(-1)).toEqual({ jsonrpc: '2.0', method: 'p_done', params: { a: 1 } });
    expect(() => {
      harness.handle.notify('p_other', {});
    }).toThrow('expected a topic declared');
  });
});

describe('log', () => {
  it('sends the levels that every lightningd knows', async () => {
    const harness = await started();
    for (const level of ['debug', 'info', 'warn', 'error'] as const) harness.handle.log(level, `at ${level}`);
    expect(harness.logs).toEqual(
      ['debug', 'info', 'warn', 'error'].map((level) => ({ level, message: `at ${level}` })),
    );
  });

  it.each(['warning', 'trace', 'unusual', 'WARN', '', undefined, {}])(
    'trap: a level that kills the plugin becomes one that does not: %j',
    async (level) => {
      const harness = await started();
      harness.handle.log(level as 'warn', 'budget spent');
      expect(harness.logs).toEqual([{ level: 'warn', message: expect.stringContaining('budget spent') as string }]);
    },
  );

  it('keeps lines, and leaves out what a log cannot show', async () => {
    const harness = await started();
    harness.handle.log('info', 'one\r\ntwo\n\nthree\twide\n\n');
    harness.handle.log('info', 'bell \u0007, null \u0000, half \ud83d, whole 😀, escape \u001b[31m');
    expect(harness.logs.map(({ message }) => message)).toEqual([
      'one\ntwo\n\nthree\twide',
      'bell \ufffd, null \ufffd, half \ufffd, whole 😀, escape \ufffd[31m',
    ]);
  });
});

describe('length', () => {
  const long = `${'x'.repeat(300_000)}\nshort\n${'😀'.repeat(150_000)}`;
  const manyLines = 'a line\n'.repeat(100_000);

  it('trap: no line is longer than lightningd bears, which aborts beyond 2^18 bytes', async () => {
    const harness = await started();
    harness.handle.log('info', long);
    const lines = harness.logs[0]?.message.split('\n') ?? [];
    expect(lines).toHaveLength(3);
    expect(lines[0]).toBe(`${'x'.repeat(10_000)}... and 290000 characters more`);
    expect(lines[1]).toBe('short');
    for (const line of lines) expect(Buffer.byteLength(line)).toBeLessThan(2 ** 16);
  });

  it('trap: neither is the sentence that disables, which lightningd logs', async () => {
    const inits = [
      () => ({ disable: long }),
      () => ({ disable: manyLines }),
      () => {
        throw new Error(long);
      },
    ];
    for (const init of inits) {
      const { result } = await new Harness(definition({ init })).ask('init', INIT_PARAMS);
      expect(Buffer.byteLength((result as { disable: string }).disable)).toBeLessThan(2 ** 17);
    }
  });
});

describe('the end', () => {
  const closing = () => {
    const closed: string[] = [];
    const shutdown = async (): Promise<void> => {
      await settled();
      closed.push('closed');
    };
    return { closed, shutdown };
  };

  it('comes with shutdown: what is open is closed, then exit 0', async () => {
    const { closed, shutdown } = closing();
    const harness = await started({ shutdown });
    await harness.notify('shutdown', { shutdown: {} });
    await harness.handle.done;
    await settled();
    expect([closed, harness.exits]).toEqual([['closed'], [0]]);
  });

  it('comes once, whoever says so first', async () => {
    const { closed, shutdown } = closing();
    const harness = await started({ shutdown });
    await harness.notify('shutdown', { shutdown: {} });
    await harness.notify('shutdown', { shutdown: {} });
    harness.input.end();
    await harness.handle.done;
    await settled();
    expect([closed, harness.exits]).toEqual([['closed'], [0]]);
  });

  it('comes with the end of stdin, also in the middle of a message', async () => {
    const { closed, shutdown } = closing();
    const harness = await started({ shutdown });
    await harness.send('{"jsonrpc":');
    harness.input.end();
    await harness.handle.done;
    await settled();
    expect([closed, harness.exits]).toEqual([['closed'], [0]]);
  });

  it('comes when nobody reads any more (EPIPE), without an exception', async () => {
    const { closed, shutdown } = closing();
    const harness = await started({ shutdown });
    harness.outputGone = true;
    harness.handle.log('info', 'to nobody');
    await harness.handle.done;
    harness.handle.log('info', 'to nobody');
    await settled();
    expect([closed, harness.exits]).toEqual([['closed'], [0]]);
  });

  it('comes after the last word is out, where pipes are slow', async () => {
    let takeOne = (): void => undefined;
    const taken: string[] = [];
    const output = new Writable({
      write: (text: Buffer, _encoding, done) => {
        takeOne = () => {
          taken.push(text.toString('utf8'));
          done();
        };
      },
    });
    const input = new PassThrough();
    const exits: number[] = [];
    const plugin = runPlugin(definition(), { input, output, exit: (code) => exits.push(code) });
    for (const word of ['first', 'last']) plugin.log('info', word);
    input.end();
    await settled();
    expect(exits).toEqual([]);
    for (let i = 0; i < 3; i++) {
      takeOne();
      await settled();
    }
    expect(exits).toEqual([0]);
    expect(taken.join('')).toContain('last');
  });

  it('comes with 0 even when closing fails, which is logged', async () => {
    const harness = await started({ shutdown: () => Promise.reject(new Error('disk full')) });
    await harness.notify('shutdown', { shutdown: {} });
    await harness.handle.done;
    await settled();
    expect(harness.logs).toMatchObject([{ level: 'error', message: expect.stringContaining('disk full') as string }]);
    expect(harness.exits).toEqual([0]);
  });

  it('comes before 30 seconds are over, even when closing never ends', async () => {
    const harness = await started({ shutdown: () => new Promise(() => undefined) });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      await harness.notify('shutdown', { shutdown: {} });
      await vi.advanceTimersByTimeAsync(29_000);
      await harness.handle.done;
      await settled();
      expect(harness.exits).toEqual([0]);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('input', () => {
  it('is ignored until a message begins (trap: reckless pipes "Y" lines into a plugin under test)', async () => {
    const harness = new Harness(definition());
    await harness.send('Y\nY\nyes\n');
    expect(harness.written).toBe('');
    expect((await harness.ask('getmanifest')).result).toBeDefined();
    harness.input.end();
    await harness.handle.done;
    await settled();
    expect(harness.exits).toEqual([0]);
  });

  it('may come byte by byte', async () => {
    const harness = await started({ methods: [method('p-echo', (params) => Promise.resolve(params))] });
    for (const byte of Buffer.from('{"jsonrpc":"2.0","id":"é","method":"p-echo","params":["⚡"]}\n\n'))
      harness.input.write(Uint8Array.of(byte));
    await settled();
    expect(harness.messages.at(-1)).toMatchObject({ id: 'é', result: ['⚡'] });
  });
});
