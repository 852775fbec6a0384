// Which pictures tell what a channel or a node earned? Statement, waterfall, profit over time, discounted cash flows.
import { percent } from '../app/profit/figures.ts';
import { asOf } from '../app/text/account-text.ts';
import { percentage } from '../app/text/layout.ts';
import { discountedFlows } from '../core/profit/discounted.ts';
import { statementOf } from '../core/profit/statement.ts';
import { cumulate, waterfallOf } from '../core/profit/waterfall.ts';
import { cumulatedFigure } from './charts/cumulated-figure.ts';
import { discountedFigure } from './charts/discounted-figure.ts';
import { statementFigure } from './charts/statement-figure.ts';
import { waterfallFigure } from './charts/waterfall-figure.ts';
import { measuresOf, type Pnl } from './pnl.ts';

/** SVG documents, in the order in which they are read. */
export function pnlFigures(pnl: Pnl): string[] {
  const statement = statementOf(pnl.flows);
  const named = (what: string, subtitle = `As of ${asOf(pnl.now)}`) => ({ title: `${pnl.title}: ${what}`, subtitle });
  const rate = percent(pnl.rate);
  return [
    statementFigure(statement, measuresOf(pnl), named('profit and loss')),
    waterfallFigure(waterfallOf(statement), named('from capital to closing')),
    cumulatedFigure(cumulate(pnl.flows), named('profit and cash over time')),
    discountedFigure(
      discountedFlows(pnl.flows, pnl.rate),
      named('discounted cash flows', `At ${rate === null ? 'a rate beyond numbers' : percentage(rate)} a year`),
    ),
  ];
}
