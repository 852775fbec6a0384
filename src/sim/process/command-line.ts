// What was asked of the program? Its own options, and everything lightningd would take for an option of a plugin.
import { parseArgs } from 'node:util';
import { scenarioNamed } from '../market/scenario.ts';
import { parseVar, type ConfigVar } from './config-vars.ts';
import { EXIT, Fatal } from './fatal.ts';
import type { NodeOptions } from './node-options.ts';
import { messageOf } from '../../core/message-of.ts';

export const USAGE = `simulated-node: behaves like lightningd toward a plugin, on a simulated network (regtest)

  --lightning-dir DIR         where the node lives; its socket is DIR/regtest/lightning-rpc (required)
  --plugin PATH               start this plugin with the node (repeatable)
  --important-plugin PATH     the same, and the node ends when it ends
  --disable-plugin NAME       do without a plugin that lightningd brings along, such as bookkeeper
  --plugin-option NAME=VALUE  set an option of a plugin; --NAME=VALUE does the same
  --developer                 as lightningd --developer: deprecated interfaces off
  --version VERSION           the lightningd to be like (v26.06.6)
  --alias NAME                alias of the node
  --log-file PATH             where it logs (DIR/regtest/log)
  --channels N                open channels at the start (8)
  --no-closed-channels        without the two that close before the start
  --joint-funding             no channel begins with a gift: peers bring funds into ours, we none into theirs
  --market SCENARIO           payments as a market of that scenario makes them, such as S1 (none)
  --forwards-per-day N        random traffic, mean (0); of a market at its best fees (the scenario's)
  --history-days N            days of traffic before the start (0)
  --seed N                    same seed, same world (1)
  --start ISO|UNIX|now        virtual time at the start (now)
  --speed N                   virtual seconds per second (1)
  --days N                    end after so many virtual days
  --freeze-after-days N       let time stand still after so many virtual days, and go on answering
  --state FILE                remember the world there, over restarts and crashes
  --plugin-timeout SECONDS    for getmanifest and for init (120)
  --shutdown-grace SECONDS    from the shutdown notification to SIGKILL (30)
  --until-stdin-ends          end cleanly when standard input does, so that it never outlives who started it
  --help
`;

const text = { type: 'string' } as const;
const list = { type: 'string', multiple: true } as const;
const flag = { type: 'boolean' } as const;

const OWN = {
  'lightning-dir': text,
  network: text,
  plugin: list,
  'important-plugin': list,
  'disable-plugin': list,
  'plugin-option': list,
  developer: flag,
  version: text,
  alias: text,
  'log-file': text,
  channels: text,
  'no-closed-channels': flag,
  'joint-funding': flag,
  market: text,
  'forwards-per-day': text,
  'history-days': text,
  seed: text,
  start: text,
  speed: text,
  days: text,
  'freeze-after-days': text,
  state: text,
  'plugin-timeout': text,
  'shutdown-grace': text,
  'until-stdin-ends': flag,
  help: flag,
} as const;

export interface CommandLine {
  readonly options: NodeOptions;
  readonly untilStdinEnds: boolean;
}

/** The node's options, or null when only help was asked for. @throws Fatal for a command line that makes no sense. */
export function parseCommandLine(args: readonly string[], now: number): CommandLine | null {
  const passed: ConfigVar[] = [];
  const own = args.filter((arg) => {
    const name = /^--([^=]+)/.exec(arg)?.[1];
    // An option that is not ours must have its value behind "=", so that no word is left over.
    if (name === undefined || name in OWN) return true;
    passed.push(parseVar(arg.slice(2), { kind: 'cmdline' }));
    return false;
  });
  const values = parseOwn(own);
  if (values.help === true) return null;
  if (values['lightning-dir'] === undefined) throw usage('--lightning-dir is required');
  if ((values.network ?? 'regtest') !== 'regtest') throw usage('--network: only regtest is simulated');
  const option = (values['plugin-option'] ?? []).map((item) => parseVar(item, { kind: 'cmdline' }));
  const options: NodeOptions = {
    lightningDir: values['lightning-dir'],
    plugins: values.plugin ?? [],
    importantPlugins: values['important-plugin'] ?? [],
    disabledPlugins: values['disable-plugin'] ?? [],
    vars: [...option, ...passed],
    developer: values.developer ?? false,
    logFile: values['log-file'] ?? null,
    speed: number('speed', values.speed, 1, 1e-3),
    days: values.days === undefined ? null : number('days', values.days, 0),
    freezeAfterDays:
      values['freeze-after-days'] === undefined ? null : number('freeze-after-days', values['freeze-after-days'], 0),
    stateFile: values.state ?? null,
    pluginTimeout: number('plugin-timeout', values['plugin-timeout'], 120),
    shutdownGrace: number('shutdown-grace', values['shutdown-grace'], 30),
    world: {
      version: values.version ?? 'v26.06.6',
      ...(values.alias === undefined ? {} : { alias: values.alias }),
      market: values.market === undefined ? null : scenario(values.market),
      channels: integer('channels', values.channels, 8),
      closedChannels: values['no-closed-channels'] !== true,
      funding: values['joint-funding'] === true ? 'joint' : 'push',
      forwardsPerDay: number('forwards-per-day', values['forwards-per-day'], 0),
      historyDays: number('history-days', values['history-days'], 0),
      seed: integer('seed', values.seed, 1),
      startMs: startTime(values.start ?? 'now', now),
    },
  };
  return { options, untilStdinEnds: values['until-stdin-ends'] ?? false };
}

function parseOwn(args: string[]) {
  try {
    return parseArgs({ args, options: OWN, strict: true }).values;
  } catch (error) {
    throw usage(messageOf(error));
  }
}

function number(name: string, given: string | undefined, fallback: number, least = 0): number {
  if (given === undefined) return fallback;
  const value = Number(given);
  if (given.trim() === '' || !Number.isFinite(value) || value < least)
    throw usage(`--${name}: expected a number >= ${least}, got ${given}`);
  return value;
}

function integer(name: string, given: string | undefined, fallback: number): number {
  const value = number(name, given, fallback);
  if (!Number.isSafeInteger(value)) throw usage(`--${name}: expected a whole number, got ${given ?? ''}`);
  return value;
}

function scenario(name: string): string {
  try {
    return scenarioNamed(name).name;
  } catch (error) {
    throw usage(`--market: ${messageOf(error)}`);
  }
}

/** Milliseconds since the epoch. */
function startTime(given: string, now: number): number {
  if (given === 'now') return now;
  const ms = /^\d+$/.test(given) ? Number(given) * 1000 : Date.parse(given);
  if (Number.isNaN(ms)) throw usage(`--start: expected an ISO date, Unix seconds or now, got ${given}`);
  return ms;
}

const usage = (problem: string): Fatal => new Fatal(EXIT.usage, `${problem}\nTry --help.`);
