// Do the parts of the search say what they should where the answer is known?
import fc from 'fast-check';
import { probit } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { bidPrice, levelPrice, sourcePrice } from '../../../src/core/fee/bid-price.ts';
import { addToCells, cellOf, discountCells, lnFeeOf, mergeCells, totals } from '../../../src/core/fee/cells.ts';
import { isChangePoint, NO_SUSPICION, suspect } from '../../../src/core/fee/change-point.ts';
import { CURVATURE, fitDemand, optimumOf } from '../../../src/core/fee/demand-curve.ts';
import { evidenceOf, posterior, weigh } from '../../../src/core/fee/demand-family.ts';
import { isLiquid } from '../../../src/core/fee/exposure.ts';
import { readLiveFee } from '../../../src/core/fee/live.ts';
import { feeFor, lnMarkupFor } from '../../../src/core/fee/markup.ts';
import { changesToday, refusal } from '../../../src/core/fee/pacing.ts';
import { Places } from '../../../src/core/fee/places.ts';
import { pooledPrior, priorFor } from '../../../src/core/fee/prior.ts';
import { sourcesOf } from '../../../src/core/fee/sources.ts';
import type { Cells } from '../../../src/core/fee/types.ts';
import { ppm, unixSec, ZERO_MSAT } from '../../../src/core/units.ts';
import { chan, channel, Played } from './builders.ts';

const PRIOR = { lnPpm: Math.log(250), sd: 1.4, lnRate: null };
const BEFORE = { ...PRIOR, rate: null };
const fee = fc.integer({ min: 1, max: 1_000_000 });

describe('cells', () => {
  it('keep every count and hour, in any order', () => {
    const seen = fc.array(fc.tuple(fee, fc.nat(50), fc.integer({ min: 1, max: 100 })), { maxLength: 40 });
    fc.assert(
      fc.property(seen, (all) => {
        const cells = all.reduce<Cells>((sum, [at, forwards, hours]) => addToCells(sum, at, forwards, hours), []);
        const { forwards, hours } = totals(cells);
        expect(forwards).toBe(all.reduce((sum, [, n]) => sum + n, 0));
        expect(hours).toBe(all.reduce((sum, [, , h]) => sum + h, 0));
        expect(cells.map(([cell]) => cell)).toEqual([...new Set(cells.map(([cell]) => cell))].sort((a, b) => a - b));
        expect(mergeCells(cells, cells)).toEqual(cells.map(([cell, n, h]) => [cell, 2 * n, 2 * h]));
      }),
    );
  });
  it('forget half in a half-life', () => {
    expect(discountCells([[50, 8, 24]], 60, 60)).toEqual([[50, 4, 12]]);
  });
  it('lie within five percent of the fee', () => {
    fc.assert(fc.property(fee, (at) => Math.abs(lnFeeOf(cellOf(at)) - Math.log(at)) <= Math.log(1.1) / 2 + 1e-9));
  });
});

describe('the demand curve', () => {
  const hours = 4000;
  const exact = (optimum: number, fees: readonly number[]): Cells =>
    fees.reduce<Cells>((cells, at) => {
      const u = lnFeeOf(cellOf(at)) - Math.log(optimum);
      return addToCells(cells, at, hours * Math.exp(-u - 0.5 * CURVATURE * u * u), hours);
    }, []);
  it('finds the optimum of a demand of its own kind, from either side', () => {
    for (const at of [150, 300, 500]) {
      const curve = fitDemand(exact(300, [at * 0.8, at, at * 1.25]), Math.log(at), PRIOR);
      expect(Math.exp(optimumOf(curve).lnPpm)).toBeCloseTo(300, -1.5);
    }
  });
  it('believes the prior where nothing was seen', () => {
    expect(optimumOf(fitDemand([], Math.log(900), PRIOR)).lnPpm).toBeCloseTo(PRIOR.lnPpm);
  });
  it('is surer the more it has seen', () => {
    const sd = (scale: number): number =>
      fitDemand(
        exact(300, [200, 400]).map(([c, n, h]) => [c, n * scale, h * scale]),
        Math.log(300),
        PRIOR,
      ).sd;
    expect(sd(1)).toBeLessThan(sd(0.01));
  });
});

