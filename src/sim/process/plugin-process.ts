// How does the node talk to one plugin? Its process, its standard streams, its pending requests, and its violent end.
import { spawn, type ChildProcess } from 'node:child_process';
import { basename } from 'node:path';
import { FrameError, JsonFrames, type Frame } from './json-frames.ts';
import { memberText } from './json-splice.ts';
import { parseLogLevel, type LogLevel } from './log-book.ts';

/** How far a plugin has come; the words are lightningd's, for "exited before replying to init". */
export type PluginState =
  | 'unconfigured'
  | 'before replying to getmanifest'
  | 'before we sent init'
  | 'before replying to init'
  | 'during normal operation';

/** lightningd's PLUGIN_TERMINATED. */
const TERMINATED = -4;

/** Receives a `message` or `progress` notification and its params as JSON text. */
type OnNotify = (method: string, params: string) => void;

interface Pending {
  readonly onReply: (reply: Frame) => void;
  readonly onNotify: OnNotify | null;
}

export interface PluginEvents {
  readonly log: (level: LogLevel, text: string) => void;
  /** A notification of the plugin's own. */
  readonly custom: (topic: string, params: string) => void;
  /** Its end, once: killed or exited. */
  readonly gone: () => void;
}

export interface Launch {
  readonly cwd: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

export class PluginProcess {
  /** Real path, which is also its name in `plugin list`. */
  readonly path: string;
  readonly shortName: string;
  state: PluginState = 'unconfigured';
  readonly #events: PluginEvents;
  readonly #child: ChildProcess;
  readonly #pending = new Map<string, Pending>();
  /** Why it was killed; null while it lives. */
  #end: string | null = null;
  readonly #onEnd: (() => void)[] = [];
  /** Chunks are read one after the other, though reading one may pause. */
  #reading: Promise<void> = Promise.resolve();

  constructor(path: string, launch: Launch, events: PluginEvents) {
    this.path = path;
    this.shortName = basename(path);
    this.#events = events;
    // The plugin's stderr is the node's own.
    const child = spawn(path, launch.args, { cwd: launch.cwd, env: launch.env, stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child = child;
    child.on('error', (error) => {
      this.kill('info', `opening pipe: ${error.message}`);
    });
    // A plugin that died takes no more; that it is gone shows at its standard output.
    child.stdin.on('error', () => undefined);
    const frames = new JsonFrames();
    child.stdout.on('data', (chunk: Buffer) => {
      this.#reading = this.#reading.then(() => this.#read(frames, chunk));
    });
    child.stdout.on('close', () => {
      void this.#reading.then(() => {
        this.kill('info', `exited ${this.state}`);
      });
    });
  }

  get end(): string | null {
    return this.#end;
  }
  get logSource(): string {
    return `plugin-${this.shortName}`;
  }

  /** Resolves when it has ended, or after so many milliseconds. */
  ended(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#end !== null) {
        resolve();
        return;
      }
      const timer = setTimeout(resolve, ms);
      this.#onEnd.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /**
   * Sends a request made by `text(id)`, where id is JSON text, and resolves with the reply. When the plugin dies, that
   * is the error lightningd makes up in its place; it never rejects.
   */
  request(id: string, text: (id: string) => string, onNotify: OnNotify | null = null): Promise<Frame> {
    const quoted = JSON.stringify(id);
    return new Promise((resolve) => {
      if (this.#end !== null) {
        resolve(terminated(quoted));
        return;
      }
      this.#pending.set(quoted, { onReply: resolve, onNotify });
      this.send(text(quoted));
    });
  }

  /** Sends one message as it is. */
  send(text: string): void {
    if (this.#end === null) this.#child.stdin?.write(`${text}\n\n`);
  }

  /** Kills it, with a reason for the log; the first reason counts. */
  kill(level: LogLevel, reason: string): void {
    if (this.#end !== null) return;
    this.#end = reason;
    this.#events.log(level, `Killing plugin: ${reason}`);
    this.#child.kill('SIGKILL');
    this.#child.stdout?.destroy();
    for (const [id, { onReply }] of this.#pending) onReply(terminated(id));
    this.#pending.clear();
    this.#events.gone();
    for (const listener of this.#onEnd) listener();
  }

  async #read(frames: JsonFrames, chunk: Buffer): Promise<void> {
    try {
      for (const frame of frames.feed(chunk)) {
        if (this.#end !== null) return;
        const starting = this.state !== 'during normal operation';
        const problem = this.#handle(frame);
        // A reply to getmanifest or init takes effect before lightningd reads what follows it.
        if (starting) await new Promise(setImmediate);
        if (problem !== null) {
          this.kill('unusual', problem);
          return;
        }
      }
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.kill('unusual', error.message);
    }
  }

  /** Null, or what the plugin did wrong. */
  #handle({ text, value }: Frame): string | null {
    const id = memberText(text, 'id');
    if (id === null) return this.#notification(text, value);
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.onReply({ text, value });
    return null;
  }

  #notification(text: string, value: Frame['value']): string | null {
    const { method } = value;
    const params = memberText(text, 'params');
    if (typeof method !== 'string' || params === null)
      return `Malformed JSON-RPC notification missing "method" or "params": ${text}`;
    if (method === 'log') return this.#log(value['params']);
    if (method === 'message' || method === 'progress') {
      const id = memberText(params, 'id');
      if (id === null) return 'JSON-RPC notify "id"-field is not present';
      this.#pending.get(id)?.onNotify?.(method, params);
      return null;
    }
    this.#events.custom(method, params);
    return null;
  }

  #log(params: unknown): string | null {
    const { message, level = 'info' } = (params ?? {}) as { message?: unknown; level?: unknown };
    if (typeof message !== 'string') return 'Log notification from plugin doesn\'t have a string "message" field';
    const known = typeof level === 'string' ? parseLogLevel(level) : null;
    if (known === null || known === 'io')
      return (
        `Unknown log-level ${JSON.stringify(level)}, valid values are ` +
        '"trace", "debug", "info", "warn", or "error".'
      );
    for (const line of message.split('\n')) this.#events.log(known, line);
    return null;
  }
}

function terminated(id: string): Frame {
  const error = { code: TERMINATED, message: 'Plugin terminated before replying to RPC call.' };
  const text = `{"jsonrpc": "2.0", "id": ${id}, "error": ${JSON.stringify(error)}}`;
  return { text, value: { jsonrpc: '2.0', error } };
}
