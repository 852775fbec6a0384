// Does a value have the shape that a JSON Schema tells? The part of draft 7 that scenarios/schema.json needs, and for
// each fault the path of the field, what was expected and what was got.

export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minLength?: number;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  /** Unknown fields are always faults here; the keyword is there for editors. */
  readonly additionalProperties?: false;
  /** Told apart by the `const` of their `kind`. */
  readonly oneOf?: readonly JsonSchema[];
  /** Of `required` alone: the last is what is told. */
  readonly anyOf?: readonly JsonSchema[];
}

export interface Fault {
  /** Such as `whale.volumeShare` or `jumps[2].day`; empty for the whole. */
  readonly path: string;
  readonly expected: string;
  readonly got: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** All faults, in the order of the value's fields; none where it has the shape. */
export function faultsOf(schema: JsonSchema, value: unknown, path = ''): Fault[] {
  const fault = (expected: string): Fault[] => [{ path, expected, got: shown(value) }];
  if (schema.const !== undefined) return value === schema.const ? [] : fault(shown(schema.const));
  if (schema.enum !== undefined)
    return schema.enum.includes(value) ? [] : fault(`one of ${schema.enum.map(shown).join(', ')}`);
  if (schema.oneOf !== undefined) return kindFaults(schema.oneOf, value, path);
  const types = schema.type === undefined ? [] : [schema.type].flat();
  if (types.length > 0 && !types.some((type) => isOf(type, value))) return fault(types.map(named).join(' or '));
  if (typeof value === 'number') return within(schema, value) ? [] : fault(`${named(types[0])} ${rangeOf(schema)}`);
  if (typeof value === 'string')
    return value.length >= (schema.minLength ?? 0) ? [] : fault('a text that is not empty');
  if (Array.isArray(value))
    return value.flatMap((item: unknown, i) => faultsOf(schema.items ?? {}, item, `${path}[${i}]`));
  return isFields(value) ? fieldFaults(schema, value, path) : [];
}

function fieldFaults(schema: JsonSchema, value: Fields, path: string): Fault[] {
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`);
  const known = schema.properties ?? {};
  const faults = Object.entries(value).flatMap(([name, field]) =>
    Object.hasOwn(known, name)
      ? faultsOf(known[name] ?? {}, field, at(name))
      : [{ path: at(name), expected: `one of ${Object.keys(known).join(', ')}`, got: 'an unknown field' }],
  );
  const missing = (names: readonly string[]): Fault[] =>
    names
      .filter((name) => !Object.hasOwn(value, name))
      .map((name) => ({ path: at(name), expected: expectation(known[name] ?? {}), got: 'nothing' }));
  const choices = (schema.anyOf ?? []).map(({ required }) => missing(required ?? []));
  const unmet = choices.some((choice) => choice.length === 0) ? [] : (choices.at(-1) ?? []);
  return [...faults, ...missing(schema.required ?? []), ...unmet];
}

function kindFaults(kinds: readonly JsonSchema[], value: unknown, path: string): Fault[] {
  const kind = isFields(value) ? value['kind'] : undefined;
  const own = kinds.find(({ properties }) => properties?.['kind']?.const === kind);
  if (isFields(value) && own !== undefined) return faultsOf(own, value, path);
  const expected = `one of ${kinds.map(({ properties }) => shown(properties?.['kind']?.const)).join(', ')}`;
  if (!isFields(value)) return [{ path, expected: `an object whose kind is ${expected}`, got: shown(value) }];
  return [{ path: `${path}.kind`, expected, got: kind === undefined ? 'nothing' : shown(kind) }];
}

function expectation({ type, enum: values, oneOf }: JsonSchema): string {
  if (oneOf !== undefined) return 'an object';
  if (values !== undefined) return `one of ${values.map(shown).join(', ')}`;
  return type === undefined ? 'a value' : [type].flat().map(named).join(' or ');
}

function within({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema, value: number): boolean {
  return (
    value >= (minimum ?? -Infinity) &&
    value <= (maximum ?? Infinity) &&
    value > (exclusiveMinimum ?? -Infinity) &&
    value < (exclusiveMaximum ?? Infinity)
  );
}

function rangeOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): string {
  const ends = [
    minimum === undefined ? '' : `>= ${minimum}`,
    exclusiveMinimum === undefined ? '' : `> ${exclusiveMinimum}`,
    maximum === undefined ? '' : `<= ${maximum}`,
    exclusiveMaximum === undefined ? '' : `< ${exclusiveMaximum}`,
  ];
  return ends.filter((end) => end !== '').join(' and ');
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isOf(type: string, value: unknown): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return Number.isFinite(value);
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isFields(value);
    default:
      return typeof value === type;
  }
}

const NAMES: Readonly<Record<string, string>> = {
  null: 'null',
  integer: 'an integer',
  number: 'a number',
  string: 'a text',
  array: 'a list',
  object: 'an object',
};
const named = (type: string | undefined): string => NAMES[type ?? ''] ?? 'a value';

/** Short enough for a line. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) return String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
