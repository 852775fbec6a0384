// How does what revenue-explain says of rebalancing look on a terminal?
import type { ExplainedRebalance, RebalanceExplained } from '../rebalance/explained.ts';
import type { ExplainedPair, ExplainedVerdict } from '../rebalance/explained-verdict.ts';
import { left, right, sats, table, utc, wrap } from './layout.ts';

/** Of a terminal that is not narrow. Tables are as wide as they are. */
export const COLUMNS = 100;
export const wrapped = (lines: readonly string[]): string[] => lines.flatMap((line) => wrap(line, COLUMNS));

/** The longest label below, and the longest name of a step. */
const LABEL_WIDTH = 12;
const labelled = (label: string, text: string): string => `  ${label.padEnd(LABEL_WIDTH)}  ${text}`;
const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);
/** Whole ppm: more digits than anybody compares. */
const whole = (value: number): string => Math.round(value).toLocaleString('en-US');

const POLICIES: Readonly<Record<RebalanceExplained['policy'], string>> = {
  both: 'may give and take',
  source_only: 'may only give, by policy',
  sink_only: 'may only take, by policy',
  none: 'left alone, by policy',
};

/** One line for the head of the reply. */
export function rebalanceLine({ policy, lots, open }: RebalanceExplained, note: string | null): string {
  const parts = [POLICIES[policy]];
  if (lots.on_hand_sats > 0)
    parts.push(`${sats(lots.on_hand_sats)} sats bought and still here, for ${whole(lots.cost_ppm ?? 0)} ppm`);
  if (open.length > 0) parts.push(`${open.length} under way`);
  return parts.join('; ') + (note === null ? '' : `; ${note}`);
}

export function rebalanceLines({ destination, source, failures, open, last, dry_runs }: RebalanceExplained): string[] {
  const lines: string[] = [];
  if (destination !== null) lines.push('', ...verdictLines('Rebalancing into it', destination));
  if (source !== null) lines.push('', ...verdictLines('Rebalancing out of it', source));
  if (failures.length > 0)
    lines.push(
      '',
      'Failed lately:',
      ...wrapped(
        failures.map(({ role, partner, text }) => `  as ${role}${partner === null ? '' : ` with ${partner}`}: ${text}`),
      ),
    );
  if (open.length > 0) lines.push('', 'Under way:', ...indented(rebalancesTable('since', open)), ...messages(open));
  if (dry_runs.length > 0)
    lines.push(
      '',
      'Recorded, as dry-run:',
      ...indented(
        table(
          [left('recorded'), left('from'), left('to'), right('sats'), right('at most'), right('profit')],
          dry_runs.map((one) => [
            utc(one.recorded_at),
            one.from_channel,
            one.to_channel,
            sats(one.amount_sats),
            sats(one.max_fee_sats),
            sats(one.expected_profit_sats),
          ]),
        ),
      ),
    );
  if (last.length > 0)
    lines.push('', 'Last rebalances:', ...indented(rebalancesTable('ended', last)), ...messages(last));
  return lines;
}

function verdictLines(title: string, verdict: ExplainedVerdict): string[] {
  const { reason, sentence, shortfall, steps, pairs, refused, would_change: changes, decided_at: at } = verdict;
  const lines = [`${title}: ${reason} (as of ${utc(at)})`, labelled('that is', sentence)];
  if (shortfall !== null) lines.push(labelled('by how much', shortfall.text));
  lines.push(...steps.map(({ step, text }) => labelled(step, text)));
  if (refused.length > 0)
    lines.push(labelled('refused', refused.map(({ reason: why, partners }) => `${partners} for ${why}`).join(', ')));
  lines.push(...changes.map((change, i) => labelled(i === 0 ? 'would change' : '', change)));
  const [best] = pairs;
  return [
    ...wrapped(lines),
    ...(pairs.some(({ evaluation }) => evaluation !== null) ? ['', ...indented(pairsTable(pairs)), LEGEND] : []),
    ...(best === undefined || best.steps.length === 0 ? [] : ['', ...bestLines(best)]),
  ];
}

const bestLines = ({ partner, steps }: ExplainedPair): string[] => [
  `  With ${partner}, step by step:`,
  ...wrapped(steps.filter(({ step }) => step !== 'would-change').map(({ step, text }) => `  ${labelled(step, text)}`)),
];

/** What the columns of the pairs are measured in. */
const LEGEND = '  value, given up, way, spread, plain (the plain rule of fees): ppm; fee, profit, at most: sats';

const pairsTable = (pairs: readonly ExplainedPair[]): string[] =>
  table(
    [
      left('partner'),
      right('sats'),
      right('value'),
      right('given up'),
      right('way'),
      right('spread'),
      right('plain'),
      right('fee'),
      right('profit'),
      right('at most'),
      left('verdict'),
    ],
    pairs.map(({ partner, evaluation, reason }) =>
      evaluation === null
        ? [partner, '', '', '', '', '', '', '', '', '', reason]
        : [
            partner,
            whole(evaluation.amount_sats),
            whole(evaluation.value_ppm),
            whole(evaluation.opportunity_ppm),
            whole(evaluation.inbound_ppm),
            whole(evaluation.spread_ppm),
            whole(evaluation.plain_spread_ppm),
            whole(evaluation.expected_fee_sats),
            whole(evaluation.expected_profit_sats),
            whole(evaluation.break_even_sats),
            reason,
          ],
    ),
  );

const rebalancesTable = (when: string, rebalances: readonly ExplainedRebalance[]): string[] =>
  table(
    [
      left(when),
      left('from'),
      left('to'),
      right('sats'),
      right('at most'),
      right('fee'),
      right('ppm'),
      left('status'),
      left('by'),
    ],
    rebalances.map((one) => [
      utc(one.ended_at ?? one.planned_at),
      one.from_channel,
      one.to_channel,
      sats(one.moved_sats > 0 ? one.moved_sats : one.amount_sats),
      sats(one.max_fee_sats),
      sats(one.fee_sats),
      one.fee_ppm === null ? '' : whole(one.fee_ppm),
      one.status,
      one.driver + (one.manual ? ', by hand' : ''),
    ]),
  );

/** What was said of those that did not simply arrive. */
const messages = (rebalances: readonly ExplainedRebalance[]): string[] =>
  wrapped(
    rebalances.flatMap(({ ended_at, planned_at, message }) =>
      message === null ? [] : [`  ${utc(ended_at ?? planned_at)}  ${message}`],
    ),
  );
