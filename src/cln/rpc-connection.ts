// Which reply belongs to which call, on one connection to lightningd's socket?
import { createConnection, type Socket } from 'node:net';
import { messageOf, RpcError, RpcProtocolError, RpcUnreachableError } from './errors.ts';
import { DocumentSplitter } from './framing.ts';
import { isObject, type JsonObject } from './jsonrpc.ts';

export interface Outcome {
  resolve(result: unknown): void;
  reject(error: Error): void;
}
interface Pending extends Outcome {
  readonly method: string;
}

/** Enough that no late reply is taken for a stranger's; few, because a command that hangs never replies. */
const ABANDONED_KEPT = 1000;
/** Characters of an unreadable reply that go into the error. */
const SHOWN_CHARACTERS = 120;

/**
 * One socket with any number of calls under way, answered in any order. Opens at once; when it is lost, for whatever
 * reason, every pending call is rejected and the connection is of no more use.
 */
export class RpcConnection {
  readonly #socket: Socket;
  readonly #splitter = new DocumentSplitter();
  readonly #pending = new Map<string, Pending>();
  /** Calls given up by their callers; a reply that comes after all is no surprise. */
  readonly #abandoned = new Set<string>();
  readonly #warn: (text: string) => void;
  #lost = false;

  constructor(socketPath: string, warn: (text: string) => void) {
    this.#warn = warn;
    this.#socket = createConnection({ path: socketPath });
    this.#socket.on('data', (bytes) => {
      this.#take(bytes);
    });
    this.#socket.on('error', (error) => {
      this.#lose((method) => new RpcUnreachableError(method, `${socketPath}: ${error.message}`));
    });
    this.#socket.on('close', () => {
      const where = this.#splitter.midDocument ? ' in the middle of a reply' : '';
      this.#lose((method) => new RpcUnreachableError(method, `the connection was closed${where}`));
    });
  }

  get lost(): boolean {
    return this.#lost;
  }

  /** Sends the request `text`, whose id is `id`. */
  send(id: string, method: string, text: string, outcome: Outcome): void {
    this.#pending.set(id, { method, ...outcome });
    this.#socket.write(text);
  }

  /** Forgets a call; its outcome is not told any more. */
  abandon(id: string): void {
    if (!this.#pending.delete(id)) return;
    this.#abandoned.add(id);
    if (this.#abandoned.size <= ABANDONED_KEPT) return;
    for (const oldest of this.#abandoned) {
      this.#abandoned.delete(oldest);
      break;
    }
  }

  /** Rejects whatever is pending and closes. */
  close(reason: string): void {
    this.#lose((method) => new RpcUnreachableError(method, reason));
  }

  #take(bytes: Uint8Array): void {
    try {
      for (const text of this.#splitter.push(bytes)) this.#settle(text);
    } catch (error) {
      // Longer than a string can be, or not JSON: whose reply it was cannot be known, and more may be lost with it.
      this.#lose((method) => new RpcProtocolError(method, messageOf(error)));
    }
  }

  /** @throws Error when the text is not a reply at all. */
  #settle(text: string): void {
    const reply = parse(text);
    const { id } = reply;
    if (id === null || id === undefined) {
      // Notifications are for callers that asked for them; we never do.
      if ('method' in reply) return;
      throw new Error(`lightningd could not read a request: ${text.slice(0, SHOWN_CHARACTERS)}`);
    }
    const pending = typeof id === 'string' ? this.#pending.get(id) : undefined;
    if (pending === undefined || typeof id !== 'string') {
      if (typeof id === 'string' && this.#abandoned.delete(id)) return;
      this.#warn(`ignored a reply to ${JSON.stringify(id)}, which was not asked`);
      return;
    }
    this.#pending.delete(id);
    if ('error' in reply) pending.reject(errorOf(pending.method, reply['error']));
    else if ('result' in reply) pending.resolve(reply['result']);
    else pending.reject(new RpcProtocolError(pending.method, 'neither a result nor an error'));
  }

  #lose(errorFor: (method: string) => Error): void {
    if (this.#lost) return;
    this.#lost = true;
    this.#socket.destroy();
    const all = [...this.#pending.values()];
    this.#pending.clear();
    this.#abandoned.clear();
    for (const pending of all) pending.reject(errorFor(pending.method));
  }
}

/** A text, or a number that C++ prints and JSON does not know. */
const TEXT_OR_NO_NUMBER = /"(?:[^"\\]|\\.)*"|-?\b(?:nan|inf)\b/g;

/**
 * lightningd passes a plugin's reply on as it came, and clboss writes `-nan` for an average of nothing: such numbers are
 * read as null. Looked for only in what is no JSON otherwise.
 */
function parseLeniently(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const mended = text.replace(TEXT_OR_NO_NUMBER, (match) => (match.startsWith('"') ? match : 'null'));
    if (mended === text) throw error;
    return JSON.parse(mended);
  }
}

function parse(text: string): JsonObject {
  let reply: unknown;
  try {
    reply = parseLeniently(text);
  } catch (error) {
    throw new Error(`${messageOf(error)}: ${text.slice(0, SHOWN_CHARACTERS)}`, { cause: error });
  }
  if (!isObject(reply)) throw new Error(`not an object: ${text.slice(0, SHOWN_CHARACTERS)}`);
  return reply;
}

function errorOf(method: string, error: unknown): Error {
  if (!isObject(error) || !Number.isSafeInteger(error['code']) || typeof error['message'] !== 'string')
    return new RpcProtocolError(
      method,
      `an error without code and message: ${JSON.stringify(error).slice(0, SHOWN_CHARACTERS)}`,
    );
  return new RpcError(method, error['code'] as number, error['message'], error['data']);
}
