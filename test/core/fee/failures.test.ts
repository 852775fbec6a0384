// Do the field failures of hill climbers before ours happen to us? One test per failure.
import { describe, expect, it } from 'vitest';
import { totals } from '../../../src/core/fee/cells.ts';
import { decideFees } from '../../../src/core/fee/decide.ts';
import { dailySatsOf } from '../../../src/core/fee/observe.ts';
import { DYNAMIC_POLICY, FEE_ALGORITHMS } from '../../../src/core/fee/types.ts';
import { msat, ppm, satsToMsat, unixSec } from '../../../src/core/units.ts';
import { chan, channel, CONFIG, peer, Played, START, unit } from './builders.ts';

const HALF_HOUR = { hours: 0.5 };

describe('fee runaway', () => {
  it('a multiplier never compounds: an empty channel without traffic settles, it does not run to the ceiling', () => {
    const node = new Played(100);
    const fees = node.run(48 * 2, () => ({ ...HALF_HOUR, share: 0.05, exposureHours: 0 }));
    // The predecessor went 100 -> 450 -> 1230 -> 3873 -> 5000 in four cycles.
    expect(Math.max(...fees)).toBeLessThan(1000);
    // Doubled at most twice on the way.
    expect(new Set(fees.slice(3)).size).toBe(1);
  });

  it('nor does a full one run to the floor within hours', () => {
    const node = new Played(1000);
    const fees = node.run(48, () => ({ ...HALF_HOUR, share: 0.95 }));
    expect(Math.min(...fees)).toBeGreaterThan(400);
  });

  it('the profitability multiplier acts once', () => {
    const economics = { chainCostMsat: msat(0), profitClass: 'underwater', lots: null } as const;
    const node = new Played(250, {}, { economics });
    const fees = node.run(48 * 4, () => ({ ...HALF_HOUR, exposureHours: 0 }));
    expect(Math.max(...fees)).toBeLessThanOrEqual(Math.ceil(250 * 1.2));
    expect(new Set(fees.slice(1)).size).toBe(1);
  });

  it('what we move out ourselves is no drain', () => {
    const node = new Played(250);
    node.run(4, () => ({ ...HALF_HOUR, share: 0.9 }));
    node.cycle({ ...HALF_HOUR, share: 0.4, broughtIn: -0.5 });
    expect(node.decisions.map(({ reason }) => reason)).not.toContain('drain');
    node.cycle({ ...HALF_HOUR, share: 0.4 });
    expect(node.decisions.map(({ reason }) => reason)).not.toContain('drain');
  });

  it.each([
    ['that opens', 0.9, 10_000_000],
    ['that closes, or is spliced out of', 0.1, 1_000_000],
  ])('a channel %s is no drain', (_, share, capacitySats) => {
    const node = new Played(250);
    node.run(4, () => ({ ...HALF_HOUR, share: 0.9 }));
    node.cycle({ ...HALF_HOUR, share, capacitySats });
    node.cycle({ ...HALF_HOUR, share, capacitySats });
    expect(node.decisions.map(({ reason }) => reason)).not.toContain('drain');
    // What is sold then is one.
    node.cycle({ ...HALF_HOUR, share: 0, capacitySats, forwards: 9, sats: 1_000_000 });
    expect(node.decisions.at(-1)?.reason).toBe('drain');
  });

  it('nor does what we move in hide one', () => {
    const node = new Played(250);
    node.run(4, () => ({ ...HALF_HOUR, share: 0.6, forwards: 1 }));
    node.cycle({ ...HALF_HOUR, share: 0.5, broughtIn: 0.4, forwards: 8, sats: 5_000_000 });
    expect(node.decisions.map(({ reason }) => reason)).toContain('drain');
  });

  it('nor is a channel that takes the place of another of the same size', () => {
    const node = new Played(250);
    node.run(4, () => ({ ...HALF_HOUR, share: 0.9 }));
    node.states = new Map(node.states).set(peer(1), { ...node.state, seen: { [chan(9)]: node.fee } });
    node.cycle({ ...HALF_HOUR, share: 0 });
    expect(node.decisions.map(({ reason }) => reason)).not.toContain('drain');
  });

  it('a peer that comes back after years is not taken for one through whom nothing goes', () => {
    const node = new Played(250);
    const day = { hours: 24, forwards: 10, sats: 1_000_000 };
    node.run(20, () => day);
    const before = dailySatsOf(node.state);
    // Its channel closed then, and it has another one now.
    const state = { ...node.state, seen: { [chan(9)]: 250 } };
    node.states = new Map(node.states).set(peer(1), state);
    node.cycle({ ...day, hours: 2 * 365 * 24 });
    expect(dailySatsOf(node.state)).toBe(before);
    node.run(3, () => ({ ...day, sats: 2_000_000 }));
    expect(dailySatsOf(node.state)).toBeGreaterThan(before);
  });

  it('a drain that goes on does not multiply the fee cycle by cycle', () => {
    const node = new Played(250);
    node.run(4, () => ({ ...HALF_HOUR, share: 0.9 }));
    const fees = node.run(40, (i) => ({ ...HALF_HOUR, share: Math.max(0.02, 0.9 - 0.1 * i), forwards: 2 }));
    // An empty channel's price is a fixed multiple of the scale, however often it is looked at; its scale takes a step.
    expect(Math.max(...fees)).toBeLessThan(250 * 12);
    expect(new Set(fees.slice(16)).size).toBe(1);
    expect(node.decisions.some(({ reason }) => reason === 'drain')).toBe(true);
  });

  it.each([
    ['a little', null, { kind: 'hold', reason: 'deadband' }],
    ['a lot', { p25: 1000, p50: 2000, p75: 4000, channels: 20 }, { kind: 'set', reason: 'bid-price' }],
  ])('a drain is no reason to lower a fee %s, and no hurry to', (_, rivals, expected) => {
    const node = new Played(1000);
    const cycle = { ...HALF_HOUR, forwards: 1, sources: [2] };
    node.run(8, () => ({ ...cycle, share: 0.96 }));
    expect(node.fee).toBe(818);
    // Two fifths leave within the hour, but what arrives for them is where liquidity has become much dearer.
    const passive = { ...DYNAMIC_POLICY, strategy: 'passive' } as const;
    const dear = unit(2, { channels: [channel(2, { share: 0.002 })], policy: passive, rivals });
    node.others = [dear, unit(3, { policy: passive })];
    expect(node.cycle({ ...cycle, share: 0.55 })).toMatchObject(expected);
    expect(node.fee).toBeLessThanOrEqual(818);
  });
});