describe('a usual rate', () => {
  // One fee alone, and in a hundred hours as many forwards as elsewhere at the best fee, twenty times as many, or hardly any.
  const bestPpm = (forwards: number, lnRate: number | null): number => {
    const curve = fitDemand(addToCells([], 2500, forwards, 100), Math.log(2500), { ...PRIOR, lnRate });
    return Math.exp(optimumOf(curve).lnPpm);
  };
  it('says of one fee alone whether it is too high: who has many forwards there would have thousands below', () => {
    expect(bestPpm(100, 0)).toBeGreaterThan(2 * bestPpm(100, null));
    expect(bestPpm(1000, 0)).toBeGreaterThan(bestPpm(100, 0));
    expect(bestPpm(1, 0)).toBeLessThan(bestPpm(100, 0));
  });
  it('gives way to what two fees show', () => {
    const seen = [1000, 2000].reduce<Cells>((cells, at) => addToCells(cells, at, (1000 / at ** 2) * 1e6, 100), []);
    const at = (lnRate: number | null): number =>
      optimumOf(fitDemand(seen, Math.log(1400), { ...PRIOR, lnRate })).lnPpm;
    expect(Math.abs(at(0) - at(null))).toBeLessThan(0.3);
  });
});

describe('the demand family', () => {
  it('finds the optimum of exponential demand, which is none of its own', () => {
    const cells = [100, 200, 400, 800].reduce<Cells>((all, at) => {
      const seen = Math.exp(lnFeeOf(cellOf(at)));
      return addToCells(all, at, 1000 * Math.exp(-seen / 300), 1000);
    }, []);
    const { optimum, ratesUpTo } = posterior(weigh(BEFORE, evidenceOf(cells)));
    expect(Math.abs(optimum.lnPpm - Math.log(300))).toBeLessThan(0.25);
    const rates = ratesUpTo(cellOf(400));
    expect(rates[cellOf(200)]).toBeGreaterThan(rates[cellOf(400)] ?? NaN);
  });
  it('sees a rival: demand that breaks off has its best fee just below', () => {
    const cells = [120, 160, 200, 240, 300, 400].reduce<Cells>(
      (all, at) => addToCells(all, at, at < 230 ? 100 : 25, 100),
      [],
    );
    const best = Math.exp(posterior(weigh(BEFORE, evidenceOf(cells))).optimum.lnPpm);
    expect(best).toBeGreaterThan(150);
    expect(best).toBeLessThan(240);
  });
});

describe('markup and fee', () => {
  it('are each other’s inverse wherever the fee is within reach', () => {
    fc.assert(
      fc.property(
        fc.double({ min: Math.log(10), max: Math.log(5000), noNaN: true }),
        fc.double({ min: -1, max: 1, noNaN: true }),
        (lnMarkup, relative) => {
          const difference = relative * Math.exp(lnMarkup);
          const at = feeFor(lnMarkup, difference);
          expect(at).toBeGreaterThan(difference);
          expect(lnMarkupFor(at, difference)).toBeCloseTo(lnMarkup, 6);
        },
      ),
    );
  });
  it('a dearer liquidity never makes a lower fee', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -2000, max: 2000 }),
        fc.integer({ min: 0, max: 500 }),
        (low, more) => feeFor(Math.log(250), low) <= feeFor(Math.log(250), low + more) + 1e-6,
      ),
    );
  });
});

describe('bid prices', () => {
  it('fall as the balance grows, and are zero in the middle', () => {
    expect(levelPrice(0.5)).toBe(0);
    for (let share = 0.01; share <= 1; share += 0.01) expect(levelPrice(share)).toBeLessThan(levelPrice(share - 0.01));
  });
  it('of the sources are weighted by what came from where', () => {
    const places = new Places(['a', 'b']);
    const prices = [bidPrice(1, 0.5, 100), bidPrice(-1, 0.5, 100)];
    expect(sourcePrice(places.of(sourcesOf({ a: 3, b: 0 })), prices, 0)).toBeCloseTo(75);
    expect(sourcePrice(places.of(sourcesOf({ a: 0, b: 3 })), prices, 0)).toBeCloseTo(-75);
    expect(sourcePrice(places.of(sourcesOf({ gone: 9 })), prices, 40)).toBeCloseTo(40);
  });
});

