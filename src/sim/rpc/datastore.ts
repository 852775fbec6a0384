// datastore, listdatastore, deldatastore: small values under keys of words, with lightningd's modes and refusals.
import { BadToken, INVALID_PARAMS, SimError, optional, required, withDefault } from '../method.ts';
import type { SimMethod } from '../method.ts';
import type { Sim } from '../world/sim.ts';
import type { DatastoreEntry } from '../world/records.ts';
import { define } from './define.ts';
import { oneOf, text, u64 } from './params.ts';

export const datastoreMethods = (sim: Sim): SimMethod[] => [datastore(sim), listDatastore(sim), delDatastore(sim)];

/** lightningd's DATASTORE_* codes. */
const CODES = {
  doesNotExist: 1200,
  exists: 1202,
  mustReplaceMissing: 1203,
  generation: 1204,
  children: 1205,
  parent: 1206,
};

const mode = oneOf(
  ['must-create', 'must-replace', 'create-or-replace', 'must-append', 'create-or-append'],
  "should be 'must-create', 'must-replace', 'create-or-replace', 'must-append', or 'create-or-append'",
);

function key(token: unknown): string[] {
  if (Array.isArray(token)) {
    const words: readonly unknown[] = token;
    if (words.length === 0) throw new BadToken('should not be empty');
    if (words.some((word) => typeof word === 'object')) throw new BadToken('should be string');
    return words.map(text);
  }
  if (typeof token === 'object') throw new BadToken('should be string or array');
  return [text(token)];
}

function hex(token: unknown): string {
  const word = text(token);
  if (!/^([0-9a-fA-F]{2})*$/.test(word)) throw new BadToken('should be a hex value');
  return word.toLowerCase();
}

const idOf = (words: readonly string[]): string => JSON.stringify(words);
const startsWith = (words: readonly string[], prefix: readonly string[]): boolean =>
  prefix.every((word, i) => words[i] === word);

const datastore = (sim: Sim): SimMethod =>
  define({
    name: 'datastore',
    params: {
      key: required(key),
      string: optional(text),
      hex: optional(hex),
      mode: withDefault(mode, 'must-create'),
      generation: optional(u64),
    },
    crossCheck: (p) => {
      if (p.string !== undefined && p.hex !== undefined)
        throw new SimError(INVALID_PARAMS, 'Cannot have both hex and string');
      if (p.string === undefined && p.hex === undefined)
        throw new SimError(INVALID_PARAMS, 'Must have either hex or string');
      const mustExist = p.mode === 'must-replace' || p.mode === 'must-append';
      if (p.generation !== undefined && !mustExist)
        throw new SimError(INVALID_PARAMS, 'generation only valid with must-replace or must-append');
      const store = sim.state.datastore;
      const old = store.get(idOf(p.key));
      if (!old) refuseRelatives(sim, p.key);
      if (p.mode === 'must-create' && old) throw new SimError(CODES.exists, 'Key already exists');
      if (mustExist && !old) throw new SimError(CODES.mustReplaceMissing, 'Key does not exist');
      if (p.generation !== undefined && old?.generation !== p.generation)
        throw new SimError(CODES.generation, 'generation is different');
    },
    run: (p) => {
      const old = sim.state.datastore.get(idOf(p.key));
      const data = p.hex ?? Buffer.from(p.string ?? '', 'utf8').toString('hex');
      const appends = p.mode === 'must-append' || p.mode === 'create-or-append';
      const entry: DatastoreEntry = {
        key: p.key,
        hex: appends ? (old?.hex ?? '') + data : data,
        generation: old ? old.generation + 1 : 0,
      };
      sim.state.datastore.set(idOf(p.key), entry);
      return printEntry(entry);
    },
  });

/** A key may be a value or have children, not both. */
function refuseRelatives(sim: Sim, wanted: readonly string[]): void {
  for (const { key: other } of sim.state.datastore.values()) {
    if (other.length > wanted.length && startsWith(other, wanted))
      throw new SimError(CODES.children, 'Key has children already');
    if (other.length < wanted.length && startsWith(wanted, other))
      throw new SimError(CODES.parent, `Parent key [${other.join(',')}] exists`);
  }
}

const listDatastore = (sim: Sim): SimMethod =>
  define({
    name: 'listdatastore',
    params: { key: optional(key) },
    run: (p) => {
      const prefix = p.key ?? [];
      const lines = new Map<string, object>();
      const sorted = [...sim.state.datastore.values()].sort((a, b) => (idOf(a.key) < idOf(b.key) ? -1 : 1));
      for (const entry of sorted.filter((one) => startsWith(one.key, prefix))) {
        // Deeper keys only show that there is something below.
        const shown = entry.key.slice(0, prefix.length + 1);
        const id = idOf(shown);
        if (shown.length === entry.key.length) lines.set(id, printEntry(entry));
        else if (!lines.has(id)) lines.set(id, { key: shown });
      }
      return { datastore: [...lines.values()] };
    },
  });

const delDatastore = (sim: Sim): SimMethod =>
  define({
    name: 'deldatastore',
    params: { key: required(key), generation: optional(u64) },
    crossCheck: (p) => {
      const entry = sim.state.datastore.get(idOf(p.key));
      if (!entry) throw new SimError(CODES.doesNotExist, 'Key does not exist');
      if (p.generation !== undefined && entry.generation !== p.generation)
        throw new SimError(CODES.generation, 'generation is different');
    },
    run: (p) => {
      const entry = sim.state.datastore.get(idOf(p.key));
      sim.state.datastore.delete(idOf(p.key));
      return entry ? printEntry(entry) : {};
    },
  });

function printEntry(entry: DatastoreEntry): object {
  const bytes = Buffer.from(entry.hex, 'hex');
  const string = bytes.toString('utf8');
  // lightningd shows the text only where the bytes are valid UTF-8.
  const isText = Buffer.from(string, 'utf8').equals(bytes);
  return { key: entry.key, generation: entry.generation, hex: entry.hex, ...(isText ? { string } : {}) };
}
