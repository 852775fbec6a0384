// How is bookkeeper asked for the events of an account?
import type { ChannelId } from '../core/units.ts';
import { NodeError } from '../ports.ts';
import type { Ask, Params } from './ask.ts';

/** One channel's whole history comes in one reply: 5 s for a busy one on a fast machine. */
const TIMEOUT_MS = 120_000;

/** @throws NodeError */
export const askEvents = <T>(ask: Ask, of: Params, decode: (reply: unknown) => T, filter: object): Promise<T> =>
  ask('bkpr-listaccountevents', of, decode, { filter, timeoutMs: TIMEOUT_MS, connection: 'own' });

/**
 * Null where bookkeeper has no account of that name: a channel in which it never saw anything move, which is an answer, not
 * a failure.
 * @throws NodeError
 */
export async function askAccount<T>(
  ask: Ask,
  channel: ChannelId,
  decode: (reply: unknown) => T,
  filter: object,
): Promise<T | null> {
  try {
    return await askEvents(ask, { account: channel }, decode, filter);
  } catch (error) {
    if (error instanceof NodeError && error.kind === 'refused' && error.message.includes('not found')) return null;
    throw error;
  }
}
