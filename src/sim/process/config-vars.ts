// Which options were set, where, and which setting holds? The later one wins, as in lightningd's table of configvars.
import { EXIT, Fatal } from './fatal.ts';
import { isLiteral, literal, type PluginOption } from './plugin-option.ts';

export type Source =
  | { readonly kind: 'cmdline' | 'pluginstart' | 'setconfig transient' }
  | { readonly kind: 'file'; readonly file: string; readonly line: number };

/** One `name=value` (or `name` alone) as someone wrote it. */
export interface ConfigVar {
  readonly name: string;
  /** Null for a name without `=`. */
  readonly value: string | null;
  readonly source: Source;
}

/** `name=value` taken apart. */
export function parseVar(text: string, source: Source): ConfigVar {
  const at = text.indexOf('=');
  return at < 0 ? { name: text, value: null, source } : { name: text.slice(0, at), value: text.slice(at + 1), source };
}

export class ConfigVars {
  #vars: ConfigVar[];
  constructor(initial: readonly ConfigVar[]) {
    this.#vars = [...initial];
  }

  all(): readonly ConfigVar[] {
    return this.#vars;
  }
  add(variable: ConfigVar): void {
    this.#vars.push(variable);
  }
  /** Forgets what `plugin start` gave an option, when its plugin goes. */
  forgetPluginStart(name: string): void {
    this.#vars = this.#vars.filter((v) => v.name !== name || v.source.kind !== 'pluginstart');
  }
  /** Exchanges all settings of a name from one kind of source, for `setconfig` on an option with many values. */
  replaceAll(name: string, dropped: readonly Source['kind'][], added: readonly ConfigVar[]): void {
    this.#vars = [...this.#vars.filter((v) => v.name !== name || !dropped.includes(v.source.kind)), ...added];
  }

  /** The settings in force: the last one, or all of a multi option (transient ones before any other). */
  inForce(name: string, multi: boolean): readonly ConfigVar[] {
    const set = this.#vars.filter((v) => v.name === name);
    if (!multi) return set.slice(-1);
    const transient = set.filter((v) => v.source.kind === 'setconfig transient');
    return transient.length > 0 ? transient : set;
  }
}

/** The `options` object of `init` as JSON text: only what is set or has a default. */
export function initOptions(options: readonly PluginOption[], vars: ConfigVars): string {
  const members = options.flatMap((option) => {
    const set = vars.inForce(option.name, option.multi);
    if (set.length === 0 && option.fallback === null) return [];
    const texts = set.length === 0 ? [option.fallback] : set.map((v) => v.value);
    // An option without argument is said to be true.
    const values = texts.map((text) => (text === null ? 'true' : literal(option.type, text)));
    return [`${JSON.stringify(option.name)}:${option.multi ? `[${values.join(',')}]` : (values[0] ?? 'null')}`];
  });
  return `{${members.join(',')}}`;
}

const describeSource = (source: Source): string =>
  source.kind === 'file' ? `${source.file}:${source.line}` : source.kind;

/**
 * One entry of `listconfigs` as JSON text; null when there is neither value nor default to show.
 * @throws Fatal where lightningd aborts: an int that is none, let in by `setconfig`.
 */
export function describeOption(option: PluginOption, plugin: string, vars: ConfigVars): string | null {
  const set = vars.inForce(option.name, option.multi);
  const source = JSON.stringify(set[0] ? describeSource(set[0].source) : 'default');
  const tail = `"plugin":${JSON.stringify(plugin)}${option.dynamic ? ',"dynamic":true' : ''}`;
  if (option.type === 'flag') return `{"set":${set.length > 0},"source":${source},${tail}}`;
  const show = (text: string): string => {
    if (option.type === 'int' && !isLiteral(text))
      throw new Fatal(EXIT.abort, `Bad literal for --${option.name}: ${text}`);
    return literal(option.type, option.type === 'string-conceal' ? '...' : text);
  };
  if (option.multi) {
    const sources = set.map((v) => JSON.stringify(describeSource(v.source)));
    const values = set.map((v) => show(v.value ?? ''));
    return `{"values_${suffix(option)}":[${values.join(',')}],"sources":[${sources.join(',')}],${tail}}`;
  }
  // lightningd shows a secret's dots even where it has no value.
  const value = set[0]?.value ?? option.fallback ?? (option.type === 'string-conceal' ? '' : null);
  return value === null ? null : `{"value_${suffix(option)}":${show(value)},"source":${source},${tail}}`;
}

const suffix = (option: PluginOption): string =>
  option.type === 'int' ? 'int' : option.type === 'bool' ? 'bool' : 'str';
