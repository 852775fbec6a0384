// How is the plugin asked? One place that sends the rune, and the only one that knows what refusals look like.
import { RUNE_HEADER, type ApiError as ApiRefusal } from '../../api.ts';
import { rune, signOut } from '../session.ts';

/** The plugin said no, or was not there; the message is for the reader. */
export class ApiError extends Error {
  readonly status: number;
  /** Its own word for it, such as 'rune-not-permitted'; null where it had none. */
  readonly word: string | null;
  /** Seconds it wants to be left alone for. */
  readonly restSeconds: number;

  constructor(status: number, word: string | null, message: string, restSeconds = 0) {
    super(message);
    this.status = status;
    this.word = word;
    this.restSeconds = restSeconds;
  }
}

export interface Fresh {
  readonly body: unknown;
  readonly etag: string | null;
}

/** Null: nothing has changed since the etag. @throws ApiError */
export async function read(path: string, etag: string | null, signal: AbortSignal): Promise<Fresh | null> {
  const headers: Record<string, string> = etag === null ? {} : { 'If-None-Match': etag };
  const response = await send(path, { headers, signal });
  if (response.status === 304) return null;
  return { body: await response.json(), etag: response.headers.get('ETag') };
}

/** @throws ApiError */
export async function act(path: string, body: unknown): Promise<unknown> {
  const headers = { 'Content-Type': 'application/json' };
  const response = await send(path, { method: 'POST', headers, body: JSON.stringify(body) });
  return response.json();
}

/** What a browser is to save under a name. @throws ApiError */
export async function download(path: string): Promise<Blob> {
  return (await send(path, {})).blob();
}

const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError';

async function send(path: string, init: RequestInit): Promise<Response> {
  const { value } = rune;
  const headers = new Headers(init.headers);
  if (value !== null) headers.set(RUNE_HEADER, value);
  let response: Response;
  try {
    response = await fetch(path, { ...init, headers, cache: 'no-store', credentials: 'omit' });
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new ApiError(0, 'unreachable', 'The plugin does not answer. It may be starting, or lightningd has stopped.');
  }
  if (response.ok || response.status === 304) return response;
  const error = await refusalOf(response);
  // The rune itself is of no use: whoever looks has to sign in again. 403 is a rune that is good, but not for this.
  if (response.status === 401 && rune.value === value) signOut(error.message);
  throw error;
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
