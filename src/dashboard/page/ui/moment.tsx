// When was it? To the minute; to the second for a pointer that rests on it.
import type { JSX } from 'preact';
import { exactly, moment } from '../format.ts';

export const Moment = ({ time }: { readonly time: number }): JSX.Element => (
  <span title={exactly(time)}>{moment(time)}</span>
);