describe('bounds', () => {
  it('no later stage escapes the clamp', () => {
    const node = new Played(4900, { maxPpm: 500 });
    expect(node.cycle(HALF_HOUR)).toMatchObject({ kind: 'set', reason: 'bounds' });
    expect(node.fee).toBeLessThanOrEqual(500);
  });

  it('a static fee below min-fee-ppm is set as asked and then left alone', () => {
    const policy = { strategy: 'static', staticPpm: ppm(0), minPpm: null, maxPpm: null } as const;
    const node = new Played(250, {}, { policy });
    expect(node.cycle(HALF_HOUR)).toMatchObject({ kind: 'set', ppm: 0, reason: 'static' });
    expect(node.cycle(HALF_HOUR)).toMatchObject({ kind: 'hold', reason: 'no-change' });
  });

  it('an economic floor above the ceiling does not invert the bounds: the ceiling wins', () => {
    const economics = {
      chainCostMsat: msat(0),
      profitClass: 'profitable',
      lots: { costPpm: 2000, remainingMsat: satsToMsat(1_000_000), ageDays: 0 },
    } as const;
    const node = new Played(250, { maxPpm: 1000 }, { economics });
    node.cycle(HALF_HOUR);
    expect(node.fee).toBe(1000);
  });

  it('bought liquidity is not sold below its cost, and the floor it makes fades', () => {
    const lots = (ageDays: number) => ({
      chainCostMsat: msat(0),
      profitClass: 'profitable' as const,
      lots: { costPpm: 400, remainingMsat: satsToMsat(1_000_000), ageDays },
    });
    const node = new Played(80, {}, { economics: lots(0) });
    node.cycle(HALF_HOUR);
    expect(node.fee).toBeGreaterThanOrEqual(440);
    const old = new Played(80, {}, { economics: lots(60) });
    old.cycle(HALF_HOUR);
    expect(old.fee).toBe(80);
  });

  it('a full channel without traffic is never put up for next to nothing', () => {
    const node = new Played(250, { minPpm: 25 });
    const fees = node.run(400, () => ({ hours: 24, share: 0.98 }));
    expect(Math.min(...fees)).toBeGreaterThanOrEqual(25);
    // Within a deadband of the floor.
    expect(Math.min(...fees)).toBeLessThan(30);
  });
});

