// How does a test play lightningd to a plugin in a process of its own?
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { Message } from './harness.ts';

export class Child {
  readonly process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly exit: Promise<number | string>;
  stdout = '';
  stderr = '';
  #lastId = 0;
  #onOutput: () => void = () => undefined;

  /** @param env in place of the test's own */
  constructor(file: string, env: NodeJS.ProcessEnv = process.env) {
    this.process = spawn(process.execPath, [file, '--developer'], { stdio: ['pipe', 'pipe', 'pipe'], env });
    const decoder = new StringDecoder('utf8');
    this.process.stdout.on('data', (bytes: Buffer) => {
      this.stdout += decoder.write(bytes);
      this.#onOutput();
    });
    this.process.stderr.on('data', (bytes: Buffer) => {
      this.stderr += bytes.toString('utf8');
      this.#onOutput();
    });
    this.process.stdin.on('error', () => undefined);
    this.exit = once(this.process, 'close').then(([code, signal]) => (code ?? signal) as number | string);
    void this.exit.then(() => {
      this.#onOutput();
    });
  }

  /** What lightningd would make of stdout: messages only. @throws where anything else stands between. */
  get messages(): Message[] {
    return this.stdout
      .split('\n\n')
      .slice(0, -1)
      .map((text) => {
        const message = JSON.parse(text) as Message;
        if ((message.jsonrpc as string) !== '2.0') throw new Error(`lightningd would kill for: ${text}`);
        return message;
      });
  }

  get logs(): unknown[] {
    return this.messages.filter((message) => message.method === 'log').map((message) => message.params);
  }

  /** Waits until the output satisfies the condition, or the process ends. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.process.exitCode !== null || this.process.signalCode !== null)
        throw new Error(`the plugin ended: ${this.stderr}`);
      await new Promise<void>((resolve) => {
        this.#onOutput = resolve;
      });
    }
  }

  async ask(method: string, params: unknown = {}): Promise<Message> {
    const id = `cln:${method}#${String(++this.#lastId)}`;
    this.process.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n\n`);
    const found = (): Message | undefined => {
      // Only when a reply may be whole: parsing everything at each chunk would be slow for long ones.
      if (!this.stdout.endsWith('\n\n')) return undefined;
      return this.messages.find((message) => message.id === id);
    };
    await this.until(() => found() !== undefined);
    return found() as Message;
  }

  notify(topic: string, params: unknown): void {
    this.process.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', method: topic, params })}\n\n`);
  }
}