describe('change points', () => {
  const prediction = { rate: 1, evidence: 60 };
  const after = (forwards: number, unmet = 0): boolean =>
    isChangePoint(suspect(NO_SUSPICION, { forwards, unmet, hours: 24 }, prediction));
  it('are what chance would hardly make', () => {
    expect(after(24)).toBe(false);
    expect(after(17)).toBe(false);
    expect(after(0)).toBe(true);
    expect(after(80)).toBe(true);
  });
  it('need a prediction that rests on something', () => {
    expect(isChangePoint(suspect(NO_SUSPICION, { forwards: 0, unmet: 0, hours: 99 }, { rate: 1, evidence: 1 }))).toBe(
      false,
    );
  });
  it('are not made of payments we had no liquidity for', () => {
    expect(after(0, 20)).toBe(false);
  });
  it('several weak signs add up', () => {
    let suspicion = NO_SUSPICION;
    for (let day = 0; day < 6; day++) suspicion = suspect(suspicion, { forwards: 11, unmet: 0, hours: 24 }, prediction);
    expect(isChangePoint(suspicion)).toBe(true);
  });
});

describe('the prior', () => {
  it('is the network’s until the node’s channels speak, then theirs', () => {
    expect(Math.exp(pooledPrior([]).lnPpm)).toBeCloseTo(250);
    const taught = pooledPrior(Array.from({ length: 10 }, () => ({ lnPpm: Math.log(1000), sd: 0.2 })));
    expect(Math.exp(taught.lnPpm)).toBeGreaterThan(850);
    expect(taught.sd).toBeLessThan(1);
  });
  it.each([0.6, 1, 1.5])('finds out that peers differ by sd %f, however little each has shown of itself', (spread) => {
    // Quantiles of a normal distribution, so that there is no chance in it; each seen with an error as large as the spread.
    const truth = Array.from({ length: 201 }, (_, i) => Math.log(1000) + spread * probit((i + 0.5) / 201));
    const error = spread;
    let prior = pooledPrior([]);
    for (let cycle = 0; cycle < 30; cycle++) {
      const [a, b] = [1 / prior.sd ** 2, 1 / error ** 2];
      // What was seen of each lies so much further apart than the truth.
      const estimates = truth.map((lnPpm) => ({
        lnPpm: (a * prior.lnPpm + b * (Math.log(1000) + Math.SQRT2 * (lnPpm - Math.log(1000)))) / (a + b),
        sd: Math.sqrt(1 / (a + b)),
      }));
      prior = pooledPrior(estimates);
    }
    expect(prior.sd).toBeGreaterThan(0.85 * spread);
    expect(prior.sd).toBeLessThan(1.15 * spread);
    expect(prior.lnPpm).toBeCloseTo(Math.log(1000), 1);
  });
  it('leans towards what others charge, as far as they charge anything', () => {
    const pooled = pooledPrior([]);
    expect(priorFor(pooled, { p25: 1, p50: 2000, p75: 3000, channels: 20 }).lnPpm).toBeGreaterThan(pooled.lnPpm);
    expect(priorFor(pooled, { p25: 0, p50: 0, p75: 1, channels: 20 })).toEqual(pooled);
  });
});

describe('pacing', () => {
  const now = unixSec(1_700_000_000);
  const change = (ago: number, fromPpm: number, toPpm: number) => ({
    channelId: chan(1),
    at: unixSec(now - ago),
    fromPpm: ppm(fromPpm),
    toPpm: ppm(toPpm),
  });
  const elsewhere = (ago: number) => ({ ...change(ago, 100, 250), channelId: chan(2) });
  const calm = { now, recent: [], draining: false, searching: false, must: false };
  const week = (count: number) => Array.from({ length: count }, (_, i) => change(86_400 + 3600 * i, 300, 250));
  it.each([
    ['the present fee', 250, calm, 'no-change'],
    ['14 %', 285, calm, 'deadband'],
    ['20 %', 300, calm, null],
    ['14 % while draining', 285, { ...calm, draining: true }, null],
    ['20 % after three within the week', 300, { ...calm, recent: week(3) }, null],
    ['20 % after four within the week', 300, { ...calm, recent: week(4) }, 'deadband'],
    ['60 % after seven', 400, { ...calm, recent: week(7) }, 'deadband'],
    ['70 % after seven', 425, { ...calm, recent: week(7) }, null],
    ['70 % after twenty', 425, { ...calm, recent: week(20) }, null],
    ['a step of 60 % after seven', 400, { ...calm, recent: week(7), searching: true }, null],
    ['1 ppm that must be', 251, { ...calm, must: true }, null],
    ['a raise 9 minutes after one', 400, { ...calm, recent: [change(540, 100, 250)] }, 'raised-lately'],
    ['a cut 9 minutes after a raise', 100, { ...calm, recent: [change(540, 100, 250)] }, null],
    ['a raise 11 minutes after one', 400, { ...calm, recent: [change(660, 100, 250)] }, null],
    ['a raise 9 minutes after a cut', 400, { ...calm, recent: [change(540, 400, 250)] }, null],
    ['a raise 9 minutes after one elsewhere', 400, { ...calm, recent: [elsewhere(540)] }, null],
    ['one that must be, after six elsewhere', 100, { ...calm, must: true, recent: Array(6).fill(elsewhere(1)) }, null],
    ['a seventh within a day', 100, { ...calm, recent: Array(6).fill(change(3600, 300, 250)) }, 'daily-limit'],
    ['a seventh after a day', 100, { ...calm, recent: Array(6).fill(change(86_401, 300, 250)) }, null],
  ] as const)('%s', (_, wanted, pace, expected) => {
    expect(refusal([channel(1)], ppm(wanted), pace)).toBe(expected);
  });
});

