// What is known of a way, for how long, and what it changes?
import { describe, expect, it } from 'vitest';
import { planRebalances } from '../../../src/core/rebalance/plan.ts';
import { cheapestKnownWay, knownWay, toldOf, withWay, withoutWay } from '../../../src/core/rebalance/ways.ts';
import { msat } from '../../../src/core/units.ts';
import { chan, input, later, NOW, planChannel } from './builders.ts';

const HOUR = 3600;
const PAIR = { from: chan(1), to: chan(2) };
const OTHER = { from: chan(3), to: chan(2) };
const told = toldOf(msat(60_000), msat(200_000_000), NOW);

describe('what was told of a way', () => {
  it('is known in ppm of what was to arrive, for six hours, of that way alone', () => {
    const ways = withWay(new Map(), PAIR, told);
    expect(knownWay(ways, PAIR, later(6 * HOUR))).toBe(300);
    expect(knownWay(ways, PAIR, later(6 * HOUR + 1))).toBeNull();
    // A look goes by the time at which it began, and asks after.
    expect(knownWay(ways, PAIR, later(-60))).toBe(300);
    // Told by a clock that ran ahead and was set back.
    expect(knownWay(ways, PAIR, later(-6 * HOUR - 1))).toBeNull();
    expect(knownWay(ways, OTHER, NOW)).toBeNull();
    expect(knownWay(ways, { from: PAIR.to, to: PAIR.from }, NOW)).toBeNull();
  });

  it('is replaced by what is told later, and forgotten where it has proved wrong', () => {
    const ways = withWay(withWay(new Map(), PAIR, told), PAIR, { at: later(HOUR), ppm: 400 });
    expect(knownWay(ways, PAIR, later(HOUR))).toBe(400);
    expect(knownWay(withoutWay(ways, PAIR), PAIR, later(HOUR))).toBeNull();
    expect(knownWay(ways, PAIR, later(HOUR))).toBe(400);
    expect(withoutWay(ways, OTHER)).toBe(ways);
  });

  it('is not kept once it is no longer true', () => {
    const ways = withWay(withWay(new Map(), PAIR, told), OTHER, { at: later(7 * HOUR), ppm: 500 });
    expect([...(ways.get(PAIR.to) ?? [])].map(([from]) => from)).toEqual([OTHER.from]);
  });

  it('says which way there is the cheapest', () => {
    const ways = withWay(withWay(new Map(), PAIR, told), OTHER, { at: later(-5 * HOUR), ppm: 200 });
    expect(cheapestKnownWay(ways, PAIR.to, NOW)).toBe(200);
    expect(cheapestKnownWay(ways, PAIR.to, later(2 * HOUR))).toBe(300);
    expect(cheapestKnownWay(ways, PAIR.from, NOW)).toBe(Infinity);
  });
});

describe('a plan', () => {
  const channels = [
    planChannel({ n: 1, share: 0.9 }),
    planChannel({ n: 2, share: 0.05, feePpm: 240 }),
    planChannel({ n: 3, share: 0.9 }),
  ];
  const chosen = (ways: Parameters<typeof input>[1]) => {
    const [order] = planRebalances(input(channels, ways)).approved;
    return order && { from: order.from.channelId, ppm: order.evaluation.inboundPpm };
  };

  it('takes the way that is known to be cheap, and expects just what it costs', () => {
    for (const pair of [PAIR, OTHER])
      expect(chosen({ ways: withWay(new Map(), pair, { at: NOW, ppm: 120 }) })).toEqual({ from: pair.from, ppm: 120 });
  });

  it('never expects less than the peer asks for the last hop now', () => {
    expect(chosen({ ways: withWay(new Map(), PAIR, { at: NOW, ppm: 1 }) })).toEqual({ from: PAIR.from, ppm: 100 });
  });

  it('leaves alone what is known to be too dear, and takes another', () => {
    const ways = withWay(new Map(), PAIR, { at: NOW, ppm: 5000 });
    expect(chosen({ ways })?.from).toBe(OTHER.from);
    const both = withWay(ways, OTHER, { at: NOW, ppm: 5000 });
    expect(chosen({ ways: both })).toBeUndefined();
    expect(chosen({ ways: both, waysAsOf: later(7 * HOUR) })).toBeDefined();
  });

  it('hopes for a cheaper way where it is only to be asked for, and knows no more of those that are known', () => {
    const usual = chosen({})?.ppm ?? 0;
    expect(chosen({ hopeful: true })?.ppm).toBeLessThan(usual);
    const ways = withWay(withWay(new Map(), PAIR, { at: NOW, ppm: 150 }), OTHER, { at: NOW, ppm: 150 });
    expect(chosen({ ways, hopeful: true })).toEqual(chosen({ ways }));
  });
});
