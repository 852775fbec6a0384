// Do the runes that people are told to make, on the page and in the document, open what they are said to open?
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { simulatedApplications } from '../app/simulated-setup.ts';
import { dashboardOn } from './dashboard.ts';

const start = simulatedApplications();
const ROOT = resolve(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(resolve(ROOT, path), 'utf8');

const PAGE = read('src/dashboard/page/views/sign-in.tsx');
const DOCUMENT = read('docs/dashboard.md');

const READINGS = ['/api/overview', '/api/channels', '/api/rebalances', '/api/decisions', '/api/whatif', '/metrics'];
const EXPORTS = ['/export/forwards.csv', '/export/rebalances.csv', '/export/cashflows.csv'];

function told(text: string, pattern: RegExp): unknown {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`expected ${String(pattern)} in the text`);
  return JSON.parse(found);
}

const WHOLE: readonly [string, unknown][] = [
  ['the page', told(PAGE, /'To look and to act'[^`]*`lightning-cli createrune restrictions='([^']+)'`/)],
  ['the document', told(DOCUMENT, /\| do everything \| `([^`]+)`/)],
];
const LOOK: readonly [string, unknown][] = [
  ['the page', told(PAGE, /'To look only'[^`]*`lightning-cli createrune restrictions='([^']+)'`/)],
  ['the document', told(DOCUMENT, /\| look only \| `([^`]+)`/)],
];

describe('a rune', () => {
  it.each(WHOLE)('for everything, as %s has it, reads and acts', async (_, restrictions) => {
    const { ask, act, makeRune } = await dashboardOn(start);
    const rune = await makeRune(restrictions);
    for (const path of [...READINGS, ...EXPORTS])
      expect([path, (await ask(path, { rune })).status]).toEqual([path, 200]);
    expect((await act('pause', {}, true, { rune })).status).toBe(200);
  });

  it.each(LOOK)('to look only, as %s has it, reads everything and changes nothing', async (_, restrictions) => {
    const { ask, act, makeRune, refusalOf } = await dashboardOn(start);
    const rune = await makeRune(restrictions);
    for (const path of [...READINGS, ...EXPORTS])
      expect([path, (await ask(path, { rune })).status]).toEqual([path, 200]);
    for (const dryRun of [true, false])
      expect(await refusalOf(act('pause', {}, dryRun, { rune }))).toEqual([403, 'rune-not-permitted']);
  });

  it('for metrics, as the document has it, reads them and no list of channels', async () => {
    const { ask, makeRune, refusalOf } = await dashboardOn(start);
    const rune = await makeRune(told(DOCUMENT, /\| read metrics \(Prometheus\) \| `([^`]+)`/));
    expect((await ask('/metrics', { rune })).status).toBe(200);
    for (const path of ['/api/decisions', '/api/whatif'])
      expect([path, ...(await refusalOf(ask(path, { rune })))]).toEqual([path, 403, 'rune-not-permitted']);
  });
});
