// How do we ask lightningd, and what do its failures mean to the application?
import { DecodeError } from '../cln/decode.ts';
import { RpcError, RpcFailure, RpcTimeoutError, RpcUnreachableError, UNKNOWN_METHOD } from '../cln/errors.ts';
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
    return new NodeError(error.code === UNKNOWN_METHOD ? 'unknown-command' : 'refused', error.message, error.code);
  if (error instanceof RpcTimeoutError) return new NodeError('timeout', error.message);
  if (error instanceof RpcUnreachableError) return new NodeError('unreachable', error.message);
  if (error instanceof RpcFailure || error instanceof DecodeError) return new NodeError('unreadable', error.message);
  return error;
}

export const isUnknownCommand = (error: unknown): boolean =>
  error instanceof NodeError && error.kind === 'unknown-command';
