// What was won or lost? In the colour of either.
import type { JSX } from 'preact';
import { signedWhole } from '../format.ts';
import { toneOf } from './parts.tsx';

export const Gain = ({ sats }: { readonly sats: number | null }): JSX.Element => (
  <span class={`tone-${toneOf(sats)}`}>{signedWhole(sats)}</span>
);
