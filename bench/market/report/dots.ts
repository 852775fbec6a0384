// Where does everyone stand in one metric? A dot for each contestant with its 95 % interval, the best on top.
import { scaleLinear, scaleSqrt, type ScaleContinuousNumeric } from 'd3-scale';
import { element, line, text } from '../../../src/cli/charts/svg.ts';
import type { MetricKey } from '../metrics.ts';
import type { Row, ScenarioResult } from '../results.ts';
import { short } from '../table.ts';
import { roleOf } from './roles.ts';
import { LETTER } from './style.ts';

export interface DotPlotOptions {
  readonly metric: MetricKey;
  /** Values drawn as a line, with what they are. */
  readonly marks: readonly (readonly [value: number, name: string])[];
  /** Whether more is better; the best is on top. */
  readonly more: boolean;
  /** `root`: where a few are so far off that nothing could be seen of the others. */
  readonly scale: 'linear' | 'root';
}

type Axis = ScaleContinuousNumeric<number, number>;

const WIDTH = 380;
const RIGHT = WIDTH - 34;
/** Between a name and the plot. */
const GAP = 10;
const TOP = 20;
const ROW = 19;

export function dotPlot(result: ScenarioResult, options: DotPlotOptions): string {
  const { metric, marks, more } = options;
  const told = (row: Row): number => row.figures[metric].value;
  const rows = result.rows
    .filter((row) => !Number.isNaN(told(row)))
    .sort((a, b) => (more ? told(b) - told(a) : told(a) - told(b)));
  if (rows.length === 0) return '';
  const left = GAP + LETTER * Math.max(...rows.map(({ name }) => name.length));
  const x = axis(rows, left, options);
  const bottom = TOP + rows.length * ROW;
  const ticks = x
    .ticks(5)
    .map((tick) => [
      line(x(tick), TOP - 4, x(tick), bottom, 'grid-line'),
      text(x.tickFormat(5)(tick), x(tick), bottom + 16, 'small muted', 'middle'),
    ]);
  const marked = marks.map(([value, name]) => [
    line(x(value), TOP - 4, x(value), bottom, 'mark-line'),
    text(name, x(value), TOP - 8, 'small muted', 'middle'),
  ]);
  const drawn = rows.map((row, i) => mark(row, result, metric, x, TOP + (i + 0.5) * ROW));
  return element(
    'svg',
    { viewBox: `0 0 ${WIDTH} ${bottom + 24}`, role: 'img', 'aria-label': `${result.scenario.name}: ${metric}` },
    ...ticks.flat(),
    ...marked.flat(),
    ...drawn,
  );
}

function axis(rows: readonly Row[], left: number, { metric, marks, scale }: DotPlotOptions): Axis {
  const ends = rows.flatMap(({ figures }) => {
    const { value, low, high } = figures[metric];
    return [value, low, high].filter((end) => Number.isFinite(end));
  });
  const low = Math.min(0, ...ends);
  const high = Math.max(...ends, ...marks.map(([value]) => value));
  const make = scale === 'root' ? scaleSqrt : scaleLinear;
  return make([low, high === low ? low + 1 : high], [left, RIGHT]).nice(5);
}

function mark(row: Row, result: ScenarioResult, metric: MetricKey, x: Axis, y: number): string {
  const role = roleOf(row, result);
  const { value, low, high } = row.figures[metric];
  const [left = 0] = x.range();
  const strong = role === 'other' ? 'muted' : `strong text-${role}`;
  const whisker = Number.isNaN(low) ? '' : line(x(low), y, x(high), y, `whisker line-${role}`);
  const hollow = row.entry.setup !== 'shipped';
  const dot =
    row.kind === 'oracle'
      ? element('rect', {
          x: x(value) - 4,
          y: y - 4,
          width: 8,
          height: 8,
          class: `fill-${role}`,
          transform: `rotate(45 ${x(value)} ${y})`,
        })
      : element('circle', { cx: x(value), cy: y, r: 4.2, class: `${hollow ? 'hollow' : 'fill'}-${role}` });
  const edge = Math.max(x(value), Number.isNaN(high) ? 0 : x(high));
  return (
    text(row.name, left - GAP, y + 4, `small ${strong}`, 'end') +
    whisker +
    dot +
    text(short(value), edge + 8, y + 4, `small ${role === 'other' ? 'muted' : 'strong'}`)
  );
}
