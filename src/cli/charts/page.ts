// How do several figures become one picture, or one page?
import type { ReportTable } from '../report.ts';
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
  `figure,section{max-width:${WIDTH}px;margin:0 auto 20px;padding:0 12px}svg{display:block;width:100%;height:auto;border-radius:10px}` +
  'body{font:14px/1.5 system-ui,sans-serif;color:light-dark(#1c2430,#e6e9ee)}section>div{overflow-x:auto;border-radius:10px;padding:16px 20px;' +
  'background:light-dark(#fff,#171b21)}h1{font-size:20px}h1,h2{margin:0 0 8px}h2{font-size:15px}table{width:100%;border-collapse:collapse;' +
  'font-variant-numeric:tabular-nums}th,td{padding:4px 0 4px 16px;text-align:right;white-space:nowrap;font-weight:400}' +
  'th:first-child{padding-left:0;text-align:left}thead th{color:light-dark(#5a6675,#98a3b3);font-size:12px}' +
  'tbody tr{border-top:1px solid light-dark(#e4e7ec,#262c35)}';

const cells = (row: readonly string[], tag: 'th' | 'td', scope: 'col' | 'row'): string =>
  row.map((cell, i) => element(i === 0 ? 'th' : tag, tag === 'th' || i === 0 ? { scope } : {}, escape(cell))).join('');

function section({ title, heads, rows }: ReportTable): string {
  const head = heads.some((text) => text !== '')
    ? element('thead', {}, element('tr', {}, cells(heads, 'th', 'col')))
    : '';
  const body = element('tbody', {}, ...rows.map((row) => element('tr', {}, cells(row, 'td', 'row'))));
  return element('section', {}, element('div', {}, element('h2', {}, escape(title)), element('table', {}, head, body)));
}

/** A page that needs nothing else. @param tables above the figures */
export function page(title: string, figures: readonly string[], tables: readonly ReportTable[] = []): string {
  const head = tables.length > 0 ? element('section', {}, element('h1', {}, escape(title))) : '';
  return (
    `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>${escape(title)}</title>` +
    `<meta name="viewport" content="width=device-width"><style>${STYLE}</style></head><body>` +
    [head, ...tables.map(section), ...figures.map((figure) => element('figure', {}, figure))].join('\n') +
    '</body></html>\n'
  );
}
