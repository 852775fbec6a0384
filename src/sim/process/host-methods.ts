// Which commands concern the node's process itself: plugins, help, log, faults, its end?
import {
  BadToken,
  INVALID_PARAMS,
  optional,
  ParamReader,
  required,
  SimError,
  UNKNOWN_COMMAND,
  withDefault,
} from '../method.ts';
import { bool, integer, text, u32 } from '../rpc/params.ts';
import type { CallBook } from './call-book.ts';
import type { HostContext, HostMethod } from './dispatcher.ts';
import { faultKind, type Faults } from './faults.ts';
import { signed } from './host-params.ts';
import { parseLogLevel, type LogBook, type LogLevel } from './log-book.ts';
import type { PluginHost } from './plugin-host.ts';

export interface HostParts {
  readonly host: PluginHost;
  readonly log: LogBook;
  readonly faults: Faults;
  readonly book: CallBook;
  /** Every command that can be called, with its usage. */
  readonly commands: () => readonly { readonly name: string; readonly usage: string }[];
  /** Ends the plugins and everything else; resolves when the caller of `stop` may have its reply. */
  readonly shutdown: () => Promise<void>;
  /** After the reply to `stop` has left. */
  readonly exit: () => void;
  /** `world_now` is how far the world has come: behind the clock while it cannot keep up. */
  readonly clock: () => { readonly virtual_now: number; readonly world_now: number; readonly speed: number };
  /** Puts it forward by so many seconds; plugins that run already keep theirs. */
  readonly skip: (seconds: number) => void;
}

export function hostMethods(parts: HostParts): HostMethod[] {
  const { host, log, faults } = parts;
  return [
    {
      name: 'plugin',
      usage: 'subcommand=start|stop|startdir|rescan|list',
      run: (_, context) => plugin(host, context),
    },
    { name: 'help', usage: '[command]', run: (params) => help(parts, params) },
    {
      name: 'stop',
      usage: '',
      async run(params, { call }) {
        params.read({});
        log.add('unusual', 'lightningd', 'JSON-RPC shutdown');
        await parts.shutdown();
        // Runs after the dispatcher has handed the reply to the connection.
        setImmediate(() => void call.caller.flush().then(parts.exit));
        return { result: 'Shutdown complete' };
      },
    },
    {
      name: 'notifications',
      usage: 'enable',
      run(params, { call }) {
        call.caller.notifications = params.read({ enable: required(bool) }).enable;
        return {};
      },
    },
    {
      name: 'getlog',
      usage: '[level]',
      run(params) {
        const { level } = params.read({ level: withDefault(logLevel, 'info') });
        return describeLog(log, level);
      },
    },
    {
      name: 'dev-sim-log',
      usage: '[level]',
      run(params) {
        const { level } = params.read({ level: withDefault(logLevel, 'debug') });
        return { log: describeLog(log, level).log };
      },
    },
    {
      name: 'dev-sim-fault',
      usage: 'kind [method] [times] [delay_ms] [code] [message]',
      run(params) {
        const { kind, method, times, delay_ms, code, message } = params.read({
          kind: required((token) => (token === 'none' ? 'none' : faultKind(token))),
          method: withDefault(text, '*'),
          times: withDefault(integer, 1),
          delay_ms: withDefault(integer, 0),
          code: withDefault(signed, -1),
          message: withDefault(text, 'ordered by dev-sim-fault'),
        });
        if (kind === 'none') faults.clear();
        else faults.arm({ kind, method, times, delayMs: delay_ms, code, message });
        return {};
      },
    },
    {
      name: 'dev-sim-calls',
      usage: '',
      run(params) {
        params.read({});
        return parts.book.all();
      },
    },
    {
      name: 'dev-sim-time',
      usage: '[skip_seconds]',
      run(params) {
        const { skip_seconds } = params.read({ skip_seconds: withDefault(u32, 0) });
        if (skip_seconds > 0) parts.skip(skip_seconds);
        return parts.clock();
      },
    },
  ];
}

const SUBCOMMANDS = ['start', 'stop', 'startdir', 'rescan', 'list'];

async function plugin(host: PluginHost, { params, call, checkOnly }: HostContext): Promise<unknown> {
  const list = Array.isArray(params) ? (params as readonly unknown[]) : null;
  const named = list === null ? (params as Readonly<Record<string, unknown>>) : {};
  const subcommand = list === null ? named['subcommand'] : list[0];
  if (subcommand === undefined) throw new SimError(INVALID_PARAMS, 'missing required parameter: subcommand');
  const known = SUBCOMMANDS.find((name) => name === subcommand);
  if (known === undefined) throw new SimError(INVALID_PARAMS, `Unknown subcommand '${text(subcommand)}'`);
  if (known === 'start') {
    if (list && list.length > 2) throw new SimError(INVALID_PARAMS, 'Extra parameters must be in object');
    const path = list === null ? named['plugin'] : list[1];
    if (path === undefined) throw new SimError(INVALID_PARAMS, 'missing required parameter: plugin');
    const options = Object.entries(named).filter(([name]) => name !== 'subcommand' && name !== 'plugin');
    if (checkOnly) return { command_to_check: 'plugin' };
    await host.start(text(path), list === null ? Object.fromEntries(options) : null, call.id);
    return { command: 'start', plugins: host.list() };
  }
  const reader = new ParamReader(params, checkOnly);
  if (known === 'stop') {
    const { plugin: name } = reader.read({ subcommand: required(text), plugin: required(text) });
    return { command: 'stop', result: `Successfully stopped ${await host.stop(name)}.` };
  }
  if (known !== 'list') throw new SimError(-1, `plugin ${known}: not part of the simulated node`);
  reader.read({ subcommand: required(text) });
  return { command: 'list', plugins: host.list() };
}

function help({ commands }: HostParts, params: ParamReader): unknown {
  const { command } = params.read({ command: optional(text) });
  const all = commands().filter(({ name }) => command === undefined || name === command);
  if (command !== undefined && all.length === 0) throw new SimError(UNKNOWN_COMMAND, `Unknown command ${command}`);
  const lines = all.map(({ name, usage }) => ({ command: `${name} ${usage}` }));
  lines.sort((a, b) => (a.command < b.command ? -1 : 1));
  return { help: lines, 'format-hint': 'simple' };
}

function logLevel(token: unknown): LogLevel {
  const level = parseLogLevel(text(token));
  if (level === null) throw new BadToken('unknown log level');
  return level;
}

/** lightningd's names for its levels in `getlog`. */
const TYPES: Readonly<Record<LogLevel, string>> = {
  io: 'IO_IN',
  trace: 'TRACE',
  debug: 'DEBUG',
  info: 'INFO',
  unusual: 'UNUSUAL',
  broken: 'BROKEN',
};

/** Size of a real node's ring, which ours does not count. */
const BYTES_MAX = 16_777_216;

function describeLog(log: LogBook, level: LogLevel) {
  const entries = log.entries(level).map(({ level: of, at, source, text }) => ({
    type: TYPES[of],
    time: ((at - log.created) / 1000).toFixed(9),
    source,
    log: text,
  }));
  const used = entries.reduce((sum, { log: line }) => sum + line.length, 0);
  return { created_at: (log.created / 1000).toFixed(9), bytes_used: used, bytes_max: BYTES_MAX, log: entries };
}