describe('hours of the day', () => {
  it('bayes: a quiet night after a busy day moves nothing before a whole day has passed', () => {
    const node = new Played(250, { algorithm: 'bayes' });
    node.run(1, () => ({ hours: 1 }));
    const fees = node.run(23, (i) => ({ hours: 1, forwards: i < 11 ? 8 : 0 }));
    expect(new Set(fees)).toEqual(new Set([250]));
    node.run(3, () => ({ hours: 1, forwards: 8 }));
    expect(node.state.learner.optimum).not.toBeNull();
  });

  it('bayes: where demand comes by day only the fee stays near the best one', () => {
    const node = new Played(250, { algorithm: 'bayes' });
    // Elasticity 1 at 200 ppm; nobody sends for half of the day.
    const demand = (fee: number): number => Math.exp(-0.8 * Math.log(fee / 200) ** 2 - Math.log(fee / 200));
    const fees = node.run(30 * 24, (i) => ({ hours: 1, forwards: i % 24 < 12 ? Math.round(6 * demand(node.fee)) : 0 }));
    const late = fees.slice(10 * 24);
    expect(Math.max(...late)).toBeLessThan(320);
    expect(Math.min(...late)).toBeGreaterThan(125);
  });
});

describe('idle channels', () => {
  it.each(['hill-climb', 'bayes'] as const)(
    '%s: never flips, only drifts down, and stops at the floor',
    (algorithm) => {
      const node = new Played(250, { algorithm });
      const fees = node.run(48 * 300, () => HALF_HOUR);
      expect(fees.every((fee, i) => i === 0 || fee <= (fees[i - 1] ?? 0))).toBe(true);
      // Within a deadband of the floor: the last bit is not worth a message.
      expect(fees.at(-1)).toBeLessThanOrEqual(12);
      expect(node.changes.length).toBeLessThan(30);
    },
  );

  it('drifts soon where nobody has ever paid, and later where somebody has', () => {
    const untried = new Played(250);
    untried.run(5, () => ({ hours: 12 }));
    expect(untried.fee).toBeLessThan(250);
    const used = new Played(250);
    used.run(8, () => ({ hours: 12, forwards: 8 }));
    const before = used.fee;
    used.run(8, () => ({ hours: 12 }));
    expect(used.fee).toBeGreaterThanOrEqual(0.6 * before);
  });

  it('goes where others ask, in one move, where nobody has ever paid', () => {
    const rivals = { p25: 8, p50: 10, p75: 12, channels: 10 };
    const node = new Played(250, {}, { rivals });
    node.run(6, () => ({ hours: 12 }));
    const [prior] = node.decisions.flatMap(({ trail }) =>
      trail.flatMap(({ step, values }) => (step === 'demand' ? [Number(values['prior_ppm'])] : [])),
    );
    expect(prior).toBeLessThan(60);
    expect(Math.exp(node.state.learner.lnMarkup)).toBeCloseTo(prior ?? 0, 0);
  });

  it('falls by a step where others ask more, nobody having paid', () => {
    const node = new Played(250, {}, { rivals: { p25: 800, p50: 1000, p75: 1200, channels: 10 } });
    node.run(6, () => ({ hours: 12 }));
    expect(Math.exp(node.state.learner.lnMarkup)).toBeCloseTo(250 * Math.exp(-0.5), 0);
  });

  it('is not put to sleep at a bad fee: traffic that comes back is noticed at the floor', () => {
    const node = new Played(250);
    node.run(300, () => ({ hours: 12 }));
    expect(node.fee).toBeLessThanOrEqual(12);
    // Everybody pays up to 300 ppm now.
    node.run(60 * 4, () => ({ hours: 6, forwards: node.fee <= 300 ? 8 : 0 }));
    expect(node.fee).toBeGreaterThan(50);
  });

  it('leaves the ceiling when nobody pays it', () => {
    const node = new Played(5000);
    node.run(100, () => ({ hours: 24 }));
    expect(node.fee).toBeLessThan(1000);
  });

  it('at target flow a lull drifts nothing', () => {
    const node = new Played(250);
    // One payment of two million sats in eleven days: in use, however rarely.
    const fees = node.run(22 * 24, (i) => ({
      hours: 12,
      forwards: i % 22 === 1 ? 1 : 0,
      sats: i % 22 === 1 ? 2e6 : 0,
    }));
    expect(node.decisions.map(({ reason }) => reason)).not.toContain('drift-down');
    expect(Math.min(...fees)).toBeGreaterThan(60);
  });

  it('refusals for want of liquidity are demand: nothing drifts down', () => {
    const node = new Played(250);
    node.run(100, () => ({ hours: 12, unmet: 1 }));
    expect(node.decisions.map(({ reason }) => reason)).not.toContain('drift-down');
  });
});

