// How does a backtest read at a terminal? The answer first, then what it rests on.
import type { BacktestFigures } from '../../core/backtest/figures.ts';
import { left, pairs, right, sats, signed, table, utc, wrap } from './layout.ts';

const WIDTH = 110;
type Range = BacktestFigures['other']['net_sats'];

const range = ({ low, high }: Range): string => `${sats(low)} to ${sats(high)}`;
const signedRange = ({ low, high }: Range): string => `${signed(low)} to ${signed(high)}`;

const TOLD = { 'one-fee': 'one fee only', 'too-little': 'too little', enough: 'yes' } as const;

function answerOf({ answer, difference, days }: BacktestFigures): string {
  const { mean } = difference.net_sats;
  const interval = `(95 %: ${signedRange(difference.net_sats)})`;
  if (answer === 'cannot-tell') return `The data cannot tell whether it would have earned more or less ${interval}.`;
  const word = answer === 'more' ? 'more' : 'less';
  return `It would have earned ${word}: ${signed(mean)} sats net in ${days} days ${interval}.`;
}

export function backtestText(figures: BacktestFigures): string {
  const { actual, self_check, other, difference, configuration } = figures;
  const options = Object.entries(configuration).map(([name, value]) => `${name}=${String(value)}`);
  const rows = (
    [
      ['fees', 'fees_sats'],
      ['rebalance cost', 'rebalance_cost_sats'],
      ['net', 'net_sats'],
    ] as const
  ).map(([label, key]) => [
    label,
    sats(actual[key]),
    range(self_check[key]),
    sats(other[key].mean),
    range(other[key]),
    signedRange(difference[key]),
  ]);
  const channels = figures.channels.map((each) => [
    each.channel,
    sats(each.actual_net_sats),
    sats(each.other_net_sats.mean),
    signedRange(each.difference_sats),
    TOLD[each.price_told],
  ]);
  return [
    answerOf(figures),
    ...figures.why_not.map((reason) => `- ${reason}`),
    '',
    ...pairs([
      ['History', `${utc(figures.from)} to ${utc(figures.until)}, ${sats(figures.forwards)} forwards`],
      ['Asked', options.join(' ')],
      ['Self-check', self_check.reproduced ? 'passed: what was done is reproduced' : 'FAILED: no claim is made'],
      ['Draws', `${figures.draws}; intervals hold 95 %`],
    ]),
    '',
    ...table(
      [left('sats'), right('actual'), right('replayed'), right('other'), right('95 %'), right('difference')],
      rows,
    ),
    '',
    ...table(
      [left('channel'), right('actual net'), right('other net'), right('difference'), left('prices tell')],
      channels,
    ),
    ...(figures.warnings.length > 0 ? ['', ...figures.warnings.map((warning) => `Note: ${warning}`)] : []),
  ]
    .flatMap((line) => wrap(line, WIDTH))
    .join('\n');
}
