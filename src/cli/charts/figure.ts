// What do all figures have in common? A sheet with a title, colours for light and dark, one width.
import { element, escape, text } from './svg.ts';

/** `auto` follows the reader's own setting. */
export type Theme = 'auto' | 'light' | 'dark';

export interface FigureOptions {
  readonly title: string;
  readonly subtitle?: string;
  readonly theme?: Theme;
}

/** Pixels; fits a column of text and half a screen. */
export const WIDTH = 880;
export const MARGIN = 32;
/** Where the drawing below title and subtitle begins. */
export const TOP = 92;

interface Palette {
  readonly sheet: string;
  readonly band: string;
  readonly ink: string;
  readonly muted: string;
  readonly grid: string;
  readonly total: string;
  readonly gain: string;
  readonly cost: string;
  readonly money: string;
}

/** Gains and costs differ in lightness as well as hue, so that red-green blind readers tell them apart. */
const LIGHT: Palette = {
  sheet: '#ffffff',
  band: '#f4f5f7',
  ink: '#1d2329',
  muted: '#667080',
  grid: '#e4e7eb',
  total: '#718096',
  gain: '#2a9d7c',
  cost: '#d9663f',
  money: '#3a6ea5',
};
const DARK: Palette = {
  sheet: '#15191e',
  band: '#1e242b',
  ink: '#e7eaee',
  muted: '#98a3b3',
  grid: '#2c343d',
  total: '#8a99ad',
  gain: '#45b894',
  cost: '#ee8a63',
  money: '#7fb0e6',
};

const FONT = `system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif`;

const colours = (palette: Palette): string =>
  Object.entries(palette)
    .map(([name, colour]) => `.${name}{fill:${String(colour)}}.${name}-line{stroke:${String(colour)}}`)
    .join('') + `.halo{stroke:${palette.sheet}}`;

const SHAPES =
  `text{font-family:${FONT};font-size:13px;font-variant-numeric:tabular-nums}` +
  '.halo{paint-order:stroke;stroke-width:4px;stroke-linejoin:round}.title{font-size:19px;font-weight:600}.small{font-size:12px}.strong{font-weight:600}' +
  '[class$=-line]{fill:none}.thin{stroke-width:1}.thick{stroke-width:2}.dashed{stroke-dasharray:3 3}';

function style(theme: Theme): string {
  if (theme === 'light') return SHAPES + colours(LIGHT);
  if (theme === 'dark') return SHAPES + colours(DARK);
  return `${SHAPES}${colours(LIGHT)}@media (prefers-color-scheme:dark){${colours(DARK)}}`;
}

/** A whole SVG document of the given height. `body` is SVG below the title. */
export function figure({ title, subtitle = '', theme = 'auto' }: FigureOptions, height: number, body: string): string {
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${WIDTH} ${Math.ceil(height)}`,
      width: WIDTH,
      height: Math.ceil(height),
      role: 'img',
    },
    element('title', {}, escape(title)),
    element('style', {}, style(theme)),
    element('rect', { width: WIDTH, height: Math.ceil(height), class: 'sheet' }),
    text(title, MARGIN, 44, 'title ink'),
    text(subtitle, MARGIN, 66, 'muted'),
    body,
  );
}