describe('depleted channels', () => {
  it.each(['hill-climb', 'bayes'] as const)('%s: are not read as too expensive', (algorithm) => {
    const node = new Played(250, { algorithm });
    const fees = node.run(48 * 60, () => ({ ...HALF_HOUR, share: 0.01, exposureHours: 0 }));
    expect(fees.every((fee) => fee >= 250)).toBe(true);
    expect(node.decisions.map(({ reason }) => reason)).not.toContain('drift-down');
  });
});

describe('cold start', () => {
  it('searches toward what other peers earn at, not upward first', () => {
    const node = new Played(2000);
    node.run(30, () => ({ hours: 12, forwards: 1 }));
    expect(node.fee).toBeLessThan(2000);
  });

  it('a first observation starts now: history before it is not one enormous window', () => {
    const node = new Played(250);
    node.cycle({ hours: 5000, forwards: 100_000 });
    expect(node.state.learner.window.cells).toEqual([]);
  });
});

describe('other people', () => {
  it('a fee someone else set, however near ours, is noticed, reported and left for a day', () => {
    const node = new Played(250);
    node.run(3, () => HALF_HOUR);
    node.fee = 252;
    expect(node.cycle(HALF_HOUR)).toMatchObject({
      kind: 'hold',
      reason: 'external-change',
      foreign: [{ channelId: chan(1), fromPpm: 250, toPpm: 252 }],
    });
    const held = node.run(46, () => ({ ...HALF_HOUR, share: 0.05 }));
    expect(new Set(held)).toEqual(new Set([252]));
    expect(node.decisions.at(-1)).toMatchObject({ reason: 'external-change', foreign: [] });
    node.run(4, () => ({ ...HALF_HOUR, share: 0.05 }));
    expect(node.decisions.at(-1)?.reason).not.toBe('external-change');
  });

  it('after a hold by hand the search starts from that fee', () => {
    const node = new Played(250);
    node.run(3, () => HALF_HOUR);
    node.fee = 900;
    node.extra = { hold: { until: unixSec(node.now + 86_400), by: 'operator' } };
    node.run(47, () => HALF_HOUR);
    expect(node.fee).toBe(900);
    node.extra = {};
    node.run(4, () => HALF_HOUR);
    expect(node.fee).toBe(900);
    expect(Math.exp(node.state.learner.lnMarkup)).toBeCloseTo(900, -1);
  });

  it('an order by hand takes over a fee that someone else changed', () => {
    const node = new Played(250);
    node.run(3, () => HALF_HOUR);
    node.fee = 600;
    node.cycle(HALF_HOUR);
    expect(node.state.externalUntil).toBe(node.now + 86_400);
    node.changes.push({ channelId: chan(1), at: unixSec(node.now + 60), fromPpm: ppm(600), toPpm: ppm(500) });
    node.fee = 500;
    expect(node.cycle(HALF_HOUR).reason).not.toBe('external-change');
    expect(node.state.externalUntil).toBe(0);
    // And starts from there.
    expect(Math.exp(node.state.learner.lnMarkup)).toBeCloseTo(500, -1);
  });

  it.each(
    FEE_ALGORITHMS.flatMap((algorithm) =>
      (['underwater', 'zombie', 'break_even', 'profitable'] as const).map((profitClass) => ({
        algorithm,
        profitClass,
      })),
    ),
  )('$algorithm starts from the fee of a hold that ends, $profitClass or not', ({ algorithm, profitClass }) => {
    const economics = { chainCostMsat: msat(0), profitClass, lots: null } as const;
    const node = new Played(250, { algorithm }, { economics });
    node.run(3, () => HALF_HOUR);
    node.changes.push({ channelId: chan(1), at: unixSec(node.now + 60), fromPpm: ppm(node.fee), toPpm: ppm(500) });
    node.fee = 500;
    node.extra = { economics, hold: { until: unixSec(node.now + 86_400), by: 'operator' } };
    node.run(47, () => HALF_HOUR);
    node.extra = { economics };
    expect(node.run(4, () => HALF_HOUR)).toEqual([500, 500, 500, 500]);
    // Nor by an order without a hold.
    node.changes.push({ channelId: chan(1), at: unixSec(node.now + 60), fromPpm: ppm(500), toPpm: ppm(300) });
    node.fee = 300;
    expect(node.run(4, () => HALF_HOUR)).toEqual([300, 300, 300, 300]);
  });

  it('in dry-run the fees of whoever prices the node are adopted, not held', () => {
    const node = new Played(250, { dryRun: true });
    node.run(3, () => HALF_HOUR);
    node.fee = 600;
    expect(node.cycle(HALF_HOUR).reason).not.toBe('external-change');
  });

  it.each([
    ['a static policy of 0', { ...DYNAMIC_POLICY, strategy: 'static', staticPpm: ppm(0) }],
    ['a policy of at most 0', { ...DYNAMIC_POLICY, maxPpm: ppm(0) }],
  ] as const)('%s leaves nothing behind once it has ended: the fee goes back to where it was', (_, policy) => {
    const node = new Played(250);
    node.run(3, () => HALF_HOUR);
    node.extra = { policy };
    for (let i = 0; i < 48; i++) node.cycle(HALF_HOUR);
    expect(node.fee).toBe(0);
    node.extra = {};
    expect(node.cycle(HALF_HOUR)).toMatchObject({ kind: 'set' });
    for (let i = 0; i < 96; i++) node.cycle(HALF_HOUR);
    // Nobody has paid since, so that it has drifted down a little.
    expect(node.fee).toBeGreaterThan(80);
    // But what an operator sets to zero is left there.
    node.changes.push({ channelId: chan(1), at: unixSec(node.now + 60), fromPpm: ppm(node.fee), toPpm: ppm(0) });
    node.fee = 0;
    expect(node.cycle(HALF_HOUR)).toMatchObject({ kind: 'hold', reason: 'zero-by-choice' });
  });

  it.each(FEE_ALGORITHMS)('%s judges no price by what was seen while a policy of 0 was in force', (algorithm) => {
    const node = new Played(250, { algorithm });
    node.run(3, () => HALF_HOUR);
    const { lnMarkup } = node.state.learner;
    node.extra = { policy: { ...DYNAMIC_POLICY, strategy: 'static', staticPpm: ppm(0) } };
    for (let i = 0; i < 48 * 30; i++) node.cycle(HALF_HOUR);
    expect(node.now - node.state.learner.window.since).toBeLessThanOrEqual(86_400);
    node.extra = {};
    for (let i = 0; i < 4; i++) node.cycle(HALF_HOUR);
    // A month without a payment at 0 ppm is not one without a payment at this price.
    expect(node.state.learner.lnMarkup).toBe(lnMarkup);
  });

  it('a zero fee is a choice and stays', () => {
    const node = new Played(0);
    expect(node.cycle(HALF_HOUR)).toMatchObject({ kind: 'hold', reason: 'zero-by-choice' });
    node.extra = { policy: { ...DYNAMIC_POLICY, minPpm: ppm(50) } };
    expect(node.cycle(HALF_HOUR)).toMatchObject({ kind: 'set' });
  });

  it('private channels are not ours to price', () => {
    const node = new Played(250, {}, { channels: [channel(1, { private: true })] });
    expect(node.cycle(HALF_HOUR)).toMatchObject({ kind: 'hold', reason: 'private' });
  });
});

