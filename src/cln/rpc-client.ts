// How do we ask lightningd something? JSON-RPC over its unix socket, with promises that always settle.
import { RpcTimeoutError, RpcUnreachableError } from './errors.ts';
import { RpcConnection } from './rpc-connection.ts';

export interface RpcClientOptions {
  readonly socketPath: string;
  /** Begins every id, by which lightningd's log and later commands name the caller. */
  readonly idPrefix: string;
  /** How long a call may take when it does not say otherwise. lightningd itself never gives up on a plugin's command. */
  readonly timeoutMs: number;
  /** Hears of what is odd but harms no call, such as a reply that nobody asked for. */
  readonly onWarning?: (text: string) => void;
}

export interface CallOptions {
  /** Milliseconds; Infinity for a call that waits for an event. */
  readonly timeoutMs?: number;
  /** Which fields of the reply to send, as lightningd's top-level `filter` (v23.05). */
  readonly filter?: object;
  /** Rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** `own` for calls that wait, so that they share the fate of no other. Default: shared. */
  readonly connection?: 'shared' | 'own';
}

/** setTimeout fires at once for anything longer, about 24.8 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export class RpcClient {
  readonly #options: RpcClientOptions;
  readonly #own = new Set<RpcConnection>();
  #shared: RpcConnection | null = null;
  #lastId = 0;
  #closed = false;

  constructor(options: RpcClientOptions) {
    this.#options = options;
  }

  /**
   * Calls a method and gives its result. A lost connection is opened anew by the next call; the call that lost it is
   * not repeated, because it may have taken effect.
   * @throws RangeError a timeout that is none
   * @throws RpcError lightningd's error reply
   * @throws RpcTimeoutError no reply in time
   * @throws RpcUnreachableError no connection, or lost before the reply
   * @throws RpcProtocolError not a JSON-RPC reply
   */
  async call(
    method: string,
    params: Readonly<Record<string, unknown>> = {},
    options: CallOptions = {},
  ): Promise<unknown> {
    const { timeoutMs = this.#options.timeoutMs, filter, signal, connection: kind = 'shared' } = options;
    if (!(timeoutMs > 0)) throw new RangeError(`${method}: expected a timeout above 0 ms, got ${String(timeoutMs)}`);
    signal?.throwIfAborted();
    if (this.#closed) throw new RpcUnreachableError(method, 'the client is closed');
    const id = `${this.#options.idPrefix}:${method}#${String(++this.#lastId)}`;
    // lightningd requires params, even when there are none.
    const text = `${JSON.stringify({ jsonrpc: '2.0', id, method, params, filter })}\n\n`;
    const connection = kind === 'own' ? this.#openOwn() : this.#openShared();
    let timer: NodeJS.Timeout | undefined;
    let onAbort: (() => void) | undefined;
    try {
      return await new Promise<unknown>((resolve, reject) => {
        connection.send(id, method, text, { resolve, reject });
        if (timeoutMs <= LONGEST_TIMER_MS)
          timer = setTimeout(() => {
            reject(new RpcTimeoutError(method, timeoutMs));
          }, timeoutMs);
        onAbort = () => {
          reject(signal?.reason instanceof Error ? signal.reason : new Error(String(signal?.reason)));
        };
        signal?.addEventListener('abort', onAbort, { once: true });
      });
    } finally {
      clearTimeout(timer);
      if (onAbort) signal?.removeEventListener('abort', onAbort);
      connection.abandon(id);
      if (kind === 'own') {
        this.#own.delete(connection);
        connection.close('the call is over');
      }
    }
  }

  /** Rejects every pending call; later calls are refused. */
  close(): void {
    this.#closed = true;
    for (const connection of [this.#shared, ...this.#own]) connection?.close('the client was closed');
    this.#shared = null;
    this.#own.clear();
  }

  #openShared(): RpcConnection {
    if (this.#shared === null || this.#shared.lost) this.#shared = this.#open();
    return this.#shared;
  }

  #openOwn(): RpcConnection {
    const connection = this.#open();
    this.#own.add(connection);
    return connection;
  }

  #open(): RpcConnection {
    return new RpcConnection(this.#options.socketPath, (text) => this.#options.onWarning?.(text));
  }
}
