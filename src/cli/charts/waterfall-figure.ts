// How did the capital become the amount at closing? One bar for each step.
import { scaleBand, scaleLinear, type ScaleLinear } from 'd3-scale';
import { LABELS } from '../../core/profit/labels.ts';
import type { WaterfallBar } from '../../core/profit/waterfall.ts';
import { figure, MARGIN, TOP, WIDTH, type FigureOptions } from './figure.ts';
import { element, line, text } from './svg.ts';
import { tickText, sats, satsText, signedSats } from './words.ts';
import { subMsat } from '../../core/units.ts';

const HEIGHT = 492;
const LEFT = 112;
/** Room for labels of three lines and a note. */
const BOTTOM = HEIGHT - 96;
/** Room above the highest and below the lowest bar for their figures. */
const AIR = 0.18;
/** When the steps take up less of the axis than this, it does not begin at 0: fees are small beside capital. */
const LEAST_SHARE = 0.4;

export function waterfallFigure(bars: readonly WaterfallBar[], options: FigureOptions): string {
  const x = scaleBand<number>([LEFT, WIDTH - MARGIN])
    .domain(bars.keys())
    .padding(0.28);
  const { y, cut } = axis(bars);
  const width = x.bandwidth();
  const floor = y(y.domain()[0] ?? 0);

  const ticks = y
    .ticks(5)
    .map(
      (tick) =>
        line(LEFT - 8, y(tick), WIDTH - MARGIN, y(tick), 'grid-line thin') +
        text(tickText(tick), LEFT - 16, y(tick) + 4, 'small muted', 'end'),
    );
  const drawn = bars.map((bar, i) => {
    const left = x(i) ?? 0;
    const from = bar.kind === 'total' ? (cut ? floor : y(0)) : y(sats(bar.from));
    const to = y(sats(bar.to));
    const next = bars[i + 1];
    return (
      box(bar, left, Math.min(from, to), width, Math.abs(to - from)) +
      (cut && bar.kind === 'total' ? breakMark(left, floor - 16, width) : '') +
      (next === undefined ? '' : line(left + width, to, x(i + 1) ?? 0, to, 'muted-line thin dashed')) +
      figureOf(bar, left + width / 2, Math.min(from, to), Math.max(from, to)) +
      label(bar, left + width / 2)
    );
  });
  const note = cut ? text('The axis does not begin at 0.', MARGIN, HEIGHT - 16, 'small muted') : '';
  return figure(options, HEIGHT, ticks.join('') + drawn.join('') + note);
}

/** Round ends; from 0, unless the steps would be too small to see. */
function axis(bars: readonly WaterfallBar[]): { y: ScaleLinear<number, number>; cut: boolean } {
  const levels = bars.map((bar) => sats(bar.to));
  const [low, high] = [Math.min(...levels), Math.max(...levels)];
  const cut = low > 0 && high > low && high - low < LEAST_SHARE * high;
  const [from, to] = cut ? [low, high] : [Math.min(0, low), Math.max(0, high)];
  const air = (to - from || 1) * AIR;
  const domain = [from - (cut || from < 0 ? air * (cut ? 2 : 1) : 0), to + (to > 0 ? air : 0)];
  return { y: scaleLinear(domain, [BOTTOM, TOP]), cut };
}

/** Estimates are drawn as an outline: what is not there yet is not filled. */
function box(bar: WaterfallBar, x: number, y: number, width: number, height: number): string {
  const shape = { x, y, width, height: Math.max(height, 1.5), rx: Math.min(3, height / 2) };
  if (!bar.estimated || bar.kind === 'total') return element('rect', { ...shape, class: bar.kind });
  return (
    element('rect', { ...shape, class: bar.kind, 'fill-opacity': 0.25 }) +
    element('rect', { ...shape, class: `${bar.kind}-line`, 'stroke-width': 1.5, 'stroke-dasharray': '4 3' })
  );
}

/** Two slanted strokes in the colour of the sheet: the bar goes on below. */
function breakMark(x: number, y: number, width: number): string {
  const stroke = (offset: number): string =>
    element('path', {
      d: `M${x - 3} ${y + offset + 5}L${x + width + 3} ${y + offset - 5}`,
      class: 'sheet-line',
      'stroke-width': 3,
    });
  return stroke(0) + stroke(8);
}

/** Above the bar; below it for a cost, where the line from the bar before it runs above. */
function figureOf(bar: WaterfallBar, x: number, top: number, bottom: number): string {
  const content = bar.kind === 'total' ? satsText(bar.to) : signedSats(subMsat(bar.to, bar.from));
  return text(content, x, bar.kind === 'cost' ? bottom + 18 : top - 8, 'ink strong halo', 'middle');
}

function label({ label, estimated }: WaterfallBar, x: number): string {
  const [first = '', ...rest] = LABELS[label].split(' ');
  return [first, rest.join(' '), estimated ? '(est.)' : '']
    .map((words, i) => text(words, x, BOTTOM + 22 + 16 * i, 'muted', 'middle'))
    .join('');
}
