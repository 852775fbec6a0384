// Why was a rebalance ordered, or refused? Every reason and every step of the arithmetic.

/** Reason of a verdict -> sentence. In the order in which the gates are asked. */
export const REBALANCE_REASONS = {
  approved: 'what the liquidity will sell for is worth more than it costs to bring it there',
  'not-synced': 'the node is catching up with the chain',
  'no-scid': 'the channel has no short channel id yet, so that no route can be told to use it',
  splicing: 'the channel is being spliced',
  disconnected: 'the peer is not connected',
  policy: 'the policy forbids it',
  'no-price': 'there is no bid price for the peer: it has no public channel, or pricing has not run of late',
  'returns-unknown': 'what the channel costs and earns could not be read, so nothing is spent on it',
  zombie: 'nothing has passed through the channel for the whole window',
  'deep-loser': 'beyond its sunk opening cost the channel has lost more than half of what was spent on it',
  'at-target': 'the balance is at its target, or too near to it for a chunk',
  'sink-not-critical': 'the channel fills by itself and is not critically low',
  'nothing-to-spare': 'the balance is at or below its own target, so that nothing may be taken',
  'same-peer': 'both channels lead to the same peer, which may use either for any payment',
  'in-flight': 'a rebalance of this pair has not ended yet',
  resting: 'the pair or one of its channels has failed of late and is left alone for a while',
  'too-little': 'what can be moved at once is less than the smallest chunk worth a payment',
  'no-outflow': 'nothing is known to leave by the channel, so that the liquidity would not sell',
  spread: 'value at the destination does not exceed inbound cost and opportunity cost',
  'min-profit': 'the expected profit is below the minimum',
  'budget-unreadable': 'what rebalancing has cost could not be read, so nothing more is spent',
  'funds-unreadable': 'the funds could not be read, so nothing is spent',
  'no-budget': 'the daily budget is zero: rebalancing is switched off',
  'budget-used': 'the expected cost is more than is left of the budget of the last 24 hours',
  'wallet-reserve': 'the payment in flight would leave less than the wallet reserve',
  'malformed-order': 'no order could be made of it: its cap is zero, or not below the amount',
  'cap-below-one-ppm': 'the most it may cost is less than one ppm',
  'no-source': 'no channel has liquidity to spare for it',
  'no-destination': 'no channel wants the liquidity that it could spare',
  'too-much': 'it is more than the two channels can carry in one payment',
  later: 'it would be approved, but others come first in this cycle',
  tried: 'an order to the channel has failed in this cycle: what was best for it is tried again in the next one',
} as const;
export type RebalanceReason = keyof typeof REBALANCE_REASONS;

/** Step of the arithmetic -> what it says. */
export const REBALANCE_STEPS = {
  target:
    'the share of the capacity that is to be ours, by flow class, and by how much of its traffic leaves where that is balanced',
  amount: 'what bounds the amount, the smallest wins',
  destination:
    'the bid price after the chunk, the fee it sells for, the time it takes to sell, and the room that it fills',
  source:
    'the bid price after the chunk, the time in which it would have sold, what bought liquidity cost, and the room that is made',
  inbound: 'the expected cost of the way, and where the estimate comes from',
  spread: 'value less opportunity cost less inbound cost, and what the plain rule of fees would say',
  profit: 'expected profit against the minimum',
  cap: 'the most it may cost: break-even, within budget and reserve',
  resting: 'what failed, when, and until when it is left alone',
  'would-change': 'what would change this verdict',
} as const;
export type RebalanceStep = keyof typeof REBALANCE_STEPS;
