// What does a JSON-RPC reply of lightningd look like, byte for byte?
import { printJson } from '../json.ts';
import { SimError } from '../method.ts';

/** A result that is JSON text already. */
export class RawJson {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const INVALID_REQUEST = -32600;

/** `id` is JSON text, as it stood in the request. */
export const success = (id: string, result: unknown): string =>
  `{"jsonrpc":"2.0","id":${id},"result":${result instanceof RawJson ? result.text : printJson(result)}}`;

export function failure(id: string, { code, message, data }: SimError): string {
  const error = printJson(data === undefined ? { code, message } : { code, message, data });
  return `{"jsonrpc":"2.0","id":${id},"error":${error}}`;
}

/** For what is not a request at all, or lacks a part of one. */
export const malformed = (message: string, id = 'null'): string => failure(id, new SimError(INVALID_REQUEST, message));
