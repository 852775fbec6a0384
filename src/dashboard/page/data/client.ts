// How is the plugin asked? One place that sends the rune, and the only one that knows what refusals look like.
import { ORDER_HEADER, RUNE_HEADER, type ApiError as ApiRefusal } from '../../api.ts';
import { rune, signOut } from '../session.ts';
import { isOurs } from './ours.ts';

/** The plugin said no, or was not there; the message is for the reader. */
export class ApiError extends Error {
  readonly status: number;
  /** Its own word for it, such as 'rune-not-permitted'; null where it had none. */
  readonly word: string | null;
  /** Seconds it wants to be left alone for. */
  readonly restSeconds: number;
  /** Whether what was asked for has certainly not been done: the plugin itself has refused it. */
  readonly isRefusal: boolean;

  constructor(status: number, word: string | null, message: string, restSeconds = 0) {
    super(message);
    this.status = status;
    this.word = word;
    this.restSeconds = restSeconds;
    this.isRefusal = word !== null && word !== 'unreachable' && word !== 'defect';
  }
}

export interface Fresh {
  readonly body: unknown;
  readonly etag: string | null;
}

/** Milliseconds. A connection that has died, as while a laptop sleeps, may never say so; a reading takes seconds at most. */
const READ_MS = 60_000;

/** Null: nothing has changed since the etag. @throws ApiError */
export async function read(path: string, etag: string | null, signal: AbortSignal): Promise<Fresh | null> {
  const headers: Record<string, string> = etag === null ? {} : { 'If-None-Match': etag };
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort(new DOMException('no answer', 'TimeoutError'));
  }, READ_MS);
  try {
    return await send(path, { headers, signal: AbortSignal.any([signal, late.signal]) }, async (response) =>
      response.status === 304 ? null : { body: await jsonOf(path, response), etag: response.headers.get('ETag') },
    );
  } finally {
    clearTimeout(timer);
  }
}

/** randomUUID is for HTTPS and loopback alone. */
const newId = (): string => [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join('-');

/** Waits as long as it takes: a rebalance takes minutes. @throws ApiError */
export async function act(path: string, body: unknown): Promise<unknown> {
  // A browser whose connection breaks sends the same request again by itself: the plugin is to see that it is the same.
  const headers = { 'Content-Type': 'application/json', [ORDER_HEADER]: newId() };
  return send(path, { method: 'POST', headers, body: JSON.stringify(body) }, (response) => jsonOf(path, response));
}

/** What a browser is to save under a name. @throws ApiError */
export const download = (path: string): Promise<Blob> => send(path, {}, (response) => response.blob());

/** @throws ApiError where it is not this plugin's */
async function jsonOf(path: string, response: Response): Promise<unknown> {
  const body: unknown = await response.json();
  if (isOurs(path, body)) return body;
  throw new ApiError(
    0,
    'unreachable',
    'Something has answered, but it is not this plugin: perhaps a proxy on the way. If the plugin has just been updated, load the page again.',
  );
}

const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError';

/** @param take what is wanted of an answer; one that breaks off half-way is none */
async function send<T>(path: string, init: RequestInit, take: (response: Response) => Promise<T>): Promise<T> {
  const { value } = rune;
  const headers = new Headers(init.headers);
  if (value !== null) headers.set(RUNE_HEADER, value);
  let refusal: ApiError;
  try {
    const response = await fetch(path, { ...init, headers, cache: 'no-store', credentials: 'omit' });
    if (response.ok || response.status === 304) return await take(response);
    refusal = await refusalOf(response);
  } catch (error) {
    if (isAbort(error) || error instanceof ApiError) throw error;
    throw new ApiError(
      0,
      'unreachable',
      'The plugin does not answer. It may be starting, lightningd has stopped, or the way to it is broken.',
    );
  }
  // The rune itself is of no use: whoever looks has to sign in again. 403 is a rune that is good, but not for this.
  if (refusal.status === 401 && rune.value === value) signOut(refusal.message);
  throw refusal;
}

async function refusalOf(response: Response): Promise<ApiError> {
  const { status } = response;
  const rest = Number(response.headers.get('Retry-After') ?? 0);
  try {
    const body: unknown = await response.json();
    const { error } = body as ApiRefusal;
    return new ApiError(status, error.name, error.message, Number.isFinite(rest) ? rest : 0);
  } catch (error) {
    if (isAbort(error)) throw error;
    return new ApiError(status, null, `The plugin replied ${status} ${response.statusText}.`);
  }
}
