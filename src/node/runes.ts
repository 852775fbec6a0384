// What does lightningd say to a rune?
import { bool, decode, object } from '../cln/decode.ts';
import { INVALID_PARAMS } from '../cln/errors.ts';
import type { NodeId } from '../core/units.ts';
import { NodeError, type RuneChecker, type RuneVerdict } from '../ports.ts';
import type { Ask, Params } from './ask.ts';

/** lightningd's code for a rune that allows something else. */
const NOT_PERMITTED = 1502;
/** Not this node's, or taken back. */
const NOT_OURS: ReadonlySet<number> = new Set([1501, 1503]);

const decodeChecked = (reply: unknown): boolean => decode(object({ valid: bool }), reply, 'checkrune').valid;

/** Why it was refused, in lightningd's words; null where the refusal is of something else. */
function verdictOn({ code, message }: NodeError): RuneVerdict | null {
  if (code === NOT_PERMITTED) return { kind: 'not-permitted', reason: reasonIn(message) };
  if (code !== null && NOT_OURS.has(code)) return { kind: 'invalid', reason: reasonIn(message) };
  // What is no base64 at all.
  if (code === INVALID_PARAMS && message.includes(' rune: should be')) return { kind: 'invalid', reason: 'not a rune' };
  return null;
}

/** Without what our client says around it. */
const reasonIn = (message: string): string =>
  message.replace(/^.*?Not (?:permitted|authorized): /, '').replace(/ \(code -?\d+\)$/, '');

export class LightningRunes implements RuneChecker {
  readonly #ask: Ask;
  readonly #nodeId: () => NodeId | null;
  /** Before v23.11 checkrune wants to be told whose node asks; where it does, that is kept. */
  #asNode = false;

  constructor(ask: Ask, nodeId: () => NodeId | null) {
    this.#ask = ask;
    this.#nodeId = nodeId;
  }

  async check(rune: string, command: string, params: Params): Promise<RuneVerdict> {
    const nodeid = this.#nodeId();
    const given = { rune, method: command, params, ...(this.#asNode && nodeid !== null ? { nodeid } : {}) };
    try {
      const valid = await this.#ask('checkrune', given, decodeChecked);
      return valid ? { kind: 'allowed' } : { kind: 'invalid', reason: 'lightningd says that it is not valid' };
    } catch (error) {
      if (!(error instanceof NodeError)) throw error;
      const verdict = verdictOn(error);
      if (verdict !== null) return verdict;
      if (this.#asNode || nodeid === null || !error.message.includes('nodeid')) throw error;
      this.#asNode = true;
      return this.check(rune, command, params);
    }
  }
}
