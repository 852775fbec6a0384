// How does a test speak to a node? One connection per call, no code of the plugin's own.
import { connect } from 'node:net';

export class RpcFailure extends Error {
  readonly code: number;
  readonly data: unknown;
  constructor(method: string, error: { code: number; message: string; data?: unknown }) {
    super(`${method}: ${error.message}`);
    this.name = 'RpcFailure';
    this.code = error.code;
    this.data = error.data;
  }
}

export type Json = Record<string, unknown>;
export type Params = Json | readonly unknown[];

/** lightningd's reply. @throws RpcFailure for an error reply; Error when nobody answers in time. */
export function rpcCall(socketPath: string, method: string, params: Params = {}, timeoutMs = 120_000): Promise<Json> {
  return new Promise((done, failed) => {
    const socket = connect(socketPath);
    let text = '';
    const end = (act: () => void) => {
      clearTimeout(timer);
      socket.destroy();
      act();
    };
    const timer = setTimeout(() => {
      end(() => {
        failed(new Error(`${method}: no answer within ${String(timeoutMs)} ms`));
      });
    }, timeoutMs);
    socket.setEncoding('utf8');
    socket.on('error', (error) => {
      end(() => {
        failed(error);
      });
    });
    socket.on('close', () => {
      end(() => {
        failed(new Error(`${method}: connection closed before an answer`));
      });
    });
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (!text.endsWith('\n\n')) return;
      const reply = JSON.parse(text) as { result?: Json; error?: { code: number; message: string; data?: unknown } };
      end(() => {
        if (reply.error) failed(new RpcFailure(method, reply.error));
        else done(reply.result ?? {});
      });
    });
    socket.write(`${JSON.stringify({ jsonrpc: '2.0', id: `test:${method}#1`, method, params })}\n\n`);
  });
}

/** The error reply that a call is expected to give. @throws Error when it succeeds. */
export async function refusal(reply: Promise<unknown>): Promise<RpcFailure> {
  try {
    const result = await reply;
    throw new Error(`expected an error reply, got ${JSON.stringify(result)}`);
  } catch (error) {
    if (error instanceof RpcFailure) return error;
    throw error;
  }
}

export const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Long, since real nodes on a busy machine take minutes for what takes them a second alone. */
const PATIENCE_SECONDS = 300;

/** Asks again until the answer is neither false, null nor undefined. @throws Error with the last answer or failure. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | false | null | undefined> | T | false | null | undefined,
  seconds = PATIENCE_SECONDS,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  let last: unknown;
  do {
    try {
      const answer = await ask();
      if (answer !== false && answer !== null && answer !== undefined) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    await pause(100);
  } while (Date.now() < deadline);
  throw new Error(
    `gave up after ${String(seconds)} s waiting for ${what}: ${last instanceof Error ? last.message : JSON.stringify(last)}`,
    { cause: last },
  );
}
