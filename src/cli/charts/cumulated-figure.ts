// How did the result come about over time? Profit above, the same with the capital in it below.
import { scaleLinear, scaleUtc, type ScaleLinear, type ScaleTime } from 'd3-scale';
import { area, curveStepAfter, line as lineShape } from 'd3-shape';
import type { CumulatedPoint } from '../../core/profit/waterfall.ts';
import { figure, MARGIN, TOP, WIDTH, type FigureOptions } from './figure.ts';
import { element, line, text } from './svg.ts';
import { amountText, sats, tickText } from './words.ts';

const HEIGHT = 520;
const LEFT = 112;
const RIGHT = WIDTH - MARGIN - 20;
const PANELS = {
  profit: { top: TOP + 22, bottom: 330 },
  cash: { top: 378, bottom: HEIGHT - 48 },
} as const;
/** Share of the axis left free above and below. */
const AIR = 0.08;

type Panel = keyof typeof PANELS;
interface Place {
  readonly time: number;
  readonly value: number;
}

export function cumulatedFigure(points: readonly CumulatedPoint[], options: FigureOptions): string {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined)
    return figure(options, TOP + 60, text('No cash flow yet.', MARGIN, TOP + 20, 'muted'));
  const x = scaleUtc([first.time * 1000, last.time * 1000], [LEFT, RIGHT]);
  const profit = thinned(points, 'profit', x);
  const cash = thinned(points, 'cash', x);
  const { bottom } = PANELS.cash;
  const dates = x
    .ticks(7)
    .map(
      (date) =>
        line(x(date), PANELS.profit.top, x(date), bottom, 'grid-line thin') +
        text(x.tickFormat(7)(date), x(date), bottom + 20, 'small muted', 'middle'),
    );
  const body = [
    ...dates,
    text('Profit: earned less spent, sats', LEFT, PANELS.profit.top - 10, 'small ink strong'),
    panel('profit', profit, x),
    text('Cash: profit less capital locked, sats', LEFT, PANELS.cash.top - 10, 'small ink strong'),
    panel('cash', cash, x),
  ];
  return figure(options, HEIGHT, body.join(''));
}

/** What a pixel column can show of its points: the first, the lowest, the highest and the last. */
function thinned(points: readonly CumulatedPoint[], panel: Panel, x: ScaleTime<number, number>): Place[] {
  const columns = new Map<number, Place[]>();
  for (const point of points) {
    const place = { time: point.time * 1000, value: sats(point[panel]) };
    const column = Math.round(x(place.time));
    const kept = columns.get(column);
    if (kept === undefined) columns.set(column, [place, place, place, place]);
    else {
      const [begin = place, low = place, high = place] = kept;
      columns.set(column, [
        begin,
        place.value < low.value ? place : low,
        place.value > high.value ? place : high,
        place,
      ]);
    }
  }
  return [...columns.values()].flatMap((kept) => [...new Set(kept)].sort((a, b) => a.time - b.time));
}

function panel(name: Panel, places: readonly Place[], x: ScaleTime<number, number>): string {
  const { top, bottom } = PANELS[name];
  const y = valueAxis(places, top, bottom);
  const ticks = y
    .ticks(name === 'profit' ? 5 : 3)
    .map(
      (tick) =>
        line(LEFT, y(tick), RIGHT, y(tick), tick === 0 ? 'muted-line thin' : 'grid-line thin') +
        text(tickText(tick), LEFT - 12, y(tick) + 4, 'small muted', 'end'),
    );
  const end = places.at(-1) ?? { time: 0, value: 0 };
  const mark =
    element('circle', { cx: x(end.time), cy: y(end.value), r: 4, class: name === 'cash' ? 'money' : tone(end.value) }) +
    text(amountText(end.value), x(end.time) - 10, y(end.value) - 10, 'ink strong halo', 'end');
  return (
    ticks.join('') + (name === 'profit' ? profitShapes(places, x, y) : moneyLine(places, x, y, 'money-line')) + mark
  );
}

const tone = (value: number): 'gain' | 'cost' => (value < 0 ? 'cost' : 'gain');

function valueAxis(places: readonly Place[], top: number, bottom: number): ScaleLinear<number, number> {
  let low = 0;
  let high = 0;
  for (const { value } of places) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const air = (high - low || 1) * AIR;
  return scaleLinear([low < 0 ? low - air : 0, high > 0 ? high + air : 0], [bottom, top]);
}

/** The part above zero as a gain, the part below as a cost. */
function profitShapes(places: readonly Place[], x: ScaleTime<number, number>, y: ScaleLinear<number, number>): string {
  const half = (side: (value: number) => number, style: 'gain' | 'cost'): string => {
    const shape = area<Place>(
      ({ time }) => x(time),
      y(0),
      ({ value }) => y(side(value)),
    ).curve(curveStepAfter);
    return element('path', { d: rounded(shape([...places])), class: style, 'fill-opacity': 0.22 });
  };
  return (
    half((value) => Math.max(0, value), 'gain') +
    half((value) => Math.min(0, value), 'cost') +
    moneyLine(places, x, y, 'ink-line')
  );
}

function moneyLine(
  places: readonly Place[],
  x: ScaleTime<number, number>,
  y: ScaleLinear<number, number>,
  style: string,
): string {
  const shape = lineShape<Place>(
    ({ time }) => x(time),
    ({ value }) => y(value),
  ).curve(curveStepAfter);
  return element('path', { d: rounded(shape([...places])), class: `thick ${style}`, 'stroke-linejoin': 'round' });
}

/** A tenth of a pixel is enough, and a third of the size. */
const rounded = (path: string | null): string =>
  (path ?? '').replaceAll(/\d+\.\d+/g, (digits) => Number(digits).toFixed(1));
