// What is there to say of a verdict on rebalancing: why, by how much, and what would change it?
import { ppm, sats, time } from '../in-words.ts';
import { shortfallText } from './explain-shortfall.ts';
import type { ChannelVerdict, PairVerdict, Shortfall } from './plan-types.ts';
import { REBALANCE_REASONS, type RebalanceReason } from './reasons.ts';

export interface RebalanceExplanation {
  readonly sentence: string;
  /** By how much it was refused; null where there is no figure. */
  readonly shortfall: string | null;
  /** What would have to be, in sentences. */
  readonly wouldChange: readonly string[];
}

type Change = (shortfall: Shortfall | null) => readonly string[];

const says =
  (...sentences: readonly string[]): Change =>
  () =>
    sentences;
/** With its figure where there is one. */
const tells =
  (figured: (needed: number, available: number) => readonly string[], otherwise: string): Change =>
  (shortfall) =>
    shortfall === null ? [otherwise] : figured(shortfall.needed, shortfall.available);

const BY_HAND = 'revenue-rebalance moves liquidity by hand, whatever class and targets say';
const inSats = (amountMsat: number): string => sats(amountMsat / 1000);

const CHANGES: Readonly<Record<RebalanceReason, Change>> = {
  approved: says('nothing is missing: it is sent in its turn, unless budget, funds or node say otherwise by then'),
  'not-synced': says('the node catches up with the chain'),
  'no-scid': says('the funding transaction confirms, and the channel gets its short channel id'),
  splicing: says('the splice ends'),
  disconnected: says('the peer connects'),
  policy: says('another policy: revenue-policy set … rebalance=both, or revenue-policy delete'),
  'no-price': says('the next fee cycle prices the peer; one with private channels only never gets a price'),
  'returns-unknown': says("the node's books can be read: see loops.accounts in revenue-status"),
  zombie: says('a forward passes through the channel', BY_HAND),
  'deep-loser': says('it earns back enough, so that its loss is less than half of what was spent on it', BY_HAND),
  'at-target': tells(
    (target) => [`its balance falls below ${inSats(target)}, far enough for a chunk`],
    'its balance falls below its target',
  ),
  'sink-not-critical': tells(
    (critical) => [`its balance falls below ${inSats(critical)}, or it stops filling by itself`],
    'its balance falls further',
  ),
  'nothing-to-spare': tells(
    (target, there) =>
      there < target
        ? [`${inSats(target - Math.max(0, there))} more on our side of it, and a chunk beyond that`]
        : ['more on our side of it, enough for a chunk'],
    'more on our side of it',
  ),
  'same-peer': says('another partner: between two channels to one peer nothing need be moved'),
  'in-flight': says('the rebalance under way ends'),
  resting: tells(
    (until) => [
      `it is tried again from ${time(until)} on`,
      'a rebalance of it that succeeds, by hand too, ends the rest',
    ],
    'the rest ends',
  ),
  'too-little': tells(
    (least) => [`${inSats(least)} or more can go at once: more room there, more to spare here, or larger HTLC limits`],
    'more can go at once',
  ),
  'no-outflow': says('something leaves by the channel'),
  spread: tells(
    (cost, value) => [
      `the value there rises above ${ppm(cost)}, by demand or by a higher fee`,
      `or way and source cost less than ${ppm(Math.max(0, value))} together`,
    ],
    'the value there rises, or way and source cost less',
  ),
  'min-profit': tells(
    (minimum) => [`an expected profit of ${inSats(minimum)} or more`, 'or a lower revenue-ops-rebalance-min-profit'],
    'a higher expected profit, or a lower revenue-ops-rebalance-min-profit',
  ),
  'budget-unreadable': says('the database can be read again'),
  'funds-unreadable': says('the node answers what it has'),
  'no-budget': says('revenue-ops-daily-budget-sats above 0'),
  'budget-used': says(
    'what was spent becomes a day old, or what is reserved is given back',
    'or a larger revenue-ops-daily-budget-sats',
  ),
  'wallet-reserve': says(
    'more confirmed funds on chain, or more that can be sent in channels',
    'or a smaller revenue-ops-min-wallet-reserve',
  ),
  'malformed-order': says('prices between which the cap is below the amount'),
  'cap-below-one-ppm': says('more between the value there and what is given up here: one ppm at the least'),
  'no-source': says('another channel has more than its own target, is connected, and may give it'),
  'no-destination': says('another channel drains below its own target, and pays for being filled'),
  'too-much': tells((_, most) => [`${inSats(Math.max(0, most))} or less at once`], 'less at once'),
  later: says('the orders before it end: it is looked at again after each'),
  tried: says('the next cycle looks again: rather than by a dearer way at once it is filled later by the best'),
};

const explained = (reason: RebalanceReason, shortfall: Shortfall | null, ofPair: boolean): RebalanceExplanation => ({
  sentence: REBALANCE_REASONS[reason],
  shortfall: shortfall && shortfallText(shortfall, reason, ofPair),
  wouldChange: CHANGES[reason](shortfall),
});

export const explainPair = ({ reason, shortfall }: PairVerdict): RebalanceExplanation =>
  explained(reason, shortfall, true);

/** A channel that passed its own gates is refused for what its best pair is. */
export const explainVerdict = ({ reason, shortfall, pairs }: ChannelVerdict): RebalanceExplanation =>
  explained(reason, shortfall, pairs.length > 0);
