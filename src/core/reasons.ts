// Why was a fee set, or left as it is? Every reason and every step of the arithmetic; docs/reasons.md is checked
// against these tables.

/** Reason of a fee decision -> sentence. */
export const FEE_REASONS = {
  step: 'the window closed with enough evidence and the markup took its next step',
  'bid-price': 'the bid prices moved, so that the fee moved with them',
  drain: 'a large share of the capacity left within hours, so the price rises at once',
  'change-point': 'the count of forwards is not what the remembered price predicts, so the search widens again',
  'drift-down': 'there was liquidity and time but too little traffic, so the price goes down',
  bounds: 'the fee was outside the bounds in force and returns into them',
  align: 'the channels to this peer had different fees and are priced as one',
  lead: 'someone follows our fee, so that it is chosen by what it earns both before and after their answer',
  'rival-unanswered': 'someone follows our fee and has yet to answer the present one, or it is less than a day old',
  static: 'the policy names a static fee',
  'held-by-hand': 'someone set the fee and asked us to leave it until a given time',
  'external-change': 'the fee was changed by someone else; it is left alone for a day',
  passive: 'the policy says not to touch the fee',
  private: 'only private channels lead to this peer; their fees are not ours to set',
  'zero-by-choice': 'the fee is zero, which only its operator sets',
  disconnected: 'the peer is not connected, so that nobody could use a new fee',
  'no-observation': 'what happened since the last cycle could not be read',
  deadband: 'the wanted fee is too near to the present one to be worth a gossip message',
  'raised-lately': 'a fee was raised less than 10 minutes ago, and senders may still use the old one',
  'daily-limit': 'six changes within a day are as many as we publish',
  'no-change': 'the wanted fee is the present one',
} as const;
export type FeeReason = keyof typeof FEE_REASONS;

/** Step of the arithmetic -> what it says. */
export const FEE_STEPS = {
  inputs: 'what was read of the channels and the time since the last cycle',
  'external-change': 'a fee other than the one seen or set last',
  demand: 'forwards, exposure and the rate they make, remembered and discounted',
  'own-bid': 'what one more sat on our side is worth here',
  'source-bid': 'what the sats that arrive instead are worth where they come in',
  lead: 'what someone who follows our fee asks now, and what we ask of those who compare',
  markup: 'the part of the fee that the search moves',
  window: 'the evidence gathered at this price and what is missing',
  compare: 'this window against the remembered rates',
  multiplier: 'the profitability class acts on markup and floor',
  target: 'bid price difference plus markup',
  stride: 'no fee is more than doubled or halved at once, but raised while the channel drains',
  floor: 'economic floor from opening, closing and bought liquidity',
  clamp: 'bounds in order of precedence; the last one wins',
  pacing: 'deadband, raises within 10 minutes, six a day',
  'would-change': 'what would change this decision',
} as const;
export type FeeStep = keyof typeof FEE_STEPS;

/** Rule that a bound comes from -> what it is, in order of precedence: each beats the ones before. */
export const FEE_BOUND_RULES = {
  'economic-floor': 'what opening, closing and bought liquidity cost, times the multiplier of the profitability class',
  'min-max': 'revenue-ops-min-fee-ppm and revenue-ops-max-fee-ppm',
  policy: 'the policy for this peer or channel',
} as const;
export type FeeBoundRule = keyof typeof FEE_BOUND_RULES;
