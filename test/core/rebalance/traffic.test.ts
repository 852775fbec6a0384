// Is room worth what comes in by it, and is a channel filled and emptied by which way its traffic goes?
import { describe, expect, it } from 'vitest';
import { planRebalances } from '../../../src/core/rebalance/plan.ts';
import { stepText } from '../../../src/core/rebalance/step-texts.ts';
import { lean, trafficOf, type Traffic } from '../../../src/core/rebalance/traffic.ts';
import { chan, flatPrice, input, peer, planChannel, priceOf } from './builders.ts';

const SATS = 1000;
const passing = (inSats: number, outSats: number, earnsPpm = 0): Traffic => ({
  inMsat: inSats * SATS,
  outMsat: outSats * SATS,
  earnsPpm,
});

describe('the traffic of the last weeks', () => {
  const state = (came: readonly (readonly [from: number, count: number])[], forwards: number, sats: number) => ({
    sources: { peers: came.map(([n]) => peer(n)), forwards: came.map(([, count]) => count) },
    flow: { forwards, sats, days: 10 },
  });

  it('is what left, by where it came in', () => {
    const traffic = trafficOf([
      { peer: peer(1), scale: 400, state: state([[3, 7]], 2, 100_000) },
      { peer: peer(2), scale: 100, state: state([[3, 30], [1, 10]], 5, 40_000) }, // prettier-ignore
    ]);
    expect(traffic.get(peer(3))?.inMsat).toBeCloseTo((10_000 + 3000) * SATS, 0);
    expect(traffic.get(peer(3))?.outMsat).toBe(0);
    // 10,000 sats a day earned 400 ppm, 3,000 earned 100.
    expect(traffic.get(peer(3))?.earnsPpm).toBeCloseTo((10_000 * 400 + 3000 * 100) / 13_000, 6);
    expect(traffic.get(peer(1))).toMatchObject({ earnsPpm: 100 });
    expect(traffic.get(peer(1))?.outMsat).toBeCloseTo(10_000 * SATS, 0);
    expect(traffic.get(peer(2))?.inMsat).toBe(0);
    expect(traffic.get(peer(2))?.earnsPpm).toBe(0);
    expect([1, 2, 3].map((n) => Math.sign(lean(traffic.get(peer(n)))))).toEqual([1, 1, -1]);
  });

  it('leans no way where as much comes in as leaves, be the ones large payments and the others small', () => {
    // 100,000 sats a day each: ten of 10,000, and one of 100,000, which counts as one where it leaves and five where it came in.
    const traffic = trafficOf([
      { peer: peer(1), scale: 400, state: state([[2, 50]], 10, 1_000_000) },
      { peer: peer(2), scale: 400, state: state([[1, 100]], 100, 1_000_000) },
    ]);
    expect(lean(traffic.get(peer(1)))).toBeCloseTo(0, 12);
    expect(traffic.get(peer(1))?.inMsat).toBeCloseTo(100_000 * SATS, 0);
  });

  it('is nothing where nothing has passed, and leans no way', () => {
    expect(trafficOf([{ peer: peer(1), scale: 400, state: state([], 0, 0) }])).toEqual(new Map());
    expect(lean(undefined)).toBe(0);
    expect([lean(passing(5, 0)), lean(passing(0, 5)), lean(passing(5, 5))]).toEqual([-1, 1, 0]);
  });
});

describe('a full channel by which payments come in', () => {
  // Worth less where it goes than the way there costs.
  const prices = new Map([
    [peer(1), priceOf(0.97, 1)],
    [peer(2), flatPrice(80)],
  ]);
  const full = planChannel({ n: 1, share: 0.97, feePpm: 10, dailyOutSats: 0 });
  const exit = planChannel({ n: 2, share: 0.3, feePpm: 1000, peerFeePpm: 100 });
  const plan = (traffic: Traffic | null, from = full) =>
    planRebalances(input([from, exit], { prices, traffic: new Map(traffic === null ? [] : [[peer(1), traffic]]) }));

  it('is emptied for what they earn elsewhere, though what it holds is worth less than the way', () => {
    expect(plan(null).approved).toEqual([]);
    const [order] = plan(passing(1_000_000, 0, 900)).approved;
    expect(order?.from.channelId).toBe(chan(1));
    const { opportunityPpm = 0, valuePpm = 0 } = order?.evaluation ?? {};
    expect(opportunityPpm).toBeLessThan(0);
    expect(opportunityPpm).toBeGreaterThanOrEqual(-900);
    expect(Number(order?.maxFeeMsat)).toBeLessThanOrEqual(
      (Number(order?.amountMsat) * (valuePpm - opportunityPpm)) / 1e6,
    );
  });

  it('is left alone where as much leaves again, where hardly anything comes, and where it has room', () => {
    expect(plan(passing(1_000_000, 1_000_000, 900)).approved).toEqual([]);
    expect(plan(passing(1, 0, 900)).approved).toEqual([]);
    const roomy = planChannel({ n: 1, share: 0.5, dailyOutSats: 0 });
    const there = new Map([...prices, [peer(1), priceOf(0.5, 1)]]);
    const traffic = new Map([[peer(1), passing(1_000_000, 0, 900)]]);
    expect(planRebalances(input([roomy, exit], { prices: there, traffic })).approved).toEqual([]);
  });

  it('says so', () => {
    const verdict = plan(passing(1_000_000, 0, 900)).verdicts.find(({ role }) => role === 'source');
    const told = verdict?.pairs[0]?.trail.find(({ step }) => step === 'source');
    expect(told && stepText(told)).toMatch(
      /less [\d.]+ ppm for the room there: what comes in by it earns at other exits$/,
    );
  });
});

describe('targets of balanced channels', () => {
  const reasonAt = (share: number, traffic: Traffic | null): string | undefined => {
    const from = planChannel({ n: 1, share: 0.9, dailyOutSats: 0 });
    const to = planChannel({ n: 2, share });
    const prices = new Map([1, 2].map((n) => [peer(n), flatPrice(n === 1 ? 0 : 900)]));
    const { verdicts } = planRebalances(
      input([from, to], { prices, traffic: new Map(traffic === null ? [] : [[peer(2), traffic]]) }),
    );
    return verdicts.find(({ channelId, role }) => channelId === chan(2) && role === 'destination')?.reason;
  };

  it('are told with their reason', () => {
    const channel = planChannel({ n: 1, share: 0.3 });
    const { verdicts } = planRebalances(input([channel], { traffic: new Map([[peer(1), passing(100, 300)]]) }));
    const target = verdicts[0]?.trail.find(({ step }) => step === 'target');
    expect(target && stepText(target)).toMatch(
      /^it is balanced, and of what has passed through it in the last weeks 75.0 % left, so 67.5 %/,
    );
  });

  it.each([
    ['half, where nothing is known', null, 0.5],
    ['half, where as much comes in as leaves', passing(100, 100), 0.5],
    ['that of a SOURCE, where all leaves', passing(0, 100), 0.85],
    ['half, where all comes in', passing(100, 0), 0.5],
    ['between them, where three quarters leave', passing(100, 300), 0.675],
  ])('are %s', (_, traffic, target) => {
    expect(reasonAt(target - 0.02, traffic)).toBe('approved');
    expect(reasonAt(target + 0.001, traffic)).toBe('at-target');
  });
});
