// What may this rune do? Asked once for each sign-in, and again while the page is open.
import type { ActionName, Session } from '../../api.ts';
import { useResource } from './resource.ts';

export const SESSION = '/api/session';

/** Null until it is known: then nothing is offered. */
export const useSession = (): Session | null => useResource<Session>(SESSION).data;

export const useAllowed = (action: ActionName): boolean => useSession()?.actions[action] === true;
