// What is said of a rebalance that arrived, and of one that did not simply arrive?
import type { Intent } from './intent.ts';
import type { Msat } from '../units.ts';

/** All there is to say where it arrived as ordered. */
export const arrivalInWords = ({ movedMsat, feeMsat }: { readonly movedMsat: Msat; readonly feeMsat: Msat }): string =>
  `moved ${movedMsat} msat for ${feeMsat} msat`;

/** The message, where there is more to say than its figures: it failed, is out of sight, or ended in another channel. */
export const remarkOn = (intent: Pick<Intent, 'message' | 'movedMsat' | 'feeMsat'>): string | null =>
  intent.message === arrivalInWords(intent) ? null : intent.message;
