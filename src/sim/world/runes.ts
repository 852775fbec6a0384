// What is a rune, and which command does it allow? lightningd's own format and language of restrictions.
//
// The authenticator is a chain of hashes from a secret through the restrictions, so that anybody may add one and nobody
// take one away. lightningd chains within SHA-256 itself; we hash once per restriction, which proves the same.
import { createHash } from 'node:crypto';

/** Operators in the order in which a condition's first one is looked for. */
const CONDITION = /^([A-Za-z_0-9 ]*)([!=/^$~<>{}#])([\s\S]*)$/;

export interface Condition {
  readonly field: string;
  readonly operator: string;
  readonly value: string;
}
/** Alternatives: one of them has to hold. */
export type Restriction = readonly Condition[];

export interface Rune {
  /** Hex. */
  readonly auth: string;
  readonly uniqueId: string;
  readonly restrictions: readonly Restriction[];
}

/** What is asked to be done, and by whom; null where nobody says. */
export interface Request {
  readonly method: string | null;
  readonly nodeId: string | null;
  readonly params: unknown;
  /** Unix seconds, with a fraction. */
  readonly now: number;
  /** When a rune of this unique id was last found valid; null where never. */
  readonly lastUsed: number | null;
}

const escaped = (text: string): string => text.replace(/[\\|&]/g, '\\$&');
const textOf = (restriction: Restriction): string =>
  restriction.map(({ field, operator, value }) => field + operator + escaped(value)).join('|');

const hash = (data: string): string => createHash('sha256').update(data).digest('hex');
const extended = (auth: string, restriction: string): string => hash(`${auth}&${restriction}`);

/** Null where it is no condition. */
export function readCondition(text: string): Condition | null {
  const parts = CONDITION.exec(text);
  if (parts === null) return null;
  const [, field = '', operator = '', value = ''] = parts;
  return { field, operator, value };
}

export const newRune = (secret: string, uniqueId: string): Rune => ({
  auth: extended(hash(secret), `=${uniqueId}`),
  uniqueId,
  restrictions: [],
});

export const restricted = (rune: Rune, added: readonly Restriction[]): Rune => ({
  ...rune,
  auth: added.reduce((auth, one) => extended(auth, textOf(one)), rune.auth),
  restrictions: [...rune.restrictions, ...added],
});

/** Base64 in the URL's alphabet, padded, as lightningd prints it. */
export function printRune({ auth, uniqueId, restrictions }: Rune): string {
  const text = [`=${uniqueId}`, ...restrictions.map(textOf)].join('&');
  const encoded = Buffer.concat([Buffer.from(auth, 'hex'), Buffer.from(text)]).toString('base64');
  return encoded.replaceAll('+', '-').replaceAll('/', '_');
}

const AUTH_BYTES = 32;

/** Null for what is no rune, whoever made it. */
export function parseRune(text: string): Rune | null {
  if (!/^[\w-]+={0,2}$/.test(text)) return null;
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length <= AUTH_BYTES) return null;
  const [id = '', ...rest] = splitUnescaped(bytes.subarray(AUTH_BYTES).toString(), '&');
  const restrictions = rest.map((one) => splitUnescaped(one, '|').map((each) => readCondition(unescaped(each))));
  if (!id.startsWith('=') || restrictions.flat().includes(null)) return null;
  return {
    auth: bytes.subarray(0, AUTH_BYTES).toString('hex'),
    uniqueId: id.slice(1),
    restrictions: restrictions.map((one) => one.filter((condition) => condition !== null)),
  };
}

const unescaped = (text: string): string => text.replaceAll(/\\(.)/g, '$1');

function splitUnescaped(text: string, separator: string): string[] {
  const parts = [''];
  for (let i = 0; i < text.length; i++) {
    const letter = text[i] ?? '';
    if (letter === separator) parts.push('');
    else parts.push((parts.pop() ?? '') + (letter === '\\' ? letter + (text[++i] ?? '') : letter));
  }
  return parts;
}

/** Whether it comes from this secret. */
export const isDerived = (rune: Rune, secret: string): boolean =>
  restricted(newRune(secret, rune.uniqueId), rune.restrictions).auth === rune.auth;

/** Why the rune does not allow it, in lightningd's words; null where it does. */
export function refusalOf({ restrictions }: Rune, request: Request): string | null {
  for (const alternatives of restrictions) {
    const reasons = alternatives.map((condition) => failure(condition, request));
    if (!reasons.includes(null)) return reasons.join(' AND ');
  }
  return null;
}

const INTEGER = /^-?\d+$/;

function failure({ field, operator, value }: Condition, request: Request): string | null {
  if (operator === '#') return null;
  if (field === 'rate' || field === 'per') return tooSoon(field, value, request);
  const name = wordsFor(field, operator);
  const actual = valueOf(field, request);
  if (operator === '!') return actual === undefined ? null : `${name} is present`;
  if (actual === undefined) return `${name} not present`;
  switch (operator) {
    case '=':
      return actual === value ? null : `${name} is not equal to ${value}`;
    case '/':
      return actual === value ? `${name} is equal to ${value}` : null;
    case '^':
      return actual.startsWith(value) ? null : `${name} does not start with ${value}`;
    case '$':
      return actual.endsWith(value) ? null : `${name} does not end with ${value}`;
    case '~':
      return actual.includes(value) ? null : `${name} does not contain ${value}`;
    case '{':
      return actual < value ? null : `${name} is equal to or ordered after ${value}`;
    case '}':
      return actual > value ? null : `${name} is equal to or ordered before ${value}`;
    default:
      return compared(name, operator, actual, value);
  }
}

function compared(name: string, operator: string, actual: string, value: string): string | null {
  for (const each of [value, actual]) if (!INTEGER.test(each)) return `${each} is not a valid integer`;
  if (operator === '<') return BigInt(actual) < BigInt(value) ? null : `${name} is greater or equal to ${value}`;
  return BigInt(actual) > BigInt(value) ? null : `${name} is less or equal to ${value}`;
}

/** lightningd calls pnum by its name only where it is no number to compare. */
const wordsFor = (field: string, operator: string): string =>
  field === 'pnum' && (operator === '<' || operator === '>')
    ? 'number of parameters'
    : field.startsWith('pname')
      ? `parameter ${field.slice('pname'.length)}`
      : field.startsWith('parr')
        ? `parameter #${field.slice('parr'.length)}`
        : field;

function valueOf(field: string, { method, nodeId, params, now }: Request): string | undefined {
  if (field === 'method') return method ?? undefined;
  if (field === 'id') return nodeId ?? undefined;
  if (field === 'time') return String(Math.floor(now));
  const list: readonly unknown[] = Array.isArray(params) ? params : [];
  const named = typeof params === 'object' && params !== null && !Array.isArray(params) ? Object.entries(params) : [];
  if (field === 'pnum') return String(list.length + named.length);
  if (field.startsWith('parr')) return tokenText(list[Number(field.slice('parr'.length))]);
  if (field.startsWith('pname')) return tokenText(named.find(([name]) => name === field.slice('pname'.length))?.[1]);
  return undefined;
}

const tokenText = (token: unknown): string | undefined =>
  token === undefined ? undefined : typeof token === 'string' ? token : JSON.stringify(token);

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  sec: 1,
  min: 60,
  hour: 3600,
  day: 86_400,
  msec: 1e-3,
  usec: 1e-6,
  nsec: 1e-9,
};

/** Seconds that have to pass between two uses; null where the value is malformed. */
function pauseOf(field: 'rate' | 'per', value: string): number | null {
  const [, digits, unit = ''] = /^(\d+)([a-z]*)$/.exec(value) ?? [];
  if (digits === undefined) return null;
  if (field === 'rate') return unit === '' ? 60 / Number(digits) : null;
  const seconds = UNITS[unit];
  return seconds === undefined ? null : Number(digits) * seconds;
}

function tooSoon(field: 'rate' | 'per', value: string, { now, lastUsed }: Request): string | null {
  const pause = pauseOf(field, value);
  if (pause === null) return `${field} is malformed`;
  return lastUsed === null || now - lastUsed >= pause ? null : 'too soon';
}