describe('failed reads and sets', () => {
  it('a cycle that could read nothing erases nothing', () => {
    const node = new Played(250);
    node.run(20, () => ({ hours: 6, forwards: 3 }));
    const states = node.states;
    const outcome = decideFees({ now: unixSec(node.now + 60), config: CONFIG, units: [], states });
    expect([...outcome.next]).toEqual([...states]);
  });

  it('a peer whose observation failed keeps its state and its fee', () => {
    const node = new Played(250);
    node.run(20, () => ({ hours: 6, forwards: 3 }));
    while (node.cycle({ hours: 6, forwards: 3 }).kind === 'set');
    const before = node.state;
    node.extra = { observation: null };
    expect(node.cycle({ hours: 6, share: 0.02 })).toMatchObject({ kind: 'hold', reason: 'no-observation' });
    expect(node.state).toEqual({ ...before, seenAt: node.now });
  });

  it.each(['hill-climb', 'bayes'] as const)('%s: a refused set teaches nothing', (algorithm) => {
    const node = new Played(250, { algorithm });
    node.refuse = true;
    const position = (): unknown => ({ ...node.state.learner, window: null });
    node.cycle(HALF_HOUR);
    const before = position();
    let sets = 0;
    for (let i = 0; i < 40; i++) if (node.cycle({ hours: 6, forwards: 12 }).kind === 'set') sets++;
    expect(sets).toBeGreaterThan(10);
    expect(position()).toEqual(before);
    // What was observed at the live fee is kept.
    expect(node.state.learner.window.cells).toHaveLength(1);
  });

  it('an observation that reaches back is not counted twice', () => {
    const observation = {
      from: unixSec(START),
      until: unixSec(START + 3600),
      livePpm: ppm(250),
      exposureHours: 1,
      forwards: 5,
      amountMsat: satsToMsat(100_000),
      feeMsat: msat(0),
      sources: [],
      unmet: 0,
      broughtInMsat: msat(0),
    };
    const first = decideFees({ now: unixSec(START), config: CONFIG, units: [unit(1)], states: new Map() });
    const cycle = (states: typeof first.next) =>
      decideFees({ now: unixSec(START + 3600), config: CONFIG, units: [unit(1, { observation })], states }).next;
    const once = cycle(first.next);
    expect(cycle(once).get(peer(1))).toEqual(once.get(peer(1)));
    // Nor in part: one that begins before the last one ended counts what that one counted.
    const now = unixSec(START + 7200);
    const units = [unit(1, { observation: { ...observation, until: now } })];
    const overlapping = decideFees({ now, config: CONFIG, units, states: once }).next;
    expect(overlapping.get(peer(1))?.learner.window).toEqual(once.get(peer(1))?.learner.window);
  });
});

