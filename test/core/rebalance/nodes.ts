// Random nodes and markets, most of them with something to gain, each with its share of trouble.
import fc from 'fast-check';
import type { BidPrice } from '../../../src/core/fee/types.ts';
import type { FailureRecord } from '../../../src/core/rebalance/failure-memory.ts';
import type { PlanChannel, PlanInput } from '../../../src/core/rebalance/plan-types.ts';
import type { Traffic } from '../../../src/core/rebalance/traffic.ts';
import { REBALANCE_POLICIES } from '../../../src/core/rebalance/types.ts';
import { withWay, type WayMemory } from '../../../src/core/rebalance/ways.ts';
import { msat, type NodeId } from '../../../src/core/units.ts';
import { CAPITAL, chan, input, later, peer, planChannel, priceOf, sats } from './builders.ts';

/** Evenly spread, which fc.double is not. */
const between = (min: number, max: number): fc.Arbitrary<number> =>
  fc.noBias(fc.integer({ min: 0, max: 1_000_000 })).map((part) => min + ((max - min) * part) / 1_000_000);
/** Orders of magnitude are equally likely from a thousandth on; nothing at all once in a while. */
const upTo = (max: number): fc.Arbitrary<number> =>
  often(
    between(Math.log(max / 1000), Math.log(max)).map((ln) => Math.round(Math.exp(ln))),
    fc.constant(0),
  );
const often = <A, B>(usual: fc.Arbitrary<A>, rare: fc.Arbitrary<B>): fc.Arbitrary<A | B> =>
  fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: rare });

const SHARES = [0, 0.05, 0.15, 0.5, 0.85, 1];
const share = often(between(0, 1), fc.constantFrom(...SHARES));

/** @param peers how many there are to choose from */
const channel = (n: number, peers: number): fc.Arbitrary<PlanChannel> =>
  fc
    .record({
      peer: often(fc.constant(n), fc.integer({ min: 1, max: peers })),
      capacitySats: between(13, 18).map((ln) => Math.round(Math.exp(ln))),
      share,
      feePpm: often(between(200, 5000).map(Math.round), fc.constant(0)),
      peerFeePpm: often(upTo(500), fc.constant(null)),
      dailyOutSats: often(upTo(20_000_000), fc.constant(null)),
      flow: fc.constantFrom('source', 'balanced', 'balanced', 'balanced', 'sink'),
      profitClass: often(
        fc.constantFrom('profitable', 'profitable', 'break_even', 'underwater'),
        fc.constant('zombie' as const),
      ),
      returns: often(fc.record({ net: between(-400, 2000), cost: upTo(3000), opening: upTo(3000) }), fc.constant(null)),
      lots: fc.option(fc.record({ share, costPpm: upTo(1500) })),
      policy: often(fc.constant('both' as const), fc.constantFrom(...REBALANCE_POLICIES)),
      connected: often(fc.constant(true), fc.constant(false)),
      htlcMaxSats: often(fc.constant(null), upTo(5_000_000)),
    })
    .map((given) => {
      const { capacitySats, returns, lots, htlcMaxSats, profitClass, flow, policy } = given;
      const bought = lots === null ? 0 : Math.floor(capacitySats * given.share * lots.share);
      const built = planChannel({
        n,
        peer: given.peer,
        capacitySats,
        share: given.share,
        feePpm: given.feePpm,
        peerFeePpm: given.peerFeePpm,
        dailyOutSats: given.dailyOutSats,
        view: { connected: given.connected, ...(htlcMaxSats === null ? {} : { htlcMax: sats(htlcMaxSats) }) },
        lots: { sats: bought, costSats: Math.floor((bought * (lots?.costPpm ?? 0)) / 1e6) },
      });
      const known = returns && {
        profitClass,
        netProfitMsat: sats(Math.round(returns.net)),
        totalCostMsat: sats(returns.cost + returns.opening),
        openingCostMsat: sats(returns.opening),
      };
      return { ...built, flow, policy, returns: known };
    });

interface Draw {
  readonly from: number;
  readonly to: number;
}

