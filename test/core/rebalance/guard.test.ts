// Does the one gate let nothing pass that budget or reserve do not bear, and can nothing go around it?
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { approve, CAPITAL_REFUSALS, type Capital } from '../../../src/core/rebalance/guard.ts';
import { planManual } from '../../../src/core/rebalance/manual.ts';
import type { PlanInput } from '../../../src/core/rebalance/plan-types.ts';
import { REBALANCE_REASONS } from '../../../src/core/rebalance/reasons.ts';
import type { ApprovedOrder, RebalanceOrder } from '../../../src/core/rebalance/types.ts';
import { msat, ZERO_MSAT } from '../../../src/core/units.ts';
import { CAPITAL, chan, end, input, later, peer, planChannel, sats } from './builders.ts';

const order = (changes: Partial<RebalanceOrder> = {}): RebalanceOrder => ({
  id: 'r1',
  from: end(1),
  to: end(2),
  amountMsat: sats(500_000),
  maxFeeMsat: sats(300),
  deadline: later(120),
  ...changes,
});
const rule = (given: RebalanceOrder, capital: Capital = CAPITAL): string => {
  const answer = approve(given, capital);
  return answer.ok ? 'approved' : answer.error.rule;
};
const spending = (spentMsat: number, reservedMsat: number): Capital => ({
  ...CAPITAL,
  spending: { spentMsat: msat(spentMsat), reservedMsat: msat(reservedMsat) },
});

describe('the guard', () => {
  it('uses the budget to the last msat, what is reserved included', () => {
    expect(rule(order(), spending(4_000_000, 700_000))).toBe('approved');
    expect(rule(order(), spending(4_000_001, 700_000))).toBe('budget-used');
    expect(rule(order(), spending(4_000_000, 700_001))).toBe('budget-used');
  });

  it('says what was needed and what was there', () => {
    expect(approve(order(), spending(4_000_000, 800_000))).toEqual({
      ok: false,
      error: { rule: 'budget-used', neededMsat: sats(300), availableMsat: sats(200) },
    });
  });

  it('keeps the wallet reserve while amount and fee are in flight', () => {
    const funds = (total: number): Capital => ({
      ...CAPITAL,
      funds: { onchainMsat: sats(1_000_000), channelsMsat: msat(total) },
    });
    expect(rule(order(), funds(500_300_000))).toBe('approved');
    expect(rule(order(), funds(500_299_999))).toBe('wallet-reserve');
  });

  it('fails closed: what could not be read refuses', () => {
    expect(rule(order(), { ...CAPITAL, spending: null })).toBe('budget-unreadable');
    expect(rule(order(), { ...CAPITAL, funds: null })).toBe('funds-unreadable');
  });

  it('takes a budget of zero for a switch: not even what would cost nothing passes', () => {
    expect(rule(order({ maxFeeMsat: msat(1000) }), { ...CAPITAL, dailyBudgetMsat: ZERO_MSAT })).toBe('no-budget');
  });

  it('never hands a driver a cap that it would take for none (circular: maxppm 0 means 10)', () => {
    expect(rule(order({ maxFeeMsat: msat(500) }))).toBe('approved');
    expect(rule(order({ maxFeeMsat: msat(499) }))).toBe('cap-below-one-ppm');
    // What it names as needed would do.
    const odd = order({ amountMsat: sats(500_001), maxFeeMsat: msat(500) });
    expect(approve(odd, CAPITAL)).toMatchObject({ error: { neededMsat: 501n, availableMsat: 500n } });
    expect(rule({ ...odd, maxFeeMsat: msat(501) })).toBe('approved');
  });

  it.each([
    ['no amount', { amountMsat: ZERO_MSAT }],
    ['parts of a sat', { amountMsat: msat(500_000_001) }],
    ['no cap', { maxFeeMsat: ZERO_MSAT }],
    ['a cap as large as the amount', { maxFeeMsat: sats(500_000) }],
    ['one channel', { to: end(1) }],
    ['one peer', { to: { ...end(2), peerId: peer(1) } }],
  ])('refuses an order with %s', (_, changes) => {
    expect(rule(order(changes))).toBe('malformed-order');
  });

  it('never approves beyond the budget or into the reserve, order after order', () => {
    const amounts = fc.record({
      amount: fc.integer({ min: 1, max: 3_000_000 }),
      cap: fc.integer({ min: 1, max: 2_000_000 }),
    });
    fc.assert(
      fc.property(fc.array(amounts, { maxLength: 20 }), (wanted) => {
        let capital = CAPITAL;
        for (const { amount, cap } of wanted) {
          const asked = order({ amountMsat: sats(amount), maxFeeMsat: msat(cap) });
          if (!approve(asked, capital).ok) continue;
          const reservedMsat = msat((capital.spending?.reservedMsat ?? 0n) + asked.maxFeeMsat);
          const channelsMsat = msat((capital.funds?.channelsMsat ?? 0n) - asked.amountMsat - asked.maxFeeMsat);
          expect(reservedMsat).toBeLessThanOrEqual(CAPITAL.dailyBudgetMsat);
          expect(channelsMsat + sats(2_000_000)).toBeGreaterThanOrEqual(CAPITAL.minReserveMsat);
          capital = {
            ...capital,
            spending: { spentMsat: ZERO_MSAT, reservedMsat },
            funds: { onchainMsat: sats(2_000_000), channelsMsat },
          };
        }
      }),
    );
  });

  it('is the only way to an order that a driver takes', () => {
    const carryOut = (approved: ApprovedOrder): string => approved.id;
    // @ts-expect-error an order that nobody has approved
    expect(carryOut(order())).toBe('r1');
  });

  it('has a reason of a verdict for each of its rules', () => {
    expect(Object.keys(REBALANCE_REASONS)).toEqual(expect.arrayContaining(Object.keys(CAPITAL_REFUSALS)));
  });
});

