// How do we ask lightningd, and what do its failures mean to the application?
import { DecodeError } from '../cln/decode.ts';
import {
  INVALID_PARAMS,
  RpcError,
  RpcFailure,
  RpcTimeoutError,
  RpcUnreachableError,
  UNKNOWN_METHOD,
} from '../cln/errors.ts';
import type { RpcClient } from '../cln/rpc-client.ts';
import { NodeError } from '../ports.ts';

export type Params = Readonly<Record<string, unknown>>;
export type AskOptions = NonNullable<Parameters<RpcClient['call']>[2]>;

/**
 * One call, its reply decoded.
 * @throws NodeError whatever goes wrong, the decoding included.
 */
export type Ask = <T>(
  method: string,
  params: Params,
  decode: (reply: unknown) => T,
  options?: AskOptions,
) => Promise<T>;

/** An error reply, with what it carries beside code and sentence: only those who know the method can read that. */
export class Refusal extends NodeError {
  readonly data: unknown;
  constructor(kind: 'unknown-command' | 'refused', message: string, code: number, data: unknown) {
    super(kind, message, code);
    this.data = data;
  }
}

export function asker(client: Pick<RpcClient, 'call'>): Ask {
  return async (method, params, decode, options) => {
    try {
      return decode(await client.call(method, { ...params }, options));
    } catch (error) {
      throw asNodeError(error);
    }
  };
}

/** Passes on unchanged what is no failure of the node: a bug of ours must not look like one. */
function asNodeError(error: unknown): unknown {
  if (error instanceof RpcError)
    return new Refusal(
      error.code === UNKNOWN_METHOD ? 'unknown-command' : 'refused',
      error.message,
      error.code,
      error.data,
    );
  if (error instanceof RpcTimeoutError) return new NodeError('timeout', error.message);
  if (error instanceof RpcUnreachableError) return new NodeError('unreachable', error.message);
  if (error instanceof RpcFailure || error instanceof DecodeError) return new NodeError('unreadable', error.message);
  return error;
}

export const isUnknownCommand = (error: unknown): boolean =>
  error instanceof NodeError && error.kind === 'unknown-command';

/**
 * Whether `wait` knows no index of that subsystem: no `wait` before v23.08, forwards and payments since v23.11, moves since
 * v25.09. Any other refusal is a failure: taken for an old node it would have us list everything.
 */
export const knowsNoIndex = (error: unknown): boolean =>
  isUnknownCommand(error) ||
  (error instanceof NodeError && error.code === INVALID_PARAMS && error.message.includes('subsystem'));