describe('several channels to one peer', () => {
  it('get one fee', () => {
    const channels = [channel(1, { feePpm: ppm(100) }), channel(2, { feePpm: ppm(400) })];
    const units = [unit(1, { channels })];
    const states = decideFees({ now: unixSec(START), config: CONFIG, units, states: new Map() }).next;
    const observation = {
      from: unixSec(START),
      until: unixSec(START + 1800),
      livePpm: null,
      exposureHours: 0.5,
      forwards: 0,
      amountMsat: msat(0),
      feeMsat: msat(0),
      sources: [],
      unmet: 0,
      broughtInMsat: msat(0),
    };
    const now = unixSec(START + 1800);
    const first = decideFees({
      now,
      config: CONFIG,
      units: [unit(1, { channels, observation })],
      states,
    });
    const [decision] = first.decisions;
    expect(decision).toMatchObject({ kind: 'set', reason: 'align' });
    const fee = decision?.kind === 'set' ? decision.ppm : 0;
    expect(fee).toBeGreaterThanOrEqual(100);
    // One set went through, the other failed: that is ours half done, not a stranger's change.
    const half = [channel(1, { feePpm: ppm(fee) }), channel(2, { feePpm: ppm(400) })];
    const later = unixSec(START + 3600);
    const again = { ...observation, from: observation.until, until: later };
    const next = decideFees({
      now: later,
      config: CONFIG,
      units: [unit(1, { channels: half, observation: again })],
      states: first.next,
    });
    expect(next.decisions[0]?.foreign).toEqual([]);
  });
});

