// How does something change over time? Bars, steps and lines on a canvas, with the figures under the pointer.
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { axisTexts, date, moment } from '../format.ts';
import { SECONDS_PER_DAY } from '../../../core/units.ts';
import { ChartFrame } from './chart-frame.tsx';
import { palette, type Palette } from './colours.ts';
import type { Series } from './series.ts';
import { tooltip } from './tooltip.ts';
import { useWidth } from '../ui/width.ts';

interface Props {
  readonly label: string;
  /** Unix seconds, ascending. */
  readonly times: readonly number[];
  readonly series: readonly Series[];
  readonly height: number;
  /** One point per day: told by the date alone. */
  readonly daily?: boolean;
  /** More on a point, such as the reason of a change. */
  readonly remark?: (index: number) => string | null;
}

/** By uPlot's count of sides, clockwise from above. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- its enum exists for the compiler alone
const RIGHT = 1 as uPlot.Axis.Side;
const AXIS_FONT = '11px system-ui, sans-serif';

export function TimeChart({ label, times, series, height, daily = false, remark }: Props): JSX.Element {
  const [place, width] = useWidth<HTMLDivElement>();
  const told = daily ? date : moment;
  return (
    <ChartFrame
      label={label}
      height={height}
      legend={series
        .filter(({ kind }) => kind !== 'told')
        .map(({ label, colour, kind }) => ({ label, colour, line: kind !== 'bars' }))}
      table={() => ({
        heads: [daily ? 'Day (UTC)' : 'Time (UTC)', ...series.map(({ label }) => label)],
        rows: times
          .map((time, i) => [told(time), ...series.map(({ values, text }) => cell(values[i], text))])
          .reverse(),
      })}
    >
      <div
        ref={place}
        class="chart"
        style={{ height: `${height}px` }}
        role="img"
        aria-label={`${label}. The same as a table: the button above.`}
      >
        {width > 0 && <Plot {...{ times, series, height, daily, width }} remark={remark ?? null} />}
      </div>
    </ChartFrame>
  );
}

const cell = (value: number | null | undefined, text: (value: number) => string): string =>
  value === null || value === undefined ? '' : text(value);

interface PlotProps extends Pick<Props, 'times' | 'series' | 'height'> {
  readonly daily: boolean;
  readonly width: number;
  readonly remark: ((index: number) => string | null) | null;
}

/** What somebody has chosen to look at closely. It stays so when newer figures come. */
type Stretch = [from: number, to: number];

function Plot(props: PlotProps): JSX.Element {
  const { times, series, height, width } = props;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const zoom = useRef<Stretch | null>(null);
  const colours = palette();
  const data = [times, ...series.map(({ values }) => values)] as uPlot.AlignedData;
  // What needs another plot; new figures alone do not.
  const shape = series.map(({ label, kind, axis }) => `${label} ${kind} ${axis ?? 'left'}`).join();
  const newest = useRef(props);
  newest.current = props;
  useEffect(() => {
    const { current } = place;
    if (current === null) return undefined;
    const drawn = new uPlot(optionsOf(newest, zoom, colours), data, current);
    plot.current = drawn;
    return () => {
      drawn.destroy();
      plot.current = null;
    };
  }, [shape, colours]);
  useEffect(() => {
    plot.current?.setSize({ width, height });
  }, [width, height]);
  useEffect(() => {
    const { current } = plot;
    if (current === null) return;
    const [before] = current.data;
    const { current: chosen } = zoom;
    const isSame = Math.abs((before[0] ?? 0) - (times[0] ?? 0)) <= SECONDS_PER_DAY;
    const kept = isSame && chosen !== null;
    current.setData(data, !kept);
    if (kept) current.setScale('x', { min: chosen[0], max: chosen[1] });
  }, [times, series]);
  return <div ref={place} />;
}

