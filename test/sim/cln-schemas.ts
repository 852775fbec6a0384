// How are CLN's own JSON schemas used here? Their custom types become plain ones that ajv knows; nothing is copied in.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';

const SCHEMAS = resolve(import.meta.dirname, '../../../shared/cln/schemas');
export const haveSchemas = existsSync(SCHEMAS);
if (!haveSchemas) console.warn(`SKIPPED: validation against CLN's schemas, there are none at ${SCHEMAS}`);

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const hexOf = (digits: string): Json => ({ type: 'string', pattern: `^[0-9a-fA-F]${digits}$` });
const unsigned = (bits?: number): Json => ({
  type: 'integer',
  minimum: 0,
  ...(bits ? { maximum: 2 ** bits - 1 } : {}),
});

/** What lightningd's own type names mean in a response. */
const TYPES: Readonly<Record<string, Json>> = {
  hex: { type: 'string', pattern: '^([0-9a-fA-F]{2})*$' },
  hash: hexOf('{64}'),
  secret: hexOf('{64}'),
  txid: hexOf('{64}'),
  pubkey: { type: 'string', pattern: '^0[23][0-9a-fA-F]{64}$' },
  signature: hexOf('{0,144}'),
  bip340sig: hexOf('{128}'),
  u64: unsigned(),
  u32: unsigned(32),
  u16: unsigned(16),
  u8: unsigned(8),
  msat: unsigned(),
  sat: unsigned(),
  short_channel_id: { type: 'string', pattern: '^[0-9]+x[0-9]+x[0-9]+$' },
  short_channel_id_dir: { type: 'string', pattern: '^[0-9]+x[0-9]+x[0-9]+/[01]$' },
  outpoint: { type: 'string', pattern: '^[0-9a-fA-F]{64}:[0-9]+$' },
  feerate: { type: ['integer', 'string'] },
  currency: { type: 'string' },
  string_map: { type: 'object', additionalProperties: { type: 'string' } },
  json_object_or_array: { type: ['object', 'array'] },
  json_scalar: { type: ['string', 'number', 'null'] },
};

/** Keywords of theirs that JSON Schema does not know. */
const DOCUMENTATION = new Set(['added', 'deprecated', 'dependentUpon', 'description', 'default', 'untyped']);
const SCHEMA_VALUED = new Set(['items', 'if', 'then', 'else', 'not', 'additionalProperties']);
const SCHEMA_LISTS = new Set(['allOf', 'anyOf', 'oneOf']);

const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Goes only where schemas stand, so that a property named "type" is left alone. */
function toJsonSchema(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(toJsonSchema);
  if (!isObject(schema)) return schema;
  const plain: Record<string, Json> = {};
  let constraints: readonly Json[] = [];
  for (const [key, value] of Object.entries(schema)) {
    if (DOCUMENTATION.has(key)) continue;
    if (key === 'properties' && isObject(value))
      plain[key] = Object.fromEntries(Object.entries(value).map(([name, sub]) => [name, toJsonSchema(sub)]));
    else if (key === 'type' && typeof value === 'string' && value in TYPES) constraints = [TYPES[value] ?? true];
    else if (SCHEMA_LISTS.has(key) || SCHEMA_VALUED.has(key)) plain[key] = toJsonSchema(value);
    else plain[key] = value;
  }
  if (constraints.length === 0) return plain;
  const others = Array.isArray(plain['allOf']) ? (plain['allOf'] as readonly Json[]) : [];
  return { ...plain, allOf: [...others, ...constraints] };
}

const ajv = new Ajv({ strict: false, allErrors: true });
const compiled = new Map<string, ValidateFunction>();

function validator(path: string): ValidateFunction {
  const known = compiled.get(path);
  if (known) return known;
  const document = JSON.parse(readFileSync(resolve(SCHEMAS, path), 'utf8')) as { readonly response: Json };
  const built = ajv.compile(toJsonSchema(document.response) as object);
  compiled.set(path, built);
  return built;
}

function violations(path: string, value: unknown): string[] {
  const validate = validator(path);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(
    (error) => `${error.instancePath} ${error.message ?? ''} ${JSON.stringify(error.params)}`,
  );
}

/** What CLN's schema of a method finds wrong with a reply; empty when it is right. */
export const replyViolations = (method: string, reply: unknown): string[] => violations(`${method}.json`, reply);
/** The same for the payload of a notification. */
export const notificationViolations = (topic: string, payload: unknown): string[] =>
  hasNotificationSchema(topic) ? violations(`notification/${topic}.json`, payload) : [];
/** CLN documents most of its notifications, not all. */
const hasNotificationSchema = (topic: string): boolean => existsSync(resolve(SCHEMAS, `notification/${topic}.json`));
