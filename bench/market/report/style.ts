// What does the report look like? One sheet of style for light and dark; colours tell who is who everywhere alike.

/** Hues differ in lightness too, so that red-green blind readers tell them apart. */
const LIGHT = {
  page: '#eef0f3',
  sheet: '#ffffff',
  band: '#f4f6f8',
  ink: '#1d2329',
  muted: '#667080',
  grid: '#e2e6ea',
  hill: '#2f6db3',
  bayes: '#1f9a78',
  oracle: '#b98900',
  best: '#d9602f',
  other: '#a3adba',
  good: '#1f7a5c',
  bad: '#b8431c',
};
const DARK: typeof LIGHT = {
  page: '#0e1115',
  sheet: '#161b21',
  band: '#1d242c',
  ink: '#e8ebef',
  muted: '#97a2b2',
  grid: '#2b333d',
  hill: '#78aef0',
  bayes: '#46c79d',
  oracle: '#e0b64a',
  best: '#f28d5f',
  other: '#657180',
  good: '#56c9a0',
  bad: '#f0875d',
};

/** Whom a mark stands for. */
export type Role = 'hill' | 'bayes' | 'oracle' | 'best' | 'other';

/** Width of a letter of a name in a plot, in the mean and in pixels. */
export const LETTER = 6.4;

const variables = (palette: typeof LIGHT): string =>
  Object.entries(palette)
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(';');

const ROLES: readonly Role[] = ['hill', 'bayes', 'oracle', 'best', 'other'];

export const STYLE = [
  `:root{color-scheme:light dark;${variables(LIGHT)}}`,
  `@media (prefers-color-scheme:dark){:root{${variables(DARK)}}}`,
  '*{box-sizing:border-box}',
  `body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,'DejaVu Sans',sans-serif}`,
  'main{max-width:1240px;margin:0 auto;padding:32px 20px 64px}',
  'h1{font-size:30px;line-height:1.2;margin:0 0 6px;letter-spacing:-.01em}h2{font-size:21px;margin:40px 0 12px}h3{font-size:15px;margin:22px 0 8px}',
  'a{color:inherit}p{max-width:76ch;margin:0 0 12px}.muted{color:var(--muted)}code{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}',
  '.sheet{background:var(--sheet);border-radius:12px;padding:18px 20px;margin:0 0 18px}',
  '.grid{display:grid;gap:18px;grid-template-columns:repeat(auto-fill,minmax(min(100%,350px),1fr))}.grid .sheet{margin:0}',
  'dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 18px;margin:16px 0 0}dt{color:var(--muted)}dd{margin:0;overflow-wrap:anywhere}',
  '.wide{overflow-x:auto;margin:0 -20px;padding:0 20px}',
  'table{border-collapse:collapse;font-variant-numeric:tabular-nums;width:100%}th,td{padding:5px 8px;text-align:right;white-space:nowrap;border-bottom:1px solid var(--grid)}',
  'td{font-size:14px}th{font-weight:500;white-space:normal;vertical-align:bottom;line-height:1.3;color:var(--muted);font-size:13px}td:first-child,th:first-child{text-align:left}tr:last-child td{border-bottom:0}',
  'td small{color:var(--muted);font-size:12px}td.left,th.left{text-align:left}tr.ours{background:var(--band)}tr.ours td:first-child{font-weight:600}',
  '.good{color:var(--good);font-weight:600}.bad{color:var(--bad);font-weight:600}',
  'details>summary{cursor:pointer;list-style:none;display:flex;gap:12px;align-items:baseline;flex-wrap:wrap}details>summary::-webkit-details-marker{display:none}',
  "details>summary::before{content:'\\203A';color:var(--muted);font-size:20px;line-height:1;transition:transform .15s}details[open]>summary::before{transform:rotate(90deg)}",
  'summary b{font-size:17px}summary .verdict{margin-left:auto}',
  'svg{display:block;width:100%;height:auto}svg text{fill:var(--ink);font-size:12px;font-variant-numeric:tabular-nums;paint-order:stroke;stroke:var(--sheet);stroke-width:3px;stroke-linejoin:round}svg text.muted{fill:var(--muted)}svg text.strong{font-weight:600}svg text.small{font-size:11px}',
  '.grid-line{stroke:var(--grid);stroke-width:1}.mark-line{stroke:var(--muted);stroke-width:1;stroke-dasharray:3 3}',
  '.legend{display:flex;flex-wrap:wrap;gap:6px 20px;margin:0 0 14px;color:var(--muted);font-size:13px}.legend i{display:inline-block;width:10px;height:10px;border-radius:50%;margin-right:7px;vertical-align:-1px}',
  ...ROLES.map(
    (role) =>
      `.fill-${role}{fill:var(--${role})}.line-${role}{stroke:var(--${role});fill:none}.hollow-${role}{stroke:var(--${role});fill:var(--sheet);stroke-width:1.6}.text-${role}{fill:var(--${role})!important}.legend i.${role}{background:var(--${role})}`,
  ),
  '.curve{stroke-width:2;stroke-linejoin:round}.curve.line-other{stroke-width:1;opacity:.7}.whisker{stroke-width:1.6}',
  '@media print{details:not([open])>*{display:block}.sheet{break-inside:avoid}}',
].join('\n');
