// A plugin that does everything a plugin should not, to see that it lives all the same. Bundled and run by the tests.
import { appendFileSync } from 'node:fs';
import { RpcClient } from '../../src/cln/rpc-client.ts';
import { MethodError, runPlugin, type MethodDeclaration } from '../../src/cln/plugin.ts';

let rpc: RpcClient | null = null;
/** Where it writes down what happened, given as an option. */
let diary: string | null = null;
const note = (what: string): void => {
  if (diary !== null) appendFileSync(diary, `${what}\n`);
};

const method = (name: string, run: MethodDeclaration['run']): MethodDeclaration => ({
  name,
  usage: '[anything]',
  description: name,
  run,
});

const plugin = runPlugin({
  options: [
    { name: 'fixture-diary', type: 'string', description: 'a file to write to' },
    { name: 'fixture-int', type: 'int', default: 5, description: 'an int', dynamic: true },
  ],
  methods: [
    method('fixture-echo', (params) => Promise.resolve(params)),
    method('fixture-node', async (params) => rpc?.call('getinfo', params as Record<string, unknown>)),
    method('fixture-print', () => {
      console.log('printed by console.log');
      console.info('{"jsonrpc":"2.0","method":"log","params":{"level":"fatal","message":"printed"}}');
      process.stdout.write('written to stdout');
      return Promise.resolve('printed');
    }),
    method('fixture-throw', () => Promise.reject(new MethodError(-32602, 'asked to'))),
    method('fixture-fault', () => {
      setTimeout(() => {
        throw new Error('thrown by a timer');
      }, 0);
      void Promise.reject(new Error('rejected unheard'));
      return Promise.resolve('waiting for faults');
    }),
    method('fixture-log', () => {
      plugin.log('warning' as 'warn', 'at a level that kills');
      plugin.log('info', 'two\nlines');
      plugin.log('info', 'x'.repeat(1_000_000));
      return Promise.resolve('logged');
    }),
    method('fixture-slow', async (_params, call) => {
      for (let step = 0; step < 3; step++) {
        call.progress(step, 3);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      return 'done';
    }),
  ],
  subscriptions: {
    connect: () => {
      throw new Error('cannot bear visitors');
    },
  },
  init: ({ options, socketPath }) => {
    diary = options['fixture-diary'] as string;
    note('init');
    rpc = new RpcClient({ socketPath, idPrefix: 'fixture', timeoutMs: 10_000 });
    return undefined;
  },
  setOption: (name, value) => {
    note(`${name}=${String(value)}`);
    return null;
  },
  shutdown: async () => {
    rpc?.close();
    // More than a pipe holds: all of it has to be out before the process ends.
    plugin.log('info', `${'x'.repeat(4999)}\n`.repeat(200));
    await new Promise((resolve) => setTimeout(resolve, 5));
    note('shutdown');
  },
  onFault: (error) => {
    note(`fault: ${(error as Error).message}`);
  },
});
