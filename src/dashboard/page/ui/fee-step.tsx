// From which fee to which?
import type { JSX } from 'preact';
import { ppm } from '../format.ts';

export const FeeStep = ({ from, to }: { readonly from: number; readonly to: number }): JSX.Element => (
  <span class="fee-step">
    <span class="muted">{ppm(from)}</span>
    <span class="faint" aria-hidden="true">
      →
    </span>
    <span class="only-read">to</span>
    <b>{ppm(to)}</b>
  </span>
);
