// Who calls the node's commands over the unix socket, and what reaches them back?
import { chmodSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { EXIT, Fatal } from './fatal.ts';
import type { Fault } from './faults.ts';
import { FrameError, JsonFrames, type Frame } from './json-frames.ts';
import { memberText } from './json-splice.ts';
import { malformed } from './reply.ts';

/** One request of one caller. */
export interface Call {
  /** As JSON text: quotes belong to it. */
  readonly id: string;
  readonly method: string;
  readonly params: unknown;
  readonly filter: unknown;
  /** The request as it came. */
  readonly text: string;
  readonly caller: Connection;
  /** Whether the caller had switched notifications on when it called. */
  readonly wantsNotifications: boolean;
}

/** Makes the reply to a call; null when there will be none. */
export type Dispatch = (call: Call) => Promise<{ readonly reply: string; readonly fault: Fault | null }>;

export class Connection {
  notifications = false;
  readonly #socket: Socket;
  readonly #closed = new AbortController();
  /** Replies held back by a `reorder` fault, until another has left. */
  #held: string[] = [];
  /** Bytes leave in the order of sending, even where they leave one by one. */
  #output: Promise<void> = Promise.resolve();

  constructor(socket: Socket, dispatch: Dispatch) {
    this.#socket = socket;
    const frames = new JsonFrames();
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#closed.abort();
    });
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const frame of frames.feed(chunk)) this.#request(frame, dispatch);
      } catch (error) {
        if (!(error instanceof FrameError)) throw error;
        this.send(malformed(error.message));
        this.close();
      }
    });
  }

  /** Aborts when the caller hangs up. */
  get signal(): AbortSignal {
    return this.#closed.signal;
  }

  send(text: string, byteByByte = false): void {
    const bytes = Buffer.from(`${text}\n\n`);
    if (!byteByByte) {
      this.#output = this.#output.then(() => void this.#socket.write(bytes));
      return;
    }
    this.#socket.setNoDelay(true);
    this.#output = this.#output.then(async () => {
      for (let i = 0; i < bytes.length; i++) {
        this.#socket.write(bytes.subarray(i, i + 1));
        await new Promise(setImmediate);
      }
    });
  }

  /** Resolves when everything sent so far has left. */
  async flush(): Promise<void> {
    await this.#output;
    if (!this.#socket.destroyed) await new Promise((resolve) => this.#socket.write('', resolve));
  }

  /** Sends what is on its way, then closes. */
  close(): void {
    void this.#output.then(() => this.#socket.end());
  }
  destroy(): void {
    this.#socket.destroy();
  }

  #request({ text, value }: Frame, dispatch: Dispatch): void {
    const id = memberText(text, 'id');
    const { method, params } = value;
    if (id === null) this.send(malformed('No id'));
    else if (/^[{[]/.test(id)) this.send(malformed('Expected string/primitive for id'));
    else if (value['jsonrpc'] !== '2.0') this.send(malformed('jsonrpc: "2.0" must be specified in the request'));
    else if (method === undefined) this.send(malformed('No method', id));
    else if (params === undefined) this.send(malformed('No params', id));
    else if (typeof method !== 'string') this.send(malformed('Expected string for method', id));
    else {
      const wantsNotifications = this.notifications;
      const call = { id, method, params, filter: value['filter'], text, caller: this, wantsNotifications };
      void dispatch(call).then(({ reply, fault }) => {
        this.#deliver(reply, fault);
      });
    }
  }

  #deliver(reply: string, fault: Fault | null): void {
    switch (fault?.kind) {
      case 'hang':
        return;
      case 'drop':
        this.destroy();
        return;
      case 'reorder':
        this.#held.push(reply);
        return;
      case 'delay':
        setTimeout(() => {
          this.#deliver(reply, null);
        }, fault.delayMs).unref();
        return;
      case 'garbage':
        this.send('}this is no JSON{');
        break;
      case 'split':
        this.send(reply, true);
        break;
      case 'error':
      case undefined:
        this.send(reply);
    }
    for (const held of this.#held.splice(0)) this.send(held);
  }
}

export class RpcServer {
  readonly #server: Server;
  readonly #connections = new Set<Connection>();

  constructor(dispatch: Dispatch) {
    this.#server = createServer((socket) => {
      const connection = new Connection(socket, dispatch);
      this.#connections.add(connection);
      socket.on('close', () => this.#connections.delete(connection));
    });
  }

  /** Serves the socket, readable by its owner only. @throws Fatal when another node serves it. */
  async listen(path: string): Promise<void> {
    if (await answers(path)) throw new Fatal(EXIT.fatal, `rpc filename '${path}' in use`);
    rmSync(path, { force: true });
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error) => {
        reject(new Fatal(EXIT.fatal, `Binding rpc socket to '${path}': ${error.message}`));
      });
      this.#server.listen(path, resolve);
    });
    chmodSync(path, 0o600);
  }

  /** Lets no one else in. */
  stopListening(): void {
    this.#server.close();
  }
  closeAll(): void {
    for (const connection of this.#connections) connection.destroy();
  }
}

const answers = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
