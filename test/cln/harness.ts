// How does a test talk to a plugin without a process? Two streams, and what came out of them.
import { PassThrough, Writable } from 'node:stream';
import type { LogLevel } from '../../src/cln/log.ts';
import { runPlugin, type MethodDeclaration, type PluginDefinition, type PluginHandle } from '../../src/cln/plugin.ts';

export interface Message {
  readonly jsonrpc: '2.0';
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

export const INIT_PARAMS = {
  options: {},
  configuration: { 'lightning-dir': '/node/regtest', 'rpc-file': 'lightning-rpc', startup: true, network: 'regtest' },
};

/** A definition in which everything not given does nothing. */
export const definition = (given: Partial<PluginDefinition> = {}): PluginDefinition => ({
  options: [],
  methods: [],
  subscriptions: {},
  init: () => undefined,
  shutdown: () => undefined,
  ...given,
});

export const method = (name: string, run: MethodDeclaration['run']): MethodDeclaration => ({
  name,
  usage: '',
  description: name,
  run,
});

/** A plugin on in-process streams. */
export class Harness {
  readonly handle: PluginHandle;
  readonly input = new PassThrough();
  /** Exactly what the plugin wrote. */
  written = '';
  readonly exits: number[] = [];
  /** Fails every later write, as a closed pipe does. */
  outputGone = false;

  constructor(plugin: PluginDefinition) {
    const output = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        if (this.outputGone) {
          done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
          return;
        }
        this.written += chunk.toString('utf8');
        done();
      },
    });
    this.handle = runPlugin(plugin, { input: this.input, output, exit: (code) => this.exits.push(code) });
  }

  /** Every message written so far; throws where something else was written. */
  get messages(): Message[] {
    return this.written
      .split('\n\n')
      .filter((text) => text !== '')
      .map((text) => JSON.parse(text) as Message);
  }

  get logs(): { level: LogLevel; message: string }[] {
    return this.messages
      .filter((message) => message.method === 'log')
      .map((message) => message.params as { level: LogLevel; message: string });
  }

  /** Sends raw text and lets everything that is ready run. */
  async send(text: string | Uint8Array): Promise<void> {
    this.input.write(text);
    await settled();
  }

  /** The reply to a request. */
  async ask(name: string, params: unknown = {}): Promise<Message> {
    const before = this.messages.length;
    const id = `cln:${name}#${String(before)}`;
    await this.send(`${JSON.stringify({ jsonrpc: '2.0', id, method: name, params })}\n\n`);
    const reply = this.messages.find((message) => message.id === id);
    if (!reply) throw new Error(`${name}: no reply`);
    return reply;
  }

  async notify(topic: string, params: unknown): Promise<void> {
    await this.send(`${JSON.stringify({ jsonrpc: '2.0', method: topic, params })}\n\n`);
  }
}

/** A plugin that has answered getmanifest and init. */
export async function started(given: Partial<PluginDefinition> = {}, options: object = {}): Promise<Harness> {
  const harness = new Harness(definition(given));
  await harness.ask('getmanifest', { 'allow-deprecated-apis': false });
  await harness.ask('init', { ...INIT_PARAMS, options });
  return harness;
}

/** Two turns of the event loop: streams deliver in one, promises settle in the next. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
}
