// How can a call fail, in either direction? One class per kind, so that callers decide by type and never by text.

/** lightningd's code for a failure that has no code of its own (common/jsonrpc_errors.h). */
export const GENERIC_ERROR = -1;
/** JSON-RPC 2.0: the message is not a request. */
export const INVALID_REQUEST = -32600;
/** JSON-RPC 2.0: nobody has a method of that name. */
export const UNKNOWN_METHOD = -32601;
/** JSON-RPC 2.0: a parameter is missing, unknown or not what it should be. */
export const INVALID_PARAMS = -32602;

/** What a method of the plugin throws to reply with a JSON-RPC error of its choosing. */
export class MethodError extends Error {
  readonly code: number;
  readonly data?: unknown;
  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.name = 'MethodError';
    this.code = code;
    if (data !== undefined) this.data = data;
  }
}

/** Base of everything RpcClient.call rejects with, other than the caller's own abort. */
export abstract class RpcFailure extends Error {
  /** The method that was called. */
  readonly method: string;
  protected constructor(method: string, message: string) {
    super(`${method}: ${message}`);
    this.method = method;
  }
}

/** lightningd, or the plugin behind the method, replied with an error. */
export class RpcError extends RpcFailure {
  /** lightningd's error code, for instance -32601 for an unknown command. */
  readonly code: number;
  readonly data?: unknown;
  constructor(method: string, code: number, message: string, data?: unknown) {
    super(method, `${message} (code ${String(code)})`);
    this.name = 'RpcError';
    this.code = code;
    if (data !== undefined) this.data = data;
  }
}

/** No reply in time. The call may still take effect. */
export class RpcTimeoutError extends RpcFailure {
  readonly timeoutMs: number;
  constructor(method: string, timeoutMs: number) {
    super(method, `no reply within ${String(timeoutMs)} ms; it may still take effect`);
    this.name = 'RpcTimeoutError';
    this.timeoutMs = timeoutMs;
  }
}

/** The socket could not be reached, or the connection was lost before the reply. The call may have taken effect. */
export class RpcUnreachableError extends RpcFailure {
  constructor(method: string, reason: string) {
    super(method, `lightningd is not reachable: ${reason}`);
    this.name = 'RpcUnreachableError';
  }
}

/** What came back is no JSON-RPC reply. */
export class RpcProtocolError extends RpcFailure {
  constructor(method: string, reason: string) {
    super(method, `not a JSON-RPC reply: ${reason}`);
    this.name = 'RpcProtocolError';
  }
}

/** The text of whatever was thrown. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
