// How is a reply sent, and what becomes of an error?
import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { asCommandError } from '../app/commands/command.ts';
import { CommandError } from '../core/errors.ts';
import type { Log } from '../ports.ts';
import { API_ERRORS, type ApiError } from './api.ts';
import { Refusal } from './failure.ts';
import type { Body } from './readings.ts';

export function bodyOf(reply: object): Body {
  const text = JSON.stringify(reply);
  return { text, etag: `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"` };
}

export function cachedReply(c: Context, { text, etag }: Body): Response {
  c.header('ETag', etag);
  // Kept by the browser, and asked for anew each time: what has not changed is not sent again.
  c.header('Cache-Control', 'private, no-cache');
  c.header('Vary', 'Rune, Authorization');
  if (c.req.header('if-none-match') === etag) return c.body(null, 304);
  return c.body(text, 200, { 'Content-Type': 'application/json' });
}

export function sent(c: Context, reply: object): Response {
  c.header('Cache-Control', 'no-store');
  return c.json(reply);
}

/** With the name of the refusal; of a defect only that it is one: the log has the rest. */
export function refuse(c: Context, thrown: unknown, log: Log): Response {
  c.header('Cache-Control', 'no-store');
  const error = asCommandError(thrown);
  if (error instanceof Refusal) {
    if (error.retryAfter !== null) c.header('Retry-After', String(error.retryAfter));
    return c.json(described(error.refusal, error.message), error.status);
  }
  if (error instanceof CommandError) return c.json(described(error.errorName, error.message), statusOf(error));
  log.error(
    `dashboard: ${c.req.method} ${c.req.path}: ${error instanceof Error ? String(error.stack) : String(error)}`,
  );
  return c.json(described('defect', 'a defect of the plugin; the log has it'), API_ERRORS.defect);
}

const described = (name: string, message: string): ApiError => ({ error: { name, message } });

const UNAVAILABLE: ReadonlySet<CommandError['errorName']> = new Set([
  'not-ready',
  'node-unavailable',
  'database-failed',
]);

function statusOf({ errorName, code }: CommandError): 400 | 404 | 409 | 503 {
  if (errorName === 'unknown-channel') return 404;
  if (UNAVAILABLE.has(errorName)) return 503;
  return code === -32602 ? 400 : 409;
}
