// The overview: what did the node earn in a period, how is it, what was done last?
import { daysBack, periodDayFigures, periodFigures, periodOf } from '../../app/profit/period.ts';
import type { Gathered } from '../../app/profit/gather.ts';
import type { UnixSec } from '../../core/units.ts';
import { DAY_COLUMNS, tableOf, type DayRow, type Overview, type Period } from '../api.ts';
import type { Readings } from '../readings.ts';
import { latestRebalances } from './rows.ts';

/** As many as revenue-status tells of. */
const LATEST = 10;

const DAYS: Readonly<Record<Exclude<Period, 'all'>, number>> = { '1d': 1, '7d': 7, '30d': 30, '90d': 90, '365d': 365 };

/** A whole life begins with the day of the first opening. */
function beginningOf(period: Period, { now, channels }: Gathered): UnixSec {
  if (period !== 'all') return daysBack(now, DAYS[period]);
  const first = channels.reduce<number>((least, { account }) => Math.min(least, account.openedAt), now);
  return daysBack(first as UnixSec, 0);
}

export async function overviewOf(readings: Readings, period: Period): Promise<Overview> {
  const gathered = await readings.profits();
  const status = await readings.status();
  const { now, channels, warnings } = gathered;
  const { ledger } = readings.context.store;
  const { lifetime, open, days } = await readings.sums(gathered);
  const figures = periodOf(ledger, channels, beginningOf(period, gathered), now, days);
  return {
    as_of: now,
    period,
    figures: periodFigures(figures),
    days: tableOf<DayRow>(DAY_COLUMNS, figures.days.map(periodDayFigures)),
    status,
    open_channels: open,
    lifetime,
    rebalances: latestRebalances(readings, gathered, LATEST),
    warnings,
  };
}
