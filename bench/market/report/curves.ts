// How is something drawn that goes on over time? Lines with their names at the end, one axis of days.
import { scaleLinear, scaleLog } from 'd3-scale';
import { curveStepAfter, line as lineShape } from 'd3-shape';
import { element, line, text } from '../../../src/cli/charts/svg.ts';
import { LETTER, type Role } from './style.ts';

export interface Curve {
  readonly name: string;
  readonly role: Role;
  /** One every `everyDays`. */
  readonly values: readonly number[];
}

export interface CurvesOptions {
  readonly label: string;
  readonly everyDays: number;
  /** When the first value is of. */
  readonly firstDay: number;
  readonly scale: 'linear' | 'log' | 'share';
  readonly steps: boolean;
  readonly named: boolean;
  readonly height: number;
}

const WIDTH = 400;
const LEFT = 46;
const TOP = 22;
/** Lines of text at the ends of curves are at least so far apart. */
const APART = 13;

export function curvesPlot(curves: readonly Curve[], options: CurvesOptions): string {
  const { everyDays, firstDay, height, named } = options;
  const right = WIDTH - (named ? 10 + LETTER * longest(curves) : 14);
  const bottom = height - 22;
  const count = Math.max(...curves.map(({ values }) => values.length));
  const x = scaleLinear([0, firstDay + Math.max(1, count - 1) * everyDays], [LEFT, right]);
  const y = valueAxis(curves, options, bottom);
  const dayTicks = x.ticks(5).map((day) => text(String(day), x(day), height - 6, 'small muted', 'middle'));
  const valueTicks = y
    .ticks(4)
    .map(
      (tick) =>
        line(LEFT, y(tick), right, y(tick), 'grid-line') +
        text(
          options.scale === 'share' ? `${Math.round(tick * 100)} %` : tick.toLocaleString('en-US'),
          LEFT - 6,
          y(tick) + 4,
          'small muted',
          'end',
        ),
    );
  // The grey ones first, so that they hide nobody.
  const drawn = [...curves].sort((a, b) => Number(b.role === 'other') - Number(a.role === 'other'));
  const path = lineShape<number>(
    (_, i) => x(firstDay + i * everyDays),
    (value) => y(value),
  );
  if (options.steps) path.curve(curveStepAfter);
  const lines = drawn.map(({ role, values }) =>
    element('path', { d: rounded(path([...values])), class: `curve line-${role}` }),
  );
  const names = named ? endNames(drawn, (value) => y(value), right, bottom) : [];
  return element(
    'svg',
    { viewBox: `0 0 ${WIDTH} ${height}`, role: 'img', 'aria-label': options.label },
    text(options.label, LEFT, 12, 'small muted'),
    ...valueTicks,
    ...dayTicks,
    ...lines,
    ...names,
  );
}

/** Letters of the longest name at the end of a curve. */
const longest = (curves: readonly Curve[]): number =>
  Math.max(0, ...curves.filter(({ role }) => role !== 'other').map(({ name }) => name.length));

interface ValueAxis {
  (value: number): number;
  ticks(count: number): number[];
}

function valueAxis(curves: readonly Curve[], { scale }: CurvesOptions, bottom: number): ValueAxis {
  const all = curves.flatMap(({ values }) => values);
  if (scale === 'share') return scaleLinear([0, 1], [bottom, TOP]);
  if (scale === 'linear') return scaleLinear([Math.min(0, ...all), Math.max(1, ...all)], [bottom, TOP]).nice(4);
  // A fee of 0 is drawn as 1 ppm.
  const log = scaleLog([Math.max(1, Math.min(...all)) * 0.9, Math.max(10, ...all) * 1.1], [bottom, TOP]);
  const axis = (value: number): number => log(Math.max(1, value));
  return Object.assign(axis, { ticks: (count: number) => fewer(log.ticks(count), count) });
}

/** Of a logarithmic axis' ticks those that read well. */
function fewer(ticks: readonly number[], count: number): number[] {
  const round = (bases: readonly number[]): number[] =>
    ticks.filter((tick) => bases.includes(Number(tick.toPrecision(1)) / 10 ** Math.floor(Math.log10(tick))));
  for (const bases of [[1, 2, 5], [1, 3], [1]]) {
    const kept = round(bases);
    if (kept.length <= count + 1) return kept;
  }
  return round([1]);
}

/** From the top down, each at the height where its curve ends or just below the one before. */
function endNames(curves: readonly Curve[], y: (value: number) => number, right: number, bottom: number): string[] {
  const ends = curves
    .filter(({ role }) => role !== 'other')
    .map(({ name, role, values }) => ({ name, role, at: y(values.at(-1) ?? 0) }))
    .sort((a, b) => a.at - b.at);
  let least = TOP;
  const placed = ends.map((end) => {
    const at = Math.max(end.at, least);
    least = at + APART;
    return { ...end, at };
  });
  // What was pushed below the axis pushes the others up again.
  let most = bottom;
  for (const end of [...placed].reverse()) {
    end.at = Math.min(end.at, most);
    most = end.at - APART;
  }
  return placed.map(({ name, role, at }) => text(name, right + 8, at + 4, `small strong text-${role}`));
}

/** A tenth of a pixel is enough: paths are most of the page. */
const rounded = (path: string | null): string =>
  (path ?? '').replaceAll(/\d+\.\d+/g, (digits) => String(Math.round(Number(digits) * 10) / 10));
