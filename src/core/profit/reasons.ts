// Why can a figure of a channel's return be missing? Every reason a reply may give instead of a number.

export const UNDEFINED_REASONS = {
  no_sign_change: 'all cash flows have one sign, so that no rate of return balances them',
  no_root: 'the cash flows change sign, but no rate of return brings their net present value to zero',
  lifetime_under_a_day: 'less than a day between the first and the last cash flow; a yearly rate would be noise',
  no_capital: 'no capital of ours was ever in it',
  out_of_range: 'the rate is too large for a number',
  rate_too_high: 'more than a thousandfold a year, which says how short the time was and not what is earned',
  no_cost: 'nothing was spent, so that nothing is there to divide by',
  no_purchase: 'no rebalance brought liquidity in within the window',
  no_lots: 'no bought liquidity is left on hand',
  no_employed_capital: 'no local balance was there to earn on',
  balance_unknown: 'the history of the local balance is not known',
  not_paid_back: 'what was earned has not covered what was spent',
} as const;

export type UndefinedReason = keyof typeof UNDEFINED_REASONS;

/** A number, or why there is none. Never NaN, never infinite. */
export type Measure =
  { readonly value: number; readonly reason: null } | { readonly value: null; readonly reason: UndefinedReason };

export const undefinedFor = (reason: UndefinedReason): Measure => ({ value: null, reason });

/** The number when it is finite, else `out_of_range`. */
export const measured = (value: number): Measure =>
  Number.isFinite(value) ? { value, reason: null } : undefinedFor('out_of_range');