describe('changes of a day', () => {
  it('are those of one channel: all channels to a peer change together', () => {
    const of = (n: number, ago: number) => ({
      channelId: chan(n),
      at: unixSec(100_000 - ago),
      fromPpm: ppm(250),
      toPpm: ppm(300),
    });
    const now = unixSec(100_000);
    expect(changesToday([], now)).toBe(0);
    expect(changesToday([of(1, 10), of(2, 10), of(1, 5000), of(2, 5000), of(2, 90_000)], now)).toBe(2);
  });
});

describe('what is live', () => {
  const node = new Played(250);
  node.run(2, () => ({ hours: 1 }));
  const state = { ...node.state, proposal: { ppm: 300, move: null } };
  it.each([
    ['as seen', 250, [], { confirmed: false, superseded: false }],
    ['as proposed', 300, [], { confirmed: true, superseded: false }],
    ['anything else is someone’s', 299, [], { superseded: true, foreign: [[250, 299]] }],
    ['but not what a record says', 299, [[60, 250, 299]], { superseded: true, foreign: [] }],
    [
      'nor what two records of one second say',
      299,
      [
        [60, 250, 299],
        [60, 299, 400],
      ],
      { foreign: [] },
    ],
    ['a record from before it was seen explains nothing', 299, [[-60, 250, 299]], { foreign: [[250, 299]] }],
    ['a record that the fee has left', 299, [[60, 250, 280]], { foreign: [[280, 299]] }],
    ['set back to what was seen', 250, [[60, 250, 280]], { superseded: false, foreign: [[280, 250]] }],
  ] as const)('%s', (_, at, records, expected) => {
    const recent = records.map(([after, from, to]) => ({
      channelId: chan(1),
      at: unixSec(state.seenAt + after),
      fromPpm: ppm(from),
      toPpm: ppm(to),
    }));
    const { foreign, ...live } = readLiveFee([channel(1, { feePpm: ppm(at) })], state, recent, false);
    expect({ ...live, foreign: foreign.map(({ fromPpm, toPpm }) => [fromPpm, toPpm]) }).toMatchObject(expected);
  });
  it('of two that differ, set in one second, the dearer was last: aligning gives nothing away', () => {
    const channels = [1, 2].map((n) => channel(n, { feePpm: ppm(100 * n) }));
    const changes = channels.map(({ channelId, feePpm: toPpm }) => ({
      ...{ channelId, toPpm, fromPpm: ppm(50), at: state.seenAt },
    }));
    for (const recent of [changes, [...changes].reverse()])
      expect(readLiveFee(channels, undefined, recent, false)).toMatchObject({ ppm: null, lastPpm: 200 });
  });
  it('a channel that is new was changed by nobody', () => {
    expect(readLiveFee([channel(7, { feePpm: ppm(9) })], state, [], false).foreign).toEqual([]);
  });
});

describe('exposure', () => {
  it('needs a connected public channel with liquidity', () => {
    expect(isLiquid([channel(1)])).toBe(true);
    expect(isLiquid([channel(1, { spendable: ZERO_MSAT })])).toBe(false);
    expect(isLiquid([channel(1, { connected: false })])).toBe(false);
    expect(isLiquid([channel(1, { private: true })])).toBe(false);
    expect(isLiquid([])).toBe(false);
  });
});
