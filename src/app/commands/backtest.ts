// revenue-backtest: what would another configuration have earned on this node's own history?
import { ASKABLE, askedName, configAsked } from '../../core/backtest/settings.ts';
import { DEFAULTS } from '../../core/config/validate.ts';
import { CommandError } from '../../core/errors.ts';
import type { Config } from '../../core/config/options.ts';
import { daysBefore } from '../../core/units.ts';
import { BacktestFailure, type Backtester } from '../../ports.ts';
import { requireReady } from '../readiness.ts';
import { backtestText } from '../text/backtest-text.ts';
import { command } from './command.ts';
import { flag, optional, readParams, withDefault, type ParamKind } from './params.ts';
import { asText } from './text-reply.ts';

const whole = (low: number, high: number): ParamKind<number> => ({
  expected: `an integer ${low}..${high}`,
  parse: (value) => {
    const number = typeof value === 'string' && /^\d{1,6}$/.test(value) ? Number(value) : value;
    return typeof number === 'number' && Number.isInteger(number) && number >= low && number <= high
      ? number
      : undefined;
  },
});

/** Checked as setconfig checks it, which gets text. */
const setting: ParamKind<string> = {
  expected: 'a value of the option of that name',
  parse: (value) =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined,
};

const paramName = (option: string): string => option.replaceAll('-', '_');
const SETTINGS = ASKABLE.map(askedName);
const SETTING_PARAMS = Object.fromEntries(SETTINGS.map((name) => [paramName(name), optional(setting)]));
const OWN_PARAMS = {
  days: optional(whole(14, 3650)),
  draws: withDefault(whole(5, 200), 20),
  text: withDefault(flag, false),
};

/** Those at work: each takes minutes of a core. */
const atWork = new WeakSet<Backtester>();

export const backtestCommand = command({
  name: 'revenue-backtest',
  usage: `[days] [draws] [text] [${SETTINGS.map(paramName).join('] [')}]`,
  description:
    'Say with intervals what another configuration would have earned on the own history, or that the data cannot tell',
  read: (params) => {
    const { days, draws, text, ...given } = readParams({ ...OWN_PARAMS, ...SETTING_PARAMS }, params);
    const asked = new Map<string, string>();
    for (const name of SETTINGS) {
      const value = (given as Readonly<Record<string, string | null>>)[paramName(name)];
      if (value !== null && value !== undefined) asked.set(name, value);
    }
    // Each by itself; whether they go together is known once those in force are.
    for (const one of asked) configWith(ANY, new Map([one]));
    return { days, draws, text, asked };
  },
  run: async ({ days, draws, text, asked }, context, { progress }) => {
    requireReady(context.readiness());
    const config = configWith(context.config(), asked);
    const { backtester } = context;
    if (atWork.has(backtester))
      throw new CommandError('backtest-running', 'a backtest is under way already: wait until it has ended');
    atWork.add(backtester);
    try {
      const figures = await backtester.backtest(
        {
          database: context.store.facts().path,
          // Not from now: what the node has settled since the last look is not there yet, and days would be missing.
          since: days === null ? null : daysBefore(context.store.historyGap().from, days),
          draws,
          config,
        },
        // In hundredths: lightning-cli reads whole numbers only, and one draw of many channels takes minutes.
        (done, of) => {
          progress(Math.floor((100 * done) / of), 100);
        },
        context.stopping,
      );
      return text ? asText(backtestText(figures)) : figures;
    } catch (error) {
      if (error instanceof BacktestFailure) throw new CommandError('backtest-failed', error.message);
      throw error;
    } finally {
      atWork.delete(backtester);
    }
  },
});

/** With which each single value goes together. */
const ANY: Config = { ...DEFAULTS, minFeePpm: 0, maxFeePpm: 1_000_000, feeWindowMinHours: 0, feeWindowMaxHours: 8760 };

/** @throws CommandError */
function configWith(base: Config, asked: ReadonlyMap<string, string>): Config {
  const config = configAsked(base, asked);
  if (config.ok) return config.value;
  throw new CommandError('invalid-parameter', config.error);
}
