// How did the capital become the amount at closing? One bar for each step.
import type { JSX } from 'preact';
import { scaleBand, scaleLinear } from 'd3-scale';
import type { ChannelPage } from '../../../api.ts';
import { LABELS } from '../../../../core/profit/labels.ts';
import { ChartFrame } from '../../charts/chart-frame.tsx';
import { useWidth } from '../../ui/width.ts';
import { axisTexts, sats, short, signedSats } from '../../format.ts';
import { Card, Empty } from '../../ui/parts.tsx';

type Bar = ChannelPage['profitability']['waterfall'][number];

const HEIGHT = 262;
const TOP = 18;
/** Room for labels of two lines, or for slanted ones where bars stand close. */
const ROOM = 40;
const SLANTED_ROOM = 66;
const LEFT = 54;
/** When the steps take up less of the axis than this, it does not begin at 0: fees are small beside capital. */
const LEAST_SHARE = 0.4;
/** Share of the axis that is left free for the figures of the bars. */
const AIR = 0.22;

export function Waterfall({ bars }: { readonly bars: readonly Bar[] }): JSX.Element {
  const [place, width] = useWidth<HTMLDivElement>();
  const { isCut } = axisOf(bars);
  return (
    <Card title="Waterfall" note={isCut ? 'sats; the axis does not begin at 0' : 'sats'}>
      {bars.length === 0 ? (
        <Empty title="No cash flow yet" icon="overview" />
      ) : (
        <ChartFrame
          label="From the capital locked to the amount at closing, in sats"
          height={HEIGHT}
          legend={[
            { label: 'Balance', colour: 'accent-fill' },
            { label: 'Earned', colour: 'gain-fill' },
            { label: 'Spent', colour: 'loss-fill' },
          ]}
          table={() => ({
            heads: ['Step', 'Change', 'After it'],
            rows: bars.map((bar) => [
              labelOf(bar),
              bar.kind === 'total' ? '' : signedSats(bar.to_sats - bar.from_sats),
              sats(bar.to_sats),
            ]),
          })}
        >
          <div ref={place} style={{ height: `${HEIGHT}px` }}>
            {width > 0 && <Drawing bars={bars} width={width} />}
          </div>
        </ChartFrame>
      )}
    </Card>
  );
}

const labelOf = ({ label, estimated }: Bar): string => `${LABELS[label]}${estimated ? ' (est.)' : ''}`;

function axisOf(bars: readonly Bar[]): { readonly domain: [number, number]; readonly isCut: boolean } {
  const levels = bars.flatMap(({ kind, from_sats, to_sats }) => (kind === 'total' ? [to_sats] : [from_sats, to_sats]));
  const [low, high] = [Math.min(...levels), Math.max(...levels)];
  const isCut = low > 0 && high > low && high - low < LEAST_SHARE * high;
  const [from, to] = isCut ? [low, high] : [Math.min(0, low), Math.max(0, high)];
  const air = (to - from || 1) * AIR;
  return { domain: [isCut || from < 0 ? from - air : 0, to + air], isCut };
}

function Drawing({ bars, width }: { readonly bars: readonly Bar[]; readonly width: number }): JSX.Element {
  const { domain } = axisOf(bars);
  const x = scaleBand<number>([LEFT, width]).domain(bars.keys()).padding(0.28);
  const isClose = x.bandwidth() < WIDE;
  const floor = HEIGHT - (isClose ? SLANTED_ROOM : ROOM);
  const y = scaleLinear(domain, [floor, TOP]);
  const base = y(Math.max(0, domain[0]));
  const thick = x.bandwidth();
  const ticks = y.ticks(5);
  const texts = axisTexts(ticks);
  return (
    <svg
      class="drawing"
      width={width}
      height={HEIGHT}
      role="img"
      aria-label="Waterfall; the same as a table: the button above"
    >
      {ticks.map((tick, i) => (
        <g key={tick}>
          <line x1={LEFT} x2={width} y1={y(tick)} y2={y(tick)} class="grid-line" />
          <text x={LEFT - 8} y={y(tick) + 4} text-anchor="end">
            {texts[i]}
          </text>
        </g>
      ))}
      {bars.map((bar, i) => {
        const left = x(i) ?? 0;
        const from = bar.kind === 'total' ? base : y(bar.from_sats);
        const to = y(bar.to_sats);
        const [top, bottom] = [Math.min(from, to), Math.max(from, to)];
        const middle = left + thick / 2;
        const next = bars[i + 1];
        const estimated = bar.estimated && bar.kind !== 'total';
        return (
          <g key={bar.label}>
            <rect
              x={left}
              y={top}
              width={thick}
              height={Math.max(1.5, bottom - top)}
              rx={2}
              class={`${bar.kind}${estimated ? ' estimated' : ''}`}
            />
            {next !== undefined && <line x1={left + thick} x2={x(i + 1) ?? 0} y1={to} y2={to} class="joint" />}
            <text x={middle} y={bar.kind === 'cost' ? bottom + 14 : top - 6} text-anchor="middle" class="value">
              {bar.kind === 'total' ? figure(bar.to_sats, thick) : signed(bar.to_sats - bar.from_sats, thick)}
            </text>
            {isClose ? (
              <text text-anchor="end" transform={`translate(${middle + 4} ${floor + 12}) rotate(-40)`}>
                {LABELS[bar.label]}
              </text>
            ) : (
              linesOf(bar).map((line, j) => (
                <text key={line} x={middle} y={floor + 16 + 13 * j} text-anchor="middle">
                  {line}
                </text>
              ))
            )}
          </g>
        );
      })}
    </svg>
  );
}

/** A figure of seven digits wants this many pixels, with what is free beside the bar. */
const WIDE = 46;
const figure = (value: number, thick: number): string => (thick < WIDE ? short(value) : sats(Math.round(value)));
const signed = (value: number, thick: number): string => `${value > 0 ? '+' : ''}${figure(value, thick)}`;

/** 'Amount at closing' -> Amount, at closing */
function linesOf(bar: Bar): string[] {
  const [first = '', ...rest] = LABELS[bar.label].split(' ');
  return [first, `${rest.join(' ')}${bar.estimated && bar.kind !== 'total' ? ' ~' : ''}`];
}
