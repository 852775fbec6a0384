// What is one line of a chart over time?
import type { Colour } from './colours.ts';

export interface Series {
  readonly label: string;
  /** Undefined where it has no point at all, null where it is not known. */
  readonly values: readonly (number | null | undefined)[];
  readonly colour: Colour;
  /** `told`: not drawn, but under the pointer and in the table. */
  readonly kind: 'bars' | 'step' | 'line' | 'area' | 'told';
  readonly axis?: 'left' | 'right';
  /** As text under the pointer and in the table. */
  readonly text: (value: number) => string;
  /** Indices of points that are marked, such as changes of a fee. */
  readonly dots?: readonly number[];
}
