// Does a leader undercut and relent as the game says, and stay put where turns do not pay?
import { describe, expect, it } from 'vitest';
import { boundsFor } from '../../../src/core/fee/bounds.ts';
import { addFaced, facing, type FacedCells, type Facing } from '../../../src/core/fee/facing.ts';
import { leadAgainst, leaderFee } from '../../../src/core/fee/lead.ts';
import { normalCdf } from '../../../src/core/normal.ts';
import { DYNAMIC_POLICY, type PastChange } from '../../../src/core/fee/types.ts';
import { ppm, unixSec } from '../../../src/core/units.ts';
import { chan, CONFIG, START } from './builders.ts';
import { followedRivalry } from './rival-lives.ts';

const USUAL = 500;
/** So many compare; the others would pay 0.8 of the usual price, give or take. */
const market = (comparing: number): Facing => ({
  comparing,
  rest: (lnOurs) => (1 - comparing) * normalCdf((Math.log(0.8 * USUAL) - lnOurs) / 1.2),
  compared: (lnDearer) => normalCdf(-lnDearer / 0.12),
});
const follower = { askedPpm: USUAL, usualPpm: USUAL, ratio: 0.9, lagHours: 36 };
const asked = (changes: Partial<Parameters<typeof leaderFee>[0]> = {}): number =>
  leaderFee({ follower, facing: market(0.6), bidDifference: 0, lowerPpm: 1, upperPpm: 5000, ...changes });

/** What is earned a lag in the mean, the rival answering, by whoever chooses so. */
function earned(choose: (rivalPpm: number) => number, comparing: number): number {
  const { rest, compared } = market(comparing);
  let rival = USUAL;
  let sum = 0;
  for (let lag = 0; lag < 240; lag++) {
    const fee = choose(rival);
    sum += fee * (rest(Math.log(fee)) + comparing * compared(Math.log(fee / rival)));
    rival = Math.min(USUAL, 0.9 * fee);
  }
  return sum / 240;
}

describe('the leader', () => {
  it('undercuts a rival who is late, step by step, and then is so dear that it returns to its usual price', () => {
    const path: number[] = [];
    let rival = USUAL;
    for (let turn = 0; turn < 8; turn++) {
      const fee = asked({ follower: { ...follower, askedPpm: rival } });
      path.push(fee);
      rival = Math.min(USUAL, 0.9 * fee);
    }
    expect(path[0]).toBeLessThan(USUAL);
    expect(Math.max(...path)).toBeGreaterThan(USUAL / 0.9);
    const dear = path.findIndex((fee) => fee > USUAL);
    expect(dear).toBeGreaterThan(0);
    expect(path.slice(0, dear)).toEqual([...path.slice(0, dear)].sort((a, b) => b - a));
    expect(path[dear + 1]).toBeCloseTo(path[0] ?? 0, 6);
  });

  it.each([0.3, 0.6, 0.85])('earns more than any price asked for ever where %d compare', (comparing) => {
    const leading = earned(
      (askedPpm) => asked({ facing: market(comparing), follower: { ...follower, askedPpm } }),
      comparing,
    );
    for (let fee = 100; fee < 2500; fee *= 1.05) expect(leading).toBeGreaterThan(1.02 * earned(() => fee, comparing));
  });

  it('asks the same for ever of whoever answers at once: turns bring nothing', () => {
    const at = (askedPpm: number): number => asked({ follower: { ...follower, lagHours: 0, askedPpm } });
    expect(at(USUAL)).toBeCloseTo(at(0.5 * USUAL), 6);
    expect(at(USUAL)).toBeGreaterThanOrEqual(0.95 * USUAL);
  });

  it('asks what the others pay most for where nobody compares, whatever the rival asks', () => {
    const { rest } = market(0);
    let best = 0;
    for (let fee = 100; fee < 2000; fee *= 1.01)
      if (fee * rest(Math.log(fee)) > best * rest(Math.log(best || 1))) best = fee;
    for (const askedPpm of [500, 300, 200]) {
      const fee = asked({ facing: market(0), follower: { ...follower, askedPpm } });
      expect(Math.abs(Math.log(fee / best))).toBeLessThan(0.06);
    }
  });

  it('keeps to the bounds', () => {
    for (const askedPpm of [500, 250]) {
      const fee = asked({ lowerPpm: 420, upperPpm: 520, follower: { ...follower, askedPpm } });
      expect(fee).toBeGreaterThanOrEqual(420 * (1 - 1e-9));
      expect(fee).toBeLessThanOrEqual(520 * (1 + 1e-9));
    }
    expect(asked({ lowerPpm: 3000, upperPpm: 3000 })).toBeCloseTo(3000, 6);
  });

  it('sells dearer what is dear to replace', () => {
    expect(asked({ bidDifference: 300, follower: { ...follower, askedPpm: 300 } })).toBeGreaterThan(USUAL);
  });
});

