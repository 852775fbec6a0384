// How are options shown and changed while the node runs? listconfigs and setconfig.
import { badParameter, INVALID_PARAMS, optional, ParamReader, required, SimError, withDefault } from '../method.ts';
import { persistSetting, persistSettings } from './config-file.ts';
import { describeOption, parseVar, type ConfigVar, type ConfigVars } from './config-vars.ts';
import { bool, text } from '../rpc/params.ts';
import type { HostContext, HostMethod } from './dispatcher.ts';
import type { HostedPlugin } from './hosted-plugin.ts';
import type { LogBook } from './log-book.ts';
import { token } from './host-params.ts';
import type { PluginOption } from './plugin-option.ts';
import type { PluginHost } from './plugin-host.ts';
import { RawJson } from './reply.ts';

export interface ConfigParts {
  readonly host: PluginHost;
  readonly vars: ConfigVars;
  readonly netDir: string;
  readonly log: LogBook;
  /** What the node's own options are set to, by name, as `listconfigs` shows them. */
  readonly ownOptions: Readonly<Record<string, object>>;
}

export function configMethods(parts: ConfigParts): HostMethod[] {
  const { host, vars, ownOptions } = parts;
  return [
    {
      name: 'listconfigs',
      usage: '[config]',
      run(params) {
        const { config } = params.read({ config: optional(text) });
        if (config !== undefined && !(config in ownOptions) && !host.findOption(config))
          throw badParameter('config', 'Unknown config option', config);
        const own = Object.entries(ownOptions).map(([name, value]) => [name, JSON.stringify(value)] as const);
        const ofPlugins = host
          .plugins()
          .flatMap(({ process, options }) =>
            options.map((option) => [option.name, describeOption(option, process.path, vars)] as const),
          );
        const members = [...own, ...ofPlugins].flatMap(([name, text]) =>
          text === null || (config !== undefined && config !== name) ? [] : [`${JSON.stringify(name)}:${text}`],
        );
        return new RawJson(`{"configs":{${members.join(',')}}}`);
      },
    },
    { name: 'setconfig', usage: 'config [val] [transient]', run: (_, context) => setconfig(parts, context) },
  ];
}

async function setconfig(parts: ConfigParts, context: HostContext): Promise<unknown> {
  // Read for real even when only checking, because then the plugin is asked.
  const { config, val, transient } = new ParamReader(context.params).read({
    config: required(text),
    val: optional(token),
    transient: withDefault(bool, false),
  });
  const found = parts.host.findOption(config);
  if (!found && !(config in parts.ownOptions)) throw badParameter('config', 'Unknown config option', config);
  if (!found?.option.dynamic) throw badParameter('config', 'Not a dynamic config option', config);
  const { plugin, option } = found;
  const values = givenValues(option, val);
  if (!context.checkOnly || plugin.manifest?.canCheck === true) await askPlugin(parts, found, values, context);
  if (context.checkOnly) return { command_to_check: 'setconfig' };
  keep(parts, option, values, transient);
  const shown = describeOption(option, plugin.process.path, parts.vars) ?? '{}';
  return new RawJson(`{"config":{"config":${JSON.stringify(config)},${shown.slice(1)}}`);
}

/** Values as text, null for a flag's missing one. @throws SimError where their number does not suit the option. */
function givenValues(option: PluginOption, val: unknown): (string | null)[] {
  const refuse = (problem: string): never => {
    throw new SimError(INVALID_PARAMS, `${option.name} ${problem}`);
  };
  if (option.multi) {
    if (val === undefined) return [];
    return Array.isArray(val) ? val.map(text) : refuse('is a multi option: val must be an array');
  }
  if (Array.isArray(val)) return refuse('is not a multi option: val must not be an array');
  if (option.type === 'flag') return val === undefined ? [null] : refuse('does not take a value');
  return val === undefined ? refuse('requires a value') : [text(val)];
}

/** lightningd leaves all checking to the plugin: it passes on any text, and believes any result. */
async function askPlugin(
  { host }: ConfigParts,
  { plugin, option }: { readonly plugin: HostedPlugin; readonly option: PluginOption },
  values: readonly (string | null)[],
  { call, checkOnly }: HostContext,
): Promise<void> {
  const val = option.multi ? values : values[0];
  const method = checkOnly ? 'check' : 'setconfig';
  const params = {
    ...(checkOnly ? { command_to_check: 'setconfig' } : {}),
    config: option.name,
    ...(val === null || val === undefined ? {} : { val }),
  };
  const { value } = await plugin.process.request(
    host.requestId(method, call.id),
    (id) => `{"jsonrpc":"2.0","id":${id},"method":"${method}","params":${JSON.stringify(params)}}`,
  );
  const error = value['error'] as { readonly code?: unknown; readonly message?: unknown } | undefined;
  if (error && typeof error.code === 'number' && typeof error.message === 'string')
    throw new SimError(error.code, error.message);
  if (error || value['result'] === undefined) throw new SimError(-1, `Malformed setvalue ${option.name} plugin return`);
}

/** Writes the new values to config.setconfig, or only remembers them, and lets them hold. */
function keep(
  { vars, netDir, log }: ConfigParts,
  option: PluginOption,
  values: readonly (string | null)[],
  transient: boolean,
): void {
  const texts = values.map((value) => (value === null ? option.name : `${option.name}=${value}`));
  const passing = (text: string): ConfigVar => parseVar(text, { kind: 'setconfig transient' });
  const old = vars.inForce(option.name, option.multi);
  if (option.multi) {
    const added = transient ? texts.map(passing) : persistSettings(netDir, texts, old);
    vars.replaceAll(option.name, transient ? ['setconfig transient'] : ['setconfig transient', 'file'], added);
  } else for (const text of texts) vars.add(transient ? passing(text) : persistSetting(netDir, text, old[0]));
  log.add(
    'info',
    'lightningd',
    `setconfig: ${texts.join(' ')} (${transient ? 'transient' : 'updated config.setconfig'})`,
  );
}
