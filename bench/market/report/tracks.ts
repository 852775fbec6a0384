// How did single channels fare? Balances and fees over time of a few channels, for a few of the tools, on the first seed.
import { escape } from '../../../src/cli/charts/svg.ts';
import type { Tracks } from '../../../src/sim/market/contest/exemplars.ts';
import type { Row, ScenarioResult } from '../results.ts';
import { curvesPlot, type Curve } from './curves.ts';
import { roleOf } from './roles.ts';

interface Followed {
  readonly row: Row;
  readonly tracks: Tracks;
}

export function tracksOf(result: ScenarioResult): string {
  const scores = result.answers[0]?.scores ?? [];
  const followed = result.rows.flatMap((row, i): Followed[] => {
    const tracks = scores[i]?.tracks ?? null;
    return tracks !== null && isFollowed(row, result) ? [{ row, tracks }] : [];
  });
  const [one] = followed;
  if (one === undefined) return '';
  const plots = one.tracks.channels.map(({ channel, why }, at) => {
    const curves = (pick: 'share' | 'feePpm'): Curve[] =>
      followed.map(({ row, tracks }) => ({
        name: row.name,
        role: roleOf(row, result),
        values: tracks.channels[at]?.[pick] ?? [],
      }));
    const shared = { everyDays: one.tracks.everyDays, firstDay: 0, named: true };
    return (
      `<div><h3>Channel ${channel} <span class="muted">${escape(why)}</span></h3>` +
      curvesPlot(curves('share'), {
        ...shared,
        label: 'on our side; by day',
        scale: 'share',
        steps: false,
        height: 170,
      }) +
      curvesPlot(curves('feePpm'), { ...shared, label: 'fee, ppm; by day', scale: 'log', steps: true, height: 190 }) +
      '</div>'
    );
  });
  return `<h3>Balances and fees over time, first seed</h3><div class="grid">${plots.join('')}</div>`;
}

/** Ours, the realisable oracle, and the best of the others. */
const isFollowed = (row: Row, result: ScenarioResult): boolean =>
  row.kind === 'ours' || row.entry.tool === 'oracle' || roleOf(row, result) === 'best';
