// Is a rival who follows us found, with its ratio and lag, and is nobody else taken for one?
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { followerOf } from '../../../src/core/fee/follower.ts';
import { unixSec } from '../../../src/core/units.ts';
import { START } from './builders.ts';
import { follows, lived, turns, type Course } from './rival-lives.ts';

const DAYS = 25;
const find = (ours: Course, others: Readonly<Record<string, Course>>, days = DAYS) =>
  followerOf(lived(ours, others, 24 * days), unixSec(START + 24 * 3600 * days));

/** A price drawn anew after times drawn anew. */
const wandering = fc
  .array(fc.record({ ppm: fc.double({ min: 50, max: 1000, noNaN: true }), hours: fc.integer({ min: 6, max: 90 }) }), {
    minLength: 30,
    maxLength: 60,
  })
  .map((spells): Course => {
    const ends: number[] = [];
    let end = 0;
    for (const { hours } of spells) ends.push((end += hours));
    return (hour) =>
      spells[
        Math.max(
          0,
          ends.findIndex((until) => hour < until),
        )
      ]?.ppm ?? 0;
  });

describe('a rival who follows', () => {
  it('is found with its ratio, its lag and its usual price, among others who do not', () => {
    const ours = turns([480, 350, 250, 700], 44);
    const found = find(ours, { still: () => 400, other: turns([300, 200], 70), rival: follows(ours) });
    expect(found).toMatchObject({ channelId: 'rival', usualPpm: 500 });
    expect(found?.ratio).toBeCloseTo(0.9, 2);
    expect(Math.abs((found?.lagHours ?? 0) - 30)).toBeLessThanOrEqual(4);
  });

  it('is found whatever our fees are, as long as they move', () => {
    const found = fc.sample(wandering, { numRuns: 200, seed: 1 }).filter((ours) => {
      return find(ours, { rival: follows(ours, { usualPpm: 600 }) })?.channelId === 'rival';
    });
    expect(found.length).toBeGreaterThan(180);
  });

  it('is not believed to be usually as dear as it was once, unasked', () => {
    const ours = turns([480, 350, 250, 420], 44);
    const rival = follows(ours);
    const boasting: Course = (hour) => (hour >= 400 && hour < 410 ? 90_000 : rival(hour));
    expect(find(ours, { rival: boasting })?.usualPpm).toBe(432);
  });

  it('is believed no longer once it stays where it is', () => {
    const ours = turns([480, 350, 250, 700], 44);
    const rival = follows(ours);
    const stopped: Course = (hour) => rival(Math.min(hour, 15 * 24));
    expect(find(ours, { rival: stopped }, 15)).not.toBeNull();
    expect(find(ours, { rival: stopped }, 32)).toBeNull();
  });
});

describe('nobody follows', () => {
  it('who moves at random: at most one in a hundred such channels in a month', () => {
    const lives = fc.sample(fc.tuple(wandering, wandering), { numRuns: 600, seed: 2 });
    const taken = lives.filter(([ours, theirs]) => find(ours, { theirs }) !== null);
    expect(taken.length).toBeLessThanOrEqual(6);
  });

  it('who changes while we do not', () => {
    fc.assert(
      fc.property(wandering, (theirs) => {
        expect(find(() => 400, { theirs })).toBeNull();
      }),
      { numRuns: 100 },
    );
  });

  it('whom we follow', () => {
    const theirs = turns([500, 380, 420, 300, 610], 44);
    const ours: Course = (hour) => 0.9 * theirs(hour - 10);
    expect(find(ours, { theirs })).toBeNull();
  });
});
