// What may this rune do? Asked once for each sign-in, and again while the page is open.
import type { ActionName, Session } from '../../api.ts';
import { useResource } from './resource.ts';

const SESSION = '/api/session';

/** The node is asked of each command: not every few seconds. What is refused meanwhile says so itself. */
const EVERY_MS = 300_000;

/** Null until it is known: then nothing is offered. */
export const useSession = (): Session | null => useResource<Session>(SESSION, EVERY_MS).data;

export const useAllowed = (action: ActionName): boolean => useSession()?.actions[action] === true;
