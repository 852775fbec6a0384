// What does one JSON document say in JSON-RPC 2.0, and how is ours written?

/** An id as it stood in the message, quotes and escapes included: lightningd finds its request by these very bytes. */
export type RawId = string;

export type Incoming =
  | { readonly kind: 'request'; readonly id: RawId; readonly method: string; readonly params: unknown }
  | { readonly kind: 'notification'; readonly method: string; readonly params: unknown }
  /** Not a message; `id` is there when somebody waits for an answer. */
  | { readonly kind: 'invalid'; readonly reason: string; readonly id: RawId | null };

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads one document that lightningd sent to the plugin. Never throws. */
export function readMessage(text: string): Incoming {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch (error) {
    return { kind: 'invalid', reason: (error as SyntaxError).message, id: null };
  }
  if (!isObject(message)) return { kind: 'invalid', reason: 'not an object', id: null };
  const { id, method, params = {} } = message;
  const answerable = (typeof id === 'string' || typeof id === 'number') && !('result' in message || 'error' in message);
  const raw = answerable ? rawId(text, id) : null;
  if (typeof method !== 'string') return { kind: 'invalid', reason: 'no method', id: raw };
  if (typeof params !== 'object' || params === null)
    return { kind: 'invalid', reason: 'params are neither an object nor an array', id: raw };
  if (raw !== null) return { kind: 'request', id: raw, method, params };
  if (id !== undefined) return { kind: 'invalid', reason: 'the id is neither text nor a number', id: null };
  return { kind: 'notification', method, params };
}

/**
 * The bytes of the top-level `id`. JSON.parse would turn `"\u00e9"` into another spelling and 12345678901234567890 into
 * another number; lightningd kills a plugin that answers an id it does not know. `text` must be valid JSON.
 */
function rawId(text: string, parsed: string | number): RawId {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === '{' || char === '[') depth++;
    else if (char === '}' || char === ']') depth--;
    else if (char === '"') {
      const end = endOfString(text, i);
      if (depth === 1 && text.slice(i, end) === '"id"') {
        KEY_END.lastIndex = end;
        const colon = KEY_END.exec(text);
        if (colon) return valueAt(text, end + colon[0].length);
      }
      i = end - 1;
    }
  }
  // The key was spelled with escapes; nobody does, and then the plainest spelling is the best guess.
  return JSON.stringify(parsed);
}

const KEY_END = /\s*:\s*/y;
const SCALAR = /[^\s,}]+/y;

function valueAt(text: string, start: number): string {
  if (text[start] === '"') return text.slice(start, endOfString(text, start));
  SCALAR.lastIndex = start;
  return SCALAR.exec(text)?.[0] ?? '';
}

/** The position after the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  let i = start + 1;
  while (i < text.length && text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  return i + 1;
}

/** lightningd does not need the empty line, but ends its own messages with one. */
const END = '\n\n';

/** @throws TypeError when `result` cannot be JSON, for instance because it holds a bigint. */
export function writeResult(id: RawId, result: unknown): string {
  // What JSON has no word for (undefined, a function) is an empty reply; lightningd requires a result.
  const json = (JSON.stringify(result) as string | undefined) ?? '{}';
  return `{"jsonrpc":"2.0","id":${id},"result":${json}}${END}`;
}

export interface ErrorObject {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/** @throws TypeError when `data` cannot be JSON. */
export const writeError = (id: RawId, error: ErrorObject): string =>
  `{"jsonrpc":"2.0","id":${id},"error":${JSON.stringify(error)}}${END}`;

/** @throws TypeError when `params` cannot be JSON. */
export function writeNotification(method: string, params: unknown): string {
  const json = (JSON.stringify(params) as string | undefined) ?? '{}';
  return `{"jsonrpc":"2.0","method":${JSON.stringify(method)},"params":${json}}${END}`;
}

/** A notification about the request with that id (`progress`, `message`): its params begin with the id as it came. */
export function writeAbout(id: RawId, method: string, params: JsonObject): string {
  return `{"jsonrpc":"2.0","method":${JSON.stringify(method)},"params":{"id":${id},${JSON.stringify(params).slice(1)}}${END}`;
}
