// How do several figures become one picture, or one page?
import { element, escape } from './svg.ts';
import { WIDTH } from './figure.ts';

const HEIGHT = /viewBox="0 0 \d+ (\d+)"/;

/** Figures of one width, one below the other, as one SVG document. */
export function stacked(figures: readonly string[]): string {
  let top = 0;
  const placed = figures.map((figure) => {
    const at = top;
    top += Number(HEIGHT.exec(figure)?.[1] ?? 0);
    return element('g', { transform: `translate(0 ${at})` }, figure);
  });
  const size = { viewBox: `0 0 ${WIDTH} ${top}`, width: WIDTH, height: top };
  return element('svg', { xmlns: 'http://www.w3.org/2000/svg', ...size, role: 'img' }, ...placed);
}

/** Follows the reader's own light or dark, as the figures do. */
const STYLE =
  ':root{color-scheme:light dark}body{margin:0;padding:24px 0 48px;background:light-dark(#eef0f3,#0e1115)}' +
  `figure{max-width:${WIDTH}px;margin:0 auto 20px;padding:0 12px}svg{display:block;width:100%;height:auto;border-radius:10px}`;

/** A page that needs nothing else. */
export const page = (title: string, figures: readonly string[]): string =>
  `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>${escape(title)}</title>` +
  `<meta name="viewport" content="width=device-width"><style>${STYLE}</style></head><body>` +
  figures.map((figure) => element('figure', {}, figure)).join('\n') +
  '</body></html>\n';
