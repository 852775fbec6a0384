// Between which values does it lie? A line with its middle marked, on an axis that all lines of a table share.
import type { JSX } from 'preact';

export type Domain = readonly [number, number];

/** Of its table: as much as leaves the words their room. */
export const BAR_WIDTH = '34%';

interface Props {
  readonly low: number;
  readonly high: number;
  readonly middle: number;
  /** Both ends of the axis. */
  readonly domain: Domain;
  /** In words, for those who cannot see it. */
  readonly label: string;
  /** Of others than ours: quieter. */
  readonly quiet?: boolean;
  /** A line across: nothing, or what really was. */
  readonly mark?: number;
}

const WIDTH = 1000;
const HEIGHT = 16;

/** Stretched to the width of its cell; strokes keep theirs. */
export function IntervalBar({ low, high, middle, domain: [from, to], label, quiet = false, mark }: Props): JSX.Element {
  const x = (value: number): number => (to === from ? WIDTH / 2 : ((value - from) / (to - from)) * WIDTH);
  const tone = quiet ? ' other' : '';
  const line = (at: number, name: string, reach: number): JSX.Element => (
    <line
      x1={x(at)}
      x2={x(at)}
      y1={HEIGHT / 2 - reach}
      y2={HEIGHT / 2 + reach}
      class={name}
      vector-effect="non-scaling-stroke"
    />
  );
  return (
    <svg
      class="drawing bar"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      height={HEIGHT}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {mark !== undefined && line(mark, 'zero-line', HEIGHT / 2)}
      <line
        x1={x(low)}
        x2={x(high)}
        y1={HEIGHT / 2}
        y2={HEIGHT / 2}
        class={`interval${tone}`}
        vector-effect="non-scaling-stroke"
      />
      {line(middle, `middle-line${tone}`, 5)}
    </svg>
  );
}

/** Room for all of them, and for nothing where it is near. */
export function domainOf(values: readonly number[]): Domain {
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const air = (high - low || 1) * 0.04;
  return [low - air, high + air];
}
