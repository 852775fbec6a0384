// What listens at the other end of lightningd's socket in a test? A real unix socket, whose answers the test writes.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DocumentSplitter } from '../../src/cln/framing.ts';

export interface Request {
  readonly jsonrpc: string;
  readonly id: string;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly filter?: unknown;
}

/** `line` numbers the connections in the order they were made, from 0. */
export type Answer = (request: Request, socket: Socket, line: number) => void;

export class SocketServer {
  readonly #directory = mkdtempSync(join(tmpdir(), 'cln-'));
  readonly path = join(this.#directory, 'lightning-rpc');
  readonly requests: Request[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  connections = 0;
  answer: Answer;

  private constructor(answer: Answer) {
    this.answer = answer;
    this.#server = createServer((socket) => {
      const line = this.connections++;
      const splitter = new DocumentSplitter();
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => undefined);
      socket.on('data', (bytes) => {
        for (const text of splitter.push(bytes)) {
          const request = JSON.parse(text) as Request;
          this.requests.push(request);
          this.answer(request, socket, line);
        }
      });
    });
  }

  static async listen(answer: Answer): Promise<SocketServer> {
    const server = new SocketServer(answer);
    await new Promise<void>((resolve) => server.#server.listen(server.path, resolve));
    return server;
  }

  /** Connections that are open now. */
  get open(): number {
    return this.#sockets.size;
  }

  hangUp(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.hangUp();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.#directory, { recursive: true });
  }
}

export const reply = (socket: Socket, id: string, result: unknown): void => {
  socket.write(`${JSON.stringify({ jsonrpc: '2.0', id, result })}\n\n`);
};
