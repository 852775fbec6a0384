// How are rebalances told? Pure: figures in, lines out.
import type { Intent } from '../core/rebalance/intent.ts';
import { FAILURE_KINDS } from '../core/rebalance/types.ts';
import { count, date, sats, wholeSats, type Paint } from '../app/text/paint.ts';
import { endOf, gainOf, type RebalanceTotals } from './rebalances.ts';

/** How many of them came to what, in words. */
export const endsText = ({ ends, tried }: RebalanceTotals): string =>
  `${count(tried)} tried: ${ends.map(([end, number]) => `${count(number)} ${end}`).join(', ')}`;

export function movedText({ moved, cost, expectedProfit }: RebalanceTotals): string {
  const price = moved === 0n ? '' : ` at ${count(Number((cost * 1_000_000n) / moved))} ppm`;
  return `${wholeSats(moved)} sat${price}, expected to bring ${sats(expectedProfit)} sat more than they cost`;
}

/** What it has cost, beside what that has brought by now. */
export const costText = ({ cost, earned, onHand }: RebalanceTotals, paint: Paint): string =>
  `rebalancing cost ${paint.bold(sats(cost))} sat, the liquidity bought has earned ${paint.bold(sats(earned))} sat so far` +
  (onHand > 0n ? `; ${wholeSats(onHand)} sat of it not sold yet` : '');

/** The newest first: when, from where to where, how much, what became of it and why. */
export const latest = (rebalances: readonly Intent[], most: number): readonly Intent[] =>
  [...rebalances].sort((a, b) => b.plannedAt - a.plannedAt).slice(0, most);

export function rebalanceLine(intent: Intent, paint: Paint): string {
  const { plannedAt, from, to, amountMsat } = intent;
  return (
    `${paint.dim(date(plannedAt).slice(5))}  ${from.scid.padEnd(9)} → ${to.scid.padEnd(9)} ` +
    `${wholeSats(amountMsat).padStart(9)} sat  ${outcome(intent, paint)}`
  );
}

function outcome(intent: Intent, paint: Paint): string {
  const { amountMsat, maxFeeMsat, movedMsat, feeMsat, message } = intent;
  const end = endOf(intent);
  const most = `at most ${ppmOf(maxFeeMsat, amountMsat)} ppm`;
  if (end === 'under way') return `${paint.yellow('under way')}  ${most}`;
  if (end !== 'arrived') return `${paint.yellow(end)}  ${paint.dim(message ?? FAILURE_KINDS[end])}`;
  return (
    `${paint.green('arrived')}  for ${paint.bold(`${ppmOf(feeMsat, movedMsat)} ppm`)}, ${most}; ` +
    `expected to bring ${sats(gainOf(intent))} sat more than it cost`
  );
}

const ppmOf = (fee: bigint, amount: bigint): string => count(Number((fee * 1_000_000n) / amount));
