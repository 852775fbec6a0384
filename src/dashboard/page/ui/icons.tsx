// What do the pictograms look like? Drawn on a grid of 16 by 16, one stroke wide, in the colour of the text beside them.
import type { JSX } from 'preact';

const PATHS = {
  overview: 'M2.5 2.5h4.5v6h-4.5zM9 2.5h4.5v3.5H9zM9 8h4.5v5.5H9zM2.5 10.5H7v3H2.5z',
  channels: 'M2 5h9.5M9 2.5 11.5 5 9 7.5M14 11H4.5M7 8.5 4.5 11 7 13.5',
  rebalances: 'M13.5 8a5.5 5.5 0 0 1-9.9 3.3M2.5 8a5.5 5.5 0 0 1 9.9-3.3M12.6 1.8v3h-3M3.4 14.2v-3h3',
  decisions: 'M5.5 3.5h8M5.5 8h8M5.5 12.5h8M2.3 3.5h.4M2.3 8h.4M2.3 12.5h.4',
  whatif: 'M6.5 2v4.2L2.8 12a1.3 1.3 0 0 0 1.1 2h8.2a1.3 1.3 0 0 0 1.1-2L9.5 6.2V2M5.3 2h5.4M4.8 9.5h6.4',
  sun: 'M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6M8 1.5v1.2M8 13.3v1.2M1.5 8h1.2M13.3 8h1.2M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9',
  moon: 'M13.5 9.6A5.9 5.9 0 0 1 6.4 2.5a5.9 5.9 0 1 0 7.1 7.1z',
  system: 'M2 3h12v8H2zM6 13.5h4M8 11v2.5',
  out: 'M6 2.5H3v11h3M10.5 5 13.5 8l-3 3M13.5 8H6',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M10.3 10.3 13.5 13.5',
  alert: 'M8 2.2 14.5 13.5h-13zM8 6.5v3.2M8 11.6v.2',
  check: 'M3 8.5 6.3 12 13 4.5',
  close: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  pause: 'M5.5 3v10M10.5 3v10',
  play: 'M4.5 2.8v10.4L13 8z',
  up: 'M8 12.5v-9M4.5 7 8 3.5 11.5 7',
  down: 'M8 3.5v9M4.5 9 8 12.5 11.5 9',
  right: 'M6 3.5 10.5 8 6 12.5',
  back: 'M10 3.5 5.5 8l4.5 4.5',
  fee: 'M3.5 12.5l9-9M4.8 3.2a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2M11.2 9.6a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2',
  key: 'M5.2 7.2a3.3 3.3 0 1 0 0 6.6 3.3 3.3 0 0 0 0-6.6M7.6 8.2 13.5 2.3M11 4.8l2 2',
  hold: 'M4 7.5h8v6H4zM5.5 7.5V5.2a2.5 2.5 0 0 1 5 0v2.3',
  download: 'M8 2.5v7.5M4.8 7 8 10.2 11.2 7M2.5 13.5h11',
} as const;

export type IconName = keyof typeof PATHS;

export const Icon = ({ name }: { readonly name: IconName }): JSX.Element => (
  <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
    <path d={PATHS[name]} />
  </svg>
);
