// How does a test run a simulated node in its own process, and speak to it byte by byte?
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Fatal } from '../../../src/sim/process/fatal.ts';
import { JsonFrames } from '../../../src/sim/process/json-frames.ts';
import { SimulatedNode } from '../../../src/sim/process/node.ts';
import type { NodeOptions } from '../../../src/sim/process/node-options.ts';

export type Json = Readonly<Record<string, unknown>>;
export interface Reply {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: Json;
  readonly result?: Json;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

const BAD = resolve(import.meta.dirname, '../../fixtures/plugins/bad.mjs');

export const makeFolder = (): string => mkdtempSync(join(tmpdir(), 'sp-'));
export const removeFolder = (folder: string): void => {
  rmSync(folder, { recursive: true, force: true });
};

/**
 * A copy of the misbehaving plugin in its own folder, told how to misbehave. Returns its path. `cp` makes it: what this process
 * had open for writing, a child that another test starts at that moment would have too, and none could execute it (ETXTBSY).
 */
export function badPlugin(folder: string, mode: string, name = 'bad.mjs'): string {
  const path = join(folder, name);
  execFileSync('cp', [BAD, path]);
  writeFileSync(`${path}.mode`, mode);
  return path;
}

export interface RunningNode {
  readonly folder: string;
  readonly socket: string;
  /** Resolves with the reply, whether result or error. */
  call(method: string, params?: unknown): Promise<Reply>;
  /** The result. @throws Error when the reply is an error. */
  result(method: string, params?: unknown): Promise<Json>;
  log(): string;
  /** Resolves with what took the node down. */
  readonly died: Promise<Fatal>;
  stop(): Promise<void>;
}

export const defaults = (folder: string): NodeOptions => ({
  lightningDir: folder,
  plugins: [],
  importantPlugins: [],
  disabledPlugins: [],
  vars: [],
  developer: true,
  logFile: null,
  speed: 1,
  days: null,
  freezeAfterDays: null,
  stateFile: null,
  pluginTimeout: 20,
  shutdownGrace: 20,
  world: { channels: 2, startMs: 1_795_219_200_000, flakyPeers: false },
});

/** Starts a node in this process. @throws Fatal when it does not start. */
export async function startNode(folder: string, options: Partial<NodeOptions> = {}): Promise<RunningNode> {
  let report: (fatal: Fatal) => void = () => undefined;
  const died = new Promise<Fatal>((resolve) => {
    report = resolve;
  });
  const node = new SimulatedNode(
    { ...defaults(folder), ...options },
    {
      exit: () => undefined,
      die: (fatal) => {
        report(fatal);
      },
    },
  );
  const clean = async (): Promise<void> => {
    await node.stop();
  };
  try {
    // A death during start-up ends the program at once; here it must end the waiting.
    const fatal = await Promise.race([node.start().then(() => null), died]);
    if (fatal) throw fatal;
  } catch (error) {
    await clean();
    throw error;
  }
  const call = (method: string, params: unknown = {}): Promise<Reply> => callOnce(node.socketPath, method, params);
  return {
    folder,
    socket: node.socketPath,
    call,
    async result(method, params) {
      const { error, result } = await call(method, params);
      if (error) throw new Error(`${method}: ${error.code} ${error.message}`);
      return result ?? {};
    },
    log: () => readFileSync(join(folder, 'regtest', 'log'), 'utf8'),
    died,
    stop: clean,
  };
}

/** One connection; replies and notifications in the order they came. */
export class Client {
  readonly #socket: Socket;
  readonly #frames = new JsonFrames();
  /** Everything received, as text. */
  text = '';
  readonly messages: Reply[] = [];
  readonly closed: Promise<void>;
  #wake: () => void = () => undefined;

  constructor(path: string) {
    this.#socket = connect(path);
    this.#socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      this.#socket.on('close', () => {
        resolve();
        this.#wake();
      });
    });
    this.#socket.on('data', (chunk) => {
      this.text += chunk.toString();
      try {
        for (const { value } of this.#frames.feed(chunk)) this.messages.push(value);
      } catch {
        // What is no JSON stands in `text`.
      }
      this.#wake();
    });
  }

  write(text: string): void {
    this.#socket.write(text);
  }
  request(id: unknown, method: string, params: unknown = {}): void {
    this.write(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
  }
  /** Resolves when so many messages have come, or the connection has closed. */
  async received(count: number): Promise<readonly Reply[]> {
    while (this.messages.length < count && !this.#socket.destroyed)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    return this.messages;
  }
  end(): void {
    this.#socket.destroy();
  }
}

export async function callOnce(path: string, method: string, params: unknown): Promise<Reply> {
  const client = new Client(path);
  client.request('t', method, params);
  const [reply] = await client.received(1);
  client.end();
  if (!reply) throw new Error(`${method}: the connection closed without a reply`);
  return reply;
}

/** Asks again until the answer is true; the test's own time limit ends it. */
export async function until(question: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await question())) await new Promise((resolve) => setTimeout(resolve, 5));
}