function optionsOf(
  newest: { readonly current: PlotProps },
  zoom: { current: Stretch | null },
  colours: Palette,
): uPlot.Options {
  const { series, height, width, daily } = newest.current;
  const hasRight = series.some(({ axis }) => axis === 'right');
  const axis = (more: Partial<uPlot.Axis>): uPlot.Axis => ({
    stroke: colours['ink-3'],
    font: AXIS_FONT,
    ticks: { show: false },
    grid: { stroke: colours.line, width: 1 },
    ...more,
  });
  const values = { values: (_: uPlot, ticks: number[]) => axisTexts(ticks), size: 52, gap: 6 };
  return {
    width,
    height,
    padding: [8, hasRight ? 0 : 20, 0, 0],
    tzDate: (time) => uPlot.tzDate(new Date(time * 1000), 'Etc/UTC'),
    legend: { show: false },
    cursor: { points: { size: 6 }, y: false, drag: { x: true, y: false }, focus: { prox: -1 } },
    scales: {
      x: {
        time: true,
        range: ({ data: [times] }, least, most) => {
          const isAll = times.length < 2 || (least === times[0] && most === times.at(-1));
          zoom.current = isAll ? null : [least, most];
          return rangeOf(newest.current, least, most);
        },
      },
      left: { range: niceRange },
      right: { range: niceRange },
    },
    axes: [
      axis({ grid: { show: false }, size: 28, gap: 6, space: 70, values: dayTicks }),
      axis({ ...values, scale: 'left' }),
      ...(hasRight ? [axis({ ...values, scale: 'right', side: RIGHT, grid: { show: false } })] : []),
    ],
    series: [{}, ...series.map((one, i) => seriesOf(one, colours, () => newest.current.series[i]?.dots ?? []))],
    plugins: [tooltip(() => ({ ...newest.current, told: daily ? date : moment }))],
  };
}

/** Room for half a bar at either end of days. */
function rangeOf({ series }: PlotProps, least: number, most: number): Stretch {
  const hasBars = series.some(({ kind }) => kind === 'bars');
  const room = hasBars ? SECONDS_PER_DAY / 2 : Math.max(60, (most - least) * 0.01);
  return [least - room, most + room];
}

/** Begins at nothing, unless there is less; never empty. */
function niceRange(_: uPlot, least: number | null, most: number | null): [number, number] {
  const [low, high] = [Math.min(0, least ?? 0), Math.max(0, most ?? 0)];
  if (low === high) return [0, 1];
  const air = (high - low) * 0.08;
  return [low < 0 ? low - air : 0, high > 0 ? high + air : 0];
}

const tick = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', ...options });
// Two digits of a year would look like a day.
const monthTick = tick({ month: 'short', year: 'numeric' });
const dayTick = tick({ month: 'short', day: 'numeric' });
const hourTick = tick({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

const dayTicks = (_: uPlot, ticks: number[], __: number, ___: number, step: number): string[] =>
  ticks.map((time) => {
    const format =
      step >= 27 * SECONDS_PER_DAY
        ? monthTick
        : step >= SECONDS_PER_DAY || time % SECONDS_PER_DAY === 0
          ? dayTick
          : hourTick;
    return format.format(time * 1000);
  });

function seriesOf(
  { label, colour, kind, axis = 'left' }: Series,
  colours: Palette,
  dots: () => readonly number[],
): uPlot.Series {
  const stroke = colours[colour];
  const common = { label, scale: axis, stroke };
  const points = {
    show: false,
    filter: () => [...dots()],
    size: 6,
    fill: stroke,
    stroke: colours.sheet,
    width: 1.5,
  };
  const { bars, stepped } = uPlot.paths;
  if (kind === 'bars')
    return {
      ...common,
      width: 0,
      fill: stroke,
      points: { show: false },
      ...(bars && { paths: bars({ size: [0.68, 22], radius: 0.18 }) }),
    };
  if (kind === 'told') return { ...common, show: false };
  const line = { ...common, width: 1.6, spanGaps: true, points };
  if (kind === 'step') return { ...line, ...(stepped && { paths: stepped({ align: 1 }) }) };
  return kind === 'area' ? { ...line, fill: faded(stroke), ...(stepped && { paths: stepped({ align: 1 }) }) } : line;
}

/** rgb(1, 2, 3) -> rgb(1, 2, 3, 0.15) */
const faded = (colour: string): string => colour.replace(')', `${colour.includes(',') ? ',' : ' /'} 0.15)`);