describe("the operator's own rebalance", () => {
  const full = planChannel({ n: 1, share: 0.9, dailyOutSats: 0 });
  const empty = planChannel({ n: 2, share: 0.1 });
  const ask = (
    changes: Partial<PlanInput> = {},
    maxFee: number | null = 300,
    amount = 500_000,
    channels = [full, empty],
  ) => {
    const answer = planManual(input(channels, changes), {
      from: chan(1),
      to: chan(2),
      amountMsat: sats(amount),
      maxFeeMsat: maxFee === null ? null : sats(maxFee),
    });
    return answer.ok
      ? { reason: 'approved', proposal: answer.value }
      : { reason: answer.error.reason, refused: answer.error };
  };

  it('passes with his own cap, and with break-even where he names none', () => {
    expect(ask().proposal?.maxFeeMsat).toBe(sats(300));
    const byDefault = ask({}, null).proposal;
    expect(byDefault?.maxFeeMsat).toBe(byDefault?.evaluation.breakEvenMsat);
    expect(byDefault?.evaluation.expectedProfitMsat).toBeGreaterThan(0n);
  });

  it.each([
    ['no-budget', { capital: { ...CAPITAL, dailyBudgetMsat: ZERO_MSAT } }],
    ['budget-used', { capital: spending(4_800_000, 0) }],
    ['budget-unreadable', { capital: { ...CAPITAL, spending: null } }],
    ['funds-unreadable', { capital: { ...CAPITAL, funds: null } }],
    ['wallet-reserve', { capital: { ...CAPITAL, minReserveMsat: sats(102_000_000) } }],
    ['not-synced', { synced: false }],
    ['in-flight', { open: [{ from: chan(1), to: chan(2), amountMsat: sats(1000) }] }],
  ] as const)('meets the same guard: %s', (reason, changes) => {
    expect(ask(changes).reason).toBe(reason);
  });

  it('gets the figures of what refused him', () => {
    expect(ask({ capital: spending(4_800_000, 0) }).refused?.shortfall).toEqual({
      unit: 'msat',
      needed: 300_000,
      available: 200_000,
    });
  });

  it('is not bound by targets, policies, classes, or failures of late', () => {
    const zombie = { ...empty, policy: 'none' as const, returns: null, dailyOutMsat: 0 };
    expect(ask({}, 300, 500_000, [{ ...full, policy: 'none' }, zombie]).reason).toBe('approved');
    expect(ask({ prices: new Map() }).reason).toBe('approved');
  });

  it('needs a cap where nothing says that it pays', () => {
    expect(ask({ prices: new Map() }, null).reason).toBe('spread');
  });

  it('fits the default cap to what is left of the budget', () => {
    expect(ask({ capital: spending(4_900_000, 0) }, null).proposal?.maxFeeMsat).toBe(sats(100));
    expect(ask({ capital: spending(5_000_000, 0) }, null).reason).toBe('budget-used');
  });

  it('cannot move more than the channels carry', () => {
    expect(ask({}, 300, 9_500_000).reason).toBe('too-much');
    const offline = { ...empty, view: { ...empty.view, connected: false } };
    expect(ask({}, 300, 500_000, [full, offline]).reason).toBe('disconnected');
  });

  it('is refused a cap of zero, which drivers do not understand', () => {
    expect(ask({}, 0).reason).toBe('malformed-order');
  });
});
