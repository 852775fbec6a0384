// Is there a remark on a rebalance only where its figures do not say it all?
import { expect, it } from 'vitest';
import { arrivalInWords, remarkOn } from '../../../src/core/rebalance/arrival.ts';
import { msat } from '../../../src/core/units.ts';

const FIGURES = { movedMsat: msat(80_000_000), feeMsat: msat(2400) };
const plain = arrivalInWords(FIGURES);

it.each<[string, string | null, string | null]>([
  ['arrived as ordered', plain, null],
  ['nothing was said', null, null],
  [
    'came in by another channel',
    `${plain}, but the peer delivered elsewhere`,
    `${plain}, but the peer delivered elsewhere`,
  ],
  ['failed', 'no route', 'no route'],
])('%s', (_, message, remark) => {
  expect(remarkOn({ ...FIGURES, message })).toBe(remark);
});