describe('what was sold beside the rival', () => {
  /** A month of hours at fees above and below, as a market with so many who compare would have it. */
  function sold(comparing: number): FacedCells {
    const { rest, compared } = market(comparing);
    let cells: FacedCells = [];
    for (let day = 0; day < 30; day++)
      for (const [oursPpm, rivalPpm] of [
        [440, 500],
        [900, 500],
        [350, 400],
        [440, 400],
      ] as const) {
        const share = rest(Math.log(oursPpm)) + comparing * compared(Math.log(oursPpm / rivalPpm));
        cells = addFaced(cells, { oursPpm, rivalPpm }, { forwards: 6 * share, hours: 6, days: 0.25 });
      }
    return cells;
  }

  it.each([0, 0.3, 0.6, 0.85])('tells that %d compare', (comparing) => {
    expect(Math.abs(facing(sold(comparing), USUAL).comparing - comparing)).toBeLessThan(0.1);
  });

  it('is little beside what is believed before, while it is little', () => {
    const before = facing([], USUAL).comparing;
    expect(before).toBeGreaterThan(0.3);
    const cells = addFaced([], { oursPpm: 440, rivalPpm: 500 }, { forwards: 1, hours: 2, days: 0.1 });
    expect(Math.abs(facing(cells, USUAL).comparing - before)).toBeLessThan(0.1);
  });

  it('is forgotten by half in a month, and stays small', () => {
    let cells = addFaced([], { oursPpm: 440, rivalPpm: 500 }, { forwards: 8, hours: 8, days: 0 });
    cells = addFaced(cells, { oursPpm: 900, rivalPpm: 500 }, { forwards: 0, hours: 1, days: 30 });
    expect(cells[0]).toEqual([expect.any(Number), expect.any(Number), 4, 4]);
    for (let i = 0; i < 2000; i++)
      cells = addFaced(cells, { oursPpm: 100 + i, rivalPpm: 500 }, { forwards: 1, hours: 1, days: 1 });
    expect(cells.length).toBeLessThan(60);
  });
});

describe('a peer with a follower', () => {
  const now = unixSec(START + 480 * 3600);
  const bounds = boundsFor(CONFIG, DYNAMIC_POLICY, null, 5_000_000, 100_000);
  const rivalry = followedRivalry(USUAL);
  const change = (hoursAgo: number): PastChange => ({
    channelId: chan(1),
    at: unixSec(now - 3600 * hoursAgo),
    fromPpm: ppm(300),
    toPpm: ppm(400),
  });
  const lead = (livePpm: number, recentChanges: readonly PastChange[] = []) =>
    leadAgainst({ rivalry, recentChanges }, { bidDifference: 0, bounds, livePpm, now });

  it('is priced for it, and told why', () => {
    const { ppm: fee, holds, values } = lead(300) ?? {};
    expect(holds).toBeNull();
    expect(fee).toBeGreaterThanOrEqual(bounds.lower);
    expect(values).toMatchObject({ channel: 'rival', usual_ppm: USUAL });
  });

  it('is left alone within a day of a change, and until the answer is there or overdue', () => {
    expect(lead(300, [change(20)])?.holds).toBe('rival-unanswered');
    // 250 would be answered by 225.
    expect(lead(250, [change(30)])?.holds).toBe('rival-unanswered');
    expect(lead(250, [change(60)])?.holds).toBeNull();
  });

  it('is nothing special where nobody follows or nobody compares', () => {
    const context = { bidDifference: 0, bounds, livePpm: 400, now };
    expect(leadAgainst({ rivalry: null, recentChanges: [] }, context)).toBeNull();
    let { faced } = rivalry;
    for (let day = 0; day < 30; day++)
      for (const [oursPpm, rivalPpm] of [
        [350, 450],
        [350, 250],
      ] as const)
        faced = addFaced(faced, { oursPpm, rivalPpm }, { forwards: 20, hours: 12, days: 0.5 });
    expect(leadAgainst({ rivalry: { ...rivalry, faced }, recentChanges: [] }, context)).toBeNull();
  });
});
