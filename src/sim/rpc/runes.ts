// createrune, checkrune, blacklistrune: who may do what, by a text that proves it.
import { INVALID_PARAMS, BadToken, optional, required, SimError } from '../method.ts';
import type { Param, SimMethod } from '../method.ts';
import { hash32 } from '../world/identity.ts';
import {
  isDerived,
  newRune,
  parseRune,
  printRune,
  readCondition,
  refusalOf,
  restricted,
  type Restriction,
  type Rune,
} from '../world/runes.ts';
import type { Sim } from '../world/sim.ts';
import { SINCE, versionNumber } from '../world/versions.ts';
import { define } from './define.ts';
import { peerId, text, u64 } from './params.ts';

/** lightningd's codes. */
const NOT_AUTHORIZED = 1501;
const NOT_PERMITTED = 1502;
const BLACKLISTED = 1503;

const WARNING =
  "WARNING: This rune has no restrictions! Anyone who has access to this rune could drain funds from your node. Be careful when giving this to apps that you don't trust. Consider using the restrictions parameter to only allow access to specific rpc methods.";

export function runeMethods(sim: Sim): SimMethod[] {
  const version = versionNumber(sim.state.config.version);
  return version < SINCE.runes ? [] : [createRune(sim), checkRune(sim, version), blacklistRune(sim)];
}

const secretOf = (sim: Sim): string => hash32(sim.seed, 'rune-secret', 0);

const rune: Param<Rune> = (token) => {
  const parsed = typeof token === 'string' ? parseRune(token) : null;
  if (parsed === null) throw new BadToken('should be base64 string');
  return parsed;
};

const READONLY: readonly (readonly string[])[] = [
  ['method^list', 'method^get', 'method=summary'],
  ['method/listdatastore'],
];
const NO_RESTRICTION = 'not a valid restriction (should be array)';

const restrictions: Param<readonly Restriction[]> = (token) => {
  const list: unknown = token === 'readonly' ? READONLY : token;
  if (!Array.isArray(list)) throw new BadToken(NO_RESTRICTION);
  return list.map((alternatives: unknown) => {
    if (!Array.isArray(alternatives)) throw new BadToken(NO_RESTRICTION);
    return alternatives.map((one: unknown) => {
      const condition = typeof one === 'string' ? readCondition(one) : null;
      if (condition === null) throw new BadToken(NO_RESTRICTION);
      return condition;
    });
  });
};

const params: Param<unknown> = (token) => {
  if (typeof token !== 'object' || token === null) throw new BadToken('must be object or array');
  return token;
};

const createRune = (sim: Sim): SimMethod =>
  define({
    name: 'createrune',
    params: { rune: optional(rune), restrictions: optional(restrictions) },
    run: ({ rune: given, restrictions: added }) => {
      const made = restricted(given ?? newRune(secretOf(sim), String(sim.state.runes.created++)), added ?? []);
      return {
        rune: printRune(made),
        unique_id: made.uniqueId,
        ...(made.restrictions.length === 0 ? { warning_unrestricted_rune: WARNING } : {}),
      };
    },
  });

const checkRune = (sim: Sim, version: number): SimMethod =>
  define({
    name: 'checkrune',
    params: {
      rune: required(rune),
      nodeid: version < SINCE.checkruneAlone ? required(peerId) : optional(peerId),
      method: version < SINCE.checkruneAlone ? required(text) : optional(text),
      params: optional(params),
    },
    run: ({ rune: given, nodeid, method, params: asked }) => {
      const { runes } = sim.state;
      if (!isDerived(given, secretOf(sim)))
        throw new SimError(NOT_AUTHORIZED, 'Not authorized: Not derived from master');
      if (runes.blacklist.some(({ start, end }) => Number(given.uniqueId) >= start && Number(given.uniqueId) <= end))
        throw new SimError(BLACKLISTED, 'Not authorized: Blacklisted rune');
      const now = sim.preciseSeconds();
      const refused = refusalOf(given, {
        method: method ?? null,
        nodeId: nodeid ?? null,
        params: asked,
        now,
        lastUsed: runes.lastUsed.get(given.uniqueId) ?? null,
      });
      if (refused !== null) throw new SimError(NOT_PERMITTED, `Not permitted: ${refused}`);
      runes.lastUsed.set(given.uniqueId, now);
      return { valid: true };
    },
  });

const blacklistRune = (sim: Sim): SimMethod =>
  define({
    name: 'blacklistrune',
    params: { start: optional(u64), end: optional(u64) },
    crossCheck: ({ start, end }) => {
      if (start === undefined && end !== undefined)
        throw new SimError(INVALID_PARAMS, 'Can not specify end without start');
    },
    run: ({ start, end }) => {
      const { blacklist } = sim.state.runes;
      if (start !== undefined) blacklist.push({ start, end: end ?? start });
      return { blacklist };
    },
  });