/** @param onePeerEach whether no two channels lead to the same peer */
export const nodes = (onePeerEach = false): fc.Arbitrary<PlanInput> =>
  fc.integer({ min: 2, max: 8 }).chain((count) => {
    const some = fc.integer({ min: 1, max: count });
    const few = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
      often(fc.constant<T[]>([]), fc.array(arbitrary, { minLength: 1, maxLength: 3 }));
    const pair = { from: some, to: some };
    return fc
      .record({
        channels: fc.tuple(...Array.from({ length: count }, (_, i) => channel(i + 1, onePeerEach ? i + 1 : count))),
        /** Scale, slow part, and how far the balance has moved since pricing looked. */
        prices: fc.array(often(fc.tuple(between(1, 3000), between(-1, 3), between(-0.2, 0.2)), fc.constant(null)), {
          minLength: count,
          maxLength: count,
        }),
        traffic: fc.array(often(fc.tuple(upTo(5_000_000), upTo(5_000_000), upTo(2000)), fc.constant(null)), {
          minLength: count,
          maxLength: count,
        }),
        paid: fc.array(fc.record({ n: some, ppm: upTo(800), age: upTo(30 * 86_400) }), { maxLength: 12 }),
        open: few(fc.record({ ...pair, amount: upTo(2_000_000) })),
        ways: fc.array(fc.record({ ...pair, ppm: upTo(1500), age: upTo(8 * 3600) }), { maxLength: 8 }),
        hopeful: fc.boolean(),
        failures: fc.array(
          fc.record({
            ...pair,
            whose: fc.constantFrom('pair', 'from', 'to'),
            until: fc.integer({ min: -900, max: 300 }),
            weight: between(0.3, 4),
          }),
          { maxLength: 3 },
        ),
        budget: upTo(20_000),
        spent: upTo(3000),
        reserved: upTo(500),
        minReserve: upTo(3_000_000),
        /** What the reserve leaves; null: whatever it does, which is mostly more than orders need. */
        room: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: upTo(3_000_000) }),
        onchain: upTo(3_000_000),
        minProfit: upTo(50),
        maxOrders: fc.integer({ min: 1, max: 6 }),
      })
      .map((given) => {
        const channels = onePeerEach
          ? given.channels.map((each, i) => ({ ...each, view: { ...each.view, peerId: peer(i + 1) } }))
          : given.channels;
        const { spent, reserved, room } = given;
        const funds = {
          onchainMsat: sats(given.onchain),
          channelsMsat: msat(channels.reduce((total, { view }) => total + view.spendable, 0n)),
        };
        const tight = msat(funds.onchainMsat + funds.channelsMsat - sats(room ?? 0));
        return input(channels, {
          prices: pricesOf(channels, given.prices),
          traffic: new Map(
            given.traffic.flatMap((one, i): [NodeId, Traffic][] => {
              if (one === null || one[0] + one[1] === 0) return [];
              const [inSats, outSats, earned] = one;
              const earnsPpm = inSats > 0 ? earned : 0;
              return [[peer(i + 1), { inMsat: inSats * 1000, outMsat: outSats * 1000, earnsPpm }]];
            }),
          ),
          paid: given.paid.map(({ n, ppm, age }) => ({
            toPeer: peer(n),
            at: later(-age),
            movedMsat: sats(1_000_000),
            feeMsat: sats(ppm),
          })),
          open: apart(given.open).map(({ from, to, amount }) => ({
            from: chan(from),
            to: chan(to),
            amountMsat: sats(amount),
          })),
          ways: given.ways.reduce(
            (known: WayMemory, { from, to, ppm, age }) =>
              withWay(known, { from: chan(from), to: chan(to) }, { ppm, at: later(-age) }),
            new Map(),
          ),
          waysAsOf: later(0),
          hopeful: given.hopeful,
          failures: new Map(
            apart(given.failures).map(
              ({ from, to, until, whose, weight }): [FailureRecord['subject'], FailureRecord] => {
                const subjects = {
                  pair: `pair:${chan(from)}>${chan(to)}`,
                  from: `from:${chan(from)}`,
                  to: `to:${chan(to)}`,
                };
                const subject = subjects[whose] as FailureRecord['subject'];
                return [subject, { subject, kind: 'no-route', weight, at: later(-1000), until: later(until) }];
              },
            ),
          ),
          capital: {
            ...CAPITAL,
            dailyBudgetMsat: sats(given.budget),
            minReserveMsat: room === null || tight < 0n ? sats(given.minReserve) : tight,
            spending: { spentMsat: sats(spent), reservedMsat: sats(reserved) },
            funds,
          },
          minProfitMsat: sats(given.minProfit),
          maxOrders: given.maxOrders,
        });
      });
  });

const apart = <D extends Draw>(draws: readonly D[]): D[] => draws.filter(({ from, to }) => from !== to);

function pricesOf(
  channels: readonly PlanChannel[],
  draws: readonly (readonly [scale: number, slow: number, moved: number] | null)[],
): Map<NodeId, BidPrice> {
  const prices = new Map<NodeId, BidPrice>();
  channels.forEach(({ view }, i) => {
    const draw = draws[i];
    if (draw == null) return;
    const [scale, slow, moved] = draw;
    const level = Math.max(0, Math.min(1, Number(view.toUs) / Number(view.capacity) + moved));
    prices.set(view.peerId, priceOf(level, scale, slow));
  });
  return prices;
}
