// Is someone who follows us found by what gossip tells a node, cycle by cycle, restarts or not?
import { describe, expect, it } from 'vitest';
import { askRivals, withSales } from '../../../src/app/fees/rival-book.ts';
import { followerIn } from '../../../src/core/fee/rivalry.ts';
import type { Observation } from '../../../src/core/fee/types.ts';
import { msat, nodeId, ppm, scid, unixSec, ZERO_MSAT } from '../../../src/core/units.ts';
import type { FeeNode, KeptRivals, RivalFee } from '../../../src/ports.ts';
import { follows, turns } from '../../core/fee/rival-lives.ts';
import { recordingLog } from '../recording-log.ts';

const PEER = nodeId(`02${'1'.repeat(64)}`);
const BEGAN = 1_795_300_000;
const ours = turns([480, 350, 250, 700], 44);
const rival = follows(ours);

/** Two hundred others who stay where they are, and one who follows. */
function others(hour: number): RivalFee[] {
  const one = (n: number, feePpm: number): RivalFee => ({
    channelId: scid(`${n}x1x0`),
    feePpm: ppm(Math.round(feePpm)),
    baseMsat: ZERO_MSAT,
    capacity: msat(1_000_000_000),
  });
  return [...Array.from({ length: 200 }, (_, i) => one(i + 1, 5 * i)), one(777, rival(hour))];
}

const sold = (from: number, until: number): Observation => ({
  from: unixSec(BEGAN + 3600 * from),
  until: unixSec(BEGAN + 3600 * until),
  livePpm: ours(from) === ours(until) ? ppm(ours(until)) : null,
  exposureHours: until - from,
  forwards: 1,
  amountMsat: msat(1_000_000),
  feeMsat: msat(400),
  sources: [],
  unmet: 0,
  broughtInMsat: ZERO_MSAT,
});

it('others are asked again at once after a clock that ran ahead has been set back', async () => {
  const node: Pick<FeeNode, 'readFeesToward'> = { readFeesToward: () => Promise.resolve(others(0)) };
  const ahead: KeptRivals = { askedAt: unixSec(BEGAN + 400 * 86_400), fees: null, rivalry: null };
  const asked = await askRivals(node, recordingLog(), new Map([[PEER, ahead]]), unixSec(BEGAN));
  expect(asked.get(PEER)).toMatchObject({ kept: { askedAt: BEGAN } });
});

describe('someone who follows our fee', () => {
  it('is found among two hundred others, and what is sold beside it counted', async () => {
    let kept: KeptRivals | null = null;
    let hour = 0;
    const node: Pick<FeeNode, 'readFeesToward'> = { readFeesToward: () => Promise.resolve(others(hour)) };
    for (; hour <= 20 * 24; hour++) {
      const now = unixSec(BEGAN + 3600 * hour);
      const asked = await askRivals(node, recordingLog(), new Map([[PEER, kept]]), now);
      const one = asked.get(PEER);
      if (one === undefined) throw new Error('nobody was asked');
      expect(one.now !== null).toBe(hour % 2 === 0);
      // As after a restart: what is kept is what was written.
      kept = JSON.parse(JSON.stringify(withSales(one, ours(hour), sold(hour - 1, hour), now))) as KeptRivals;
    }
    const { rivalry } = kept ?? {};
    if (rivalry == null) throw new Error('nobody is watched');
    expect(followerIn(rivalry.watch)).toMatchObject({ channelId: '777x1x0', usualPpm: 500 });
    expect(rivalry.watch.watched.length).toBeLessThanOrEqual(16);
    const forwards = rivalry.faced.reduce((sum, [, , count]) => sum + count, 0);
    expect(forwards).toBeGreaterThan(20);
    expect(JSON.stringify(kept).length).toBeLessThan(8000);
  });
});
