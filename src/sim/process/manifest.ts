// Is a plugin's reply to getmanifest one that lightningd accepts? The words of each refusal are its own.
import { checkValue, OPTION_TYPES, type OptionType, type PluginOption } from './plugin-option.ts';
import { NATIVE_TOPICS } from './topics.ts';

export interface RpcMethod {
  readonly name: string;
  readonly usage: string;
}

export interface Manifest {
  readonly options: readonly PluginOption[];
  readonly methods: readonly RpcMethod[];
  readonly subscriptions: readonly string[];
  /** Topics the plugin may send notifications for. */
  readonly topics: readonly string[];
  readonly dynamic: boolean;
  readonly canCheck: boolean;
}

/** Why lightningd kills the plugin. */
export class ManifestError extends Error {}

/** The plugin's own wish not to run, as `disable` says. */
export class Disabled extends Error {}

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const show = (value: unknown): string => JSON.stringify(value);

/**
 * Checks in lightningd's order: the first fault is the one it names.
 * @param optionTaken tells whether an option name is already somebody's.
 * @throws ManifestError; Disabled.
 */
export function parseManifest(
  reply: Json,
  text: string,
  node: { readonly deprecatedApis: boolean; readonly optionTaken: (name: string) => boolean },
): Manifest {
  const result = reply['result'];
  if (!isObject(result)) throw new ManifestError(`Invalid/missing result tok in '${text}'`);
  if (result['disable'] !== undefined) throw new Disabled(asText(result['disable']));
  const dynamic = flag(result, 'dynamic', 'getmanifest');
  const features = result['featurebits'];
  if (dynamic && isObject(features) && Object.values(features).some((bits) => bits !== ''))
    throw new ManifestError(
      `Custom featurebits only allows for non-dynamic plugins: dynamic=1, featurebits=${show(features)}`,
    );
  const nonNumeric = result['nonnumericids'];
  if (nonNumeric !== undefined && typeof nonNumeric !== 'boolean')
    throw new ManifestError(`Invalid nonnumericids: ${show(nonNumeric)}`);
  if (nonNumeric === false) throw new ManifestError('Plugin does not allow nonnumericids');
  const canCheck = result['cancheck'] ?? false;
  if (typeof canCheck !== 'boolean') throw new ManifestError(`Invalid cancheck: ${show(canCheck)}`);
  return {
    dynamic,
    canCheck,
    topics: parseTopics(result['notifications']),
    options: parseOptions(result['options'], node),
    methods: parseMethods(result['rpcmethods']),
    subscriptions: parseSubscriptions(result['subscriptions']),
  };
}

function parseTopics(value: unknown): string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new ManifestError('"result.notifications" is not an array');
  return value.map((item: unknown, i) => {
    if (!isObject(item)) throw new ManifestError(`"result.notifications[${i}]" is not an object`);
    const { method } = item;
    if (typeof method !== 'string')
      throw new ManifestError(`"result.notifications[${i}].name" missing or not a string.`);
    if (NATIVE_TOPICS.includes(method))
      throw new ManifestError(
        `plugin attempted to register a native notification topic "${method}", ` +
          'these may however only be sent by lightningd',
      );
    return method;
  });
}

function parseOptions(
  value: unknown,
  node: { readonly deprecatedApis: boolean; readonly optionTaken: (name: string) => boolean },
): PluginOption[] {
  if (value === undefined) throw new ManifestError('"result.options" was not found in the manifest');
  if (!Array.isArray(value)) throw new ManifestError('"result.options" is not an array');
  const seen = new Set<string>();
  return value.map((item: unknown) => {
    const option = parseOption(isObject(item) ? item : {}, node.deprecatedApis, (name) => {
      if (seen.has(name) || node.optionTaken(name)) throw new DuplicateOption(name);
    });
    seen.add(option.name);
    return option;
  });
}

/** At start of the node this is fatal to it; later it costs the plugin its life. */
export class DuplicateOption extends ManifestError {
  readonly option: string;
  constructor(option: string) {
    super(`Option "${option}" already registered`);
    this.option = option;
  }
}

function parseOption(item: Json, deprecatedApis: boolean, refuseDuplicate: (name: string) => void): PluginOption {
  if (item['name'] === undefined || item['type'] === undefined || item['description'] === undefined)
    throw new ManifestError('An option is missing either "name", "description" or "type"');
  const name = asText(item['name']);
  if (!/^[0-9a-z_-]*$/.test(name))
    throw new ManifestError('Option "name" must be lowercase alphanumeric, plus _ or -\'');
  refuseDuplicate(name);
  const deprecated = parseDeprecated(item['deprecated']);
  const multi = flag(item, 'multi', `--${name}`);
  const dynamic = flag(item, 'dynamic', `--${name}`);
  const type = OPTION_TYPES.find((known) => known === item['type']);
  if (type === undefined) throw new ManifestError('Only "string", "int", "bool", and "flag" options are supported');
  if (multi && (type === 'bool' || type === 'flag')) throw new ManifestError(`${type} type cannot be multi`);
  const option = { name, type, multi, dynamic, deprecated, fallback: parseDefault(item['default'], name, type) };
  const problem = option.fallback === null ? null : checkValue(option, option.fallback, deprecatedApis);
  if (problem !== null) throw new ManifestError(`Invalid default '${option.fallback ?? ''}': ${problem}`);
  return option;
}

function parseDefault(value: unknown, name: string, type: OptionType): string | null {
  if (type !== 'flag') return value === undefined || value === null ? null : asText(value);
  if (value !== undefined && value !== false)
    throw new ManifestError(`--${name} type flag default must be 'false' not ${show(value)}`);
  return null;
}

/** True or [from, until]; a deprecation that starts later than this version is none yet, which we need not tell apart. */
function parseDeprecated(value: unknown): boolean {
  if (value === undefined || typeof value === 'boolean') return value ?? false;
  if (!Array.isArray(value) || value.length > 2)
    throw new ManifestError(`"deprecated" must be an array of 1 or 2 elements, not ${show(value)}`);
  return true;
}

function parseMethods(value: unknown): RpcMethod[] {
  if (value === undefined) throw new ManifestError('"result.rpcmethods" missing');
  if (!Array.isArray(value)) throw new ManifestError('"result.rpcmethods" is not an array');
  return value.map((item: unknown) => {
    const { name, usage } = isObject(item) ? item : {};
    if (typeof name !== 'string') throw new ManifestError(`rpcmethod does not have a string "name": ${show(item)}`);
    if (usage === undefined) throw new ManifestError('"usage" not provided by plugin');
    if (typeof usage !== 'string') throw new ManifestError(`"usage" is not a string: ${show(item)}`);
    return { name, usage };
  });
}

function parseSubscriptions(value: unknown): string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new ManifestError('"result.subscriptions" is not an array');
  return value.map((item: unknown, i) => {
    if (typeof item !== 'string')
      throw new ManifestError(`result.subscriptions[${i}] is not a string: '${show(item)}'`);
    return item;
  });
}

function flag(object: Json, member: string, of: string): boolean {
  const value = object[member];
  if (value === undefined) return false;
  if (typeof value !== 'boolean') throw new ManifestError(`${of}: invalid "${member}" field ${asText(value)}`);
  return value;
}

/** A token as lightningd copies it: strings without their quotes, everything else as JSON. */
const asText = (value: unknown): string => (typeof value === 'string' ? value : show(value));
