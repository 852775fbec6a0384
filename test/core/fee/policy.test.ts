// Which policy counts, since when was a fee live, and what do others charge?
import { describe, expect, it } from 'vitest';
import { steadyPpm } from '../../../src/core/fee/live.ts';
import { policyOf, unitPolicy } from '../../../src/core/fee/policy.ts';
import { rivalFees } from '../../../src/core/fee/rivals.ts';
import { DYNAMIC_POLICY } from '../../../src/core/fee/types.ts';
import { ppm, unixSec } from '../../../src/core/units.ts';
import { chan, channel, peer, Played } from './builders.ts';

describe('the policy of a peer', () => {
  const of = (subject: ReturnType<typeof peer> | ReturnType<typeof chan>, setAt: number) => ({
    ...DYNAMIC_POLICY,
    subject,
    setAt: unixSec(setAt),
  });
  const own = of(peer(1), 1);
  const one = of(chan(1), 5);
  const two = of(chan(2), 9);
  const again = of(chan(3), 9);
  it.each([
    ['its own, however old', [one, two, own], own],
    ['else the newest of its channels', [one, two], two],
    ['of two at one second the first by name', [again, two], two],
    ['not another peer’s', [of(peer(2), 3), of(chan(9), 3)], null],
    ['none', [], null],
  ])('%s', (_, policies, expected) => {
    expect(policyOf(peer(1), [chan(1), chan(2), chan(3)], policies)).toBe(expected);
    expect(policyOf(peer(1), [chan(3), chan(2), chan(1)], [...policies].reverse())).toBe(expected);
  });

  it('is to pricing what it says of fees, and dynamic where there is none', () => {
    expect(unitPolicy(null)).toBe(DYNAMIC_POLICY);
    expect(unitPolicy({ ...two, strategy: 'static', staticPpm: ppm(7) })).toEqual({
      strategy: 'static',
      staticPpm: 7,
      minPpm: null,
      maxPpm: null,
    });
  });
});

describe('a fee since the last cycle', () => {
  const node = new Played(250);
  node.run(2, () => ({ hours: 1 }));
  const { state } = node;
  const from = state.observedUntil;
  const change = (after: number, to: number, n = 1) => ({
    channelId: chan(n),
    at: unixSec(from + after),
    fromPpm: ppm(200),
    toPpm: ppm(to),
  });
  const live = (at: number) => [channel(1, { feePpm: ppm(at) })];
  it.each([
    ['as seen', live(250), [], 250],
    ['set by the cycle itself', live(300), [change(60, 300)], 300],
    ['set later by someone we know', live(300), [change(121, 300)], null],
    ['set by someone we do not know', live(300), [], null],
    ['set, and changed again by nobody knows whom', live(300), [change(60, 280)], null],
    ['set twice, the second time late', live(300), [change(60, 280), change(500, 300)], null],
    ['of a new channel', [channel(7, { feePpm: ppm(9) })], [], 9],
    ['of channels that differ', [...live(250), channel(2, { feePpm: ppm(9) })], [], null],
    ['while another channel changed', live(250), [change(500, 9, 2)], 250],
  ] as const)('%s', (_, channels, recent, expected) => {
    expect(steadyPpm(channels, state, recent, from)).toBe(expected);
  });
});

describe('what others charge', () => {
  it('is three quantiles of channels', () => {
    expect(rivalFees([])).toBeNull();
    expect(rivalFees([7])).toEqual({ p25: 7, p50: 7, p75: 7, channels: 1 });
    expect(rivalFees([400, 100, 300, 200])).toEqual({ p25: 100, p50: 200, p75: 300, channels: 4 });
  });
});