describe('a clock that ran ahead and was set back', () => {
  const AHEAD = 400 * 86_400;
  const busy = { ...HALF_HOUR, forwards: 2 };

  it.each(['hill-climb', 'bayes'] as const)(
    'stops neither learning nor raises, and invents no memory: %s',
    (algorithm) => {
      const node = new Played(250, { algorithm });
      node.run(48, () => busy);
      node.jump(AHEAD);
      node.run(48, () => ({ ...busy, share: 0.2 }));
      node.jump(-AHEAD);
      const held = node.cycle({ ...busy, share: 0.2 });
      expect(held.reason).not.toBe('external-change');
      const low = node.run(48 * 5, () => ({ ...busy, share: 0.9 })).at(-1) ?? 0;
      const fees = node.run(48 * 5, () => ({ ...busy, share: 0.05 }));
      expect(node.state.observedUntil).toBe(node.now);
      expect(node.state.memoryAt).toBeLessThanOrEqual(node.now);
      expect(node.state.learner.window.since).toBeLessThanOrEqual(node.now);
      expect(node.decisions.slice(-48 * 9).map(({ reason }) => reason)).not.toContain('raised-lately');
      expect(Math.max(...fees)).toBeGreaterThan(low);
      const remembered = totals(node.state.memory).forwards;
      expect(remembered).toBeGreaterThan(0);
      expect(remembered).toBeLessThan(2 * 48 * 12);
    },
  );

  it('an operator who sets the fee then gives the peer no memory of forwards that never were', () => {
    const node = new Played(250);
    node.run(48, () => busy);
    node.jump(AHEAD);
    node.run(96, () => busy);
    node.jump(-AHEAD);
    node.fee = 900;
    node.cycle(busy);
    expect(totals(node.state.memory).forwards).toBeLessThan(2 * 150);
  });

  it('what somebody else set meanwhile is left alone for a day from now, not from then', () => {
    const node = new Played(250);
    node.run(4, () => busy);
    node.jump(AHEAD);
    node.fee = 400;
    node.cycle(busy);
    node.jump(-AHEAD);
    node.cycle(busy);
    expect(node.state.externalUntil).toBeLessThanOrEqual(node.now + 86_400);
  });
});

describe('an explanation', () => {
  it('says what every step made of the fee, and what would change it', () => {
    const node = new Played(250);
    node.run(3, () => ({ hours: 1, forwards: 1 }));
    const { trail } = node.cycle({ hours: 1, forwards: 1 });
    expect(trail.map(({ step }) => step)).toEqual([
      'inputs',
      'demand',
      'own-bid',
      'source-bid',
      'markup',
      'window',
      'multiplier',
      'target',
      'floor',
      'clamp',
      'pacing',
      'would-change',
    ]);
    // The first observation does not count, three forwards in three hours do.
    expect(trail.at(-1)?.values).toMatchObject({ forwards_missing: 27, hours_missing: 237, least_hours_missing: 3 });
    expect(trail.find(({ step }) => step === 'clamp')?.values).toMatchObject({ wanted_ppm: 250, lower_ppm: 10 });
  });
});
