// What is asked of a node, and which settings would keep lightningd from starting?
import type { WorldConfig } from '../world/config.ts';
import { BUILTIN_OPTIONS } from './builtin-names.ts';
import type { ConfigVar } from './config-vars.ts';
import { EXIT, Fatal } from './fatal.ts';
import { checkValue, type PluginOption } from './plugin-option.ts';

export interface NodeOptions {
  readonly lightningDir: string;
  readonly plugins: readonly string[];
  readonly importantPlugins: readonly string[];
  readonly disabledPlugins: readonly string[];
  /** Options from the command line. */
  readonly vars: readonly ConfigVar[];
  readonly developer: boolean;
  /** Null: `log` beside the socket. */
  readonly logFile: string | null;
  /** Virtual milliseconds per real one. */
  readonly speed: number;
  /** Virtual days after which the node ends; null: never. */
  readonly days: number | null;
  /** Virtual days after which time stands still while the node goes on answering; null: never. */
  readonly freezeAfterDays: number | null;
  readonly stateFile: string | null;
  /** Seconds for getmanifest, and again for init. */
  readonly pluginTimeout: number;
  /** Seconds from the `shutdown` notification to SIGKILL. */
  readonly shutdownGrace: number;
  readonly world: Partial<WorldConfig>;
}

/** A setting that no one knows, or that its option does not allow, keeps lightningd from starting. @throws Fatal */
export function checkSettings(
  vars: readonly ConfigVar[],
  find: (name: string) => PluginOption | undefined,
  deprecatedApis: boolean,
): void {
  for (const variable of vars) {
    const { name, value, source } = variable;
    if (BUILTIN_OPTIONS.has(name)) continue;
    const problem = problemWith(variable, find(name), deprecatedApis);
    if (problem === null) continue;
    const where = source.kind === 'file' ? `Config file ${source.file} line ${source.line}: ` : '--';
    throw new Fatal(EXIT.fatal, `${where}${value === null ? name : `${name}=${value}`}: ${problem}`);
  }
}

function problemWith({ value }: ConfigVar, option: PluginOption | undefined, deprecatedApis: boolean): string | null {
  if (!option) return 'unknown option';
  if (option.type === 'flag') return value === null ? null : "doesn't allow an argument";
  return value === null ? 'requires an argument' : checkValue(option, value, deprecatedApis);
}

/** The node's own options as `listconfigs` shows them. */
export function describeOwn(options: NodeOptions, dir: string): Readonly<Record<string, object>> {
  const set = (value: string): object => ({ value_str: value, source: 'cmdline' });
  const all = (values: readonly string[]): object => ({ values_str: values, sources: values.map(() => 'cmdline') });
  return {
    ...(options.developer ? { developer: { set: true, source: 'cmdline' } } : {}),
    'lightning-dir': set(dir),
    network: set('regtest'),
    'rpc-file': { value_str: 'lightning-rpc', source: 'default' },
    'allow-deprecated-apis': { value_bool: !options.developer, source: 'default' },
    plugin: all(options.plugins),
    'important-plugin': all(options.importantPlugins),
    'disable-plugin': all(options.disabledPlugins),
    'rpc-file-mode': { value_str: '0600', source: 'default' },
  };
}
