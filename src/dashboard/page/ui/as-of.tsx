// Of what moment are the figures?
import type { JSX } from 'preact';
import { exactly, moment } from '../format.ts';

export const AsOf = ({ time }: { readonly time: number | null }): JSX.Element => (
  <span class="as-of" title={time === null ? undefined : exactly(time)}>
    {time === null ? '\u00a0' : `${moment(time)} UTC`}
  </span>
);
