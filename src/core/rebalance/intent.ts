// Where is a rebalance between its reservation and its end? One table of transitions, and the diagram drawn from it.
import { unixSec, ZERO_MSAT, type Msat, type UnixSec } from '../units.ts';
import type { DriverName, DriverOutcome, FailureKind, OrderEnd } from './types.ts';

/** State -> what it means and what it does to the budget. */
export const INTENT_STATES = {
  planned: 'reserved, and nothing sent: the whole cap counts against the budget',
  dispatched: 'the driver may have sent it: the whole cap counts',
  unknown: 'out of sight, perhaps in flight: the whole cap counts',
  settled: 'arrived: its real fee counts for 24 hours from then on',
  failed: 'nothing is in flight any more: what it cost all the same counts for 24 hours',
} as const;
export type IntentState = keyof typeof INTENT_STATES;

/** State -> what people read in rebalance_history. */
export const STATUS_OF_STATE = {
  planned: 'pending',
  dispatched: 'pending',
  unknown: 'unknown',
  settled: 'success',
  failed: 'failed',
} as const satisfies Record<IntentState, string>;

/** State -> event -> next state, and the sentence of the arrow. What is not here cannot happen. */
const TRANSITIONS = {
  planned: {
    dispatch: ['dispatched', 'handed to the driver'],
    drop: ['failed', 'given up before anything was sent'],
  },
  dispatched: {
    succeed: ['settled', 'listsendpays says complete'],
    fail: ['failed', 'listsendpays says failed, or that nothing was sent'],
    'lose-sight': ['unknown', 'still pending at the deadline, or no trace of it'],
  },
  unknown: {
    succeed: ['settled', 'listsendpays says complete'],
    fail: ['failed', 'listsendpays says failed, or nothing for longer than an HTLC can live'],
  },
  settled: {},
  failed: {},
} as const satisfies Record<IntentState, Record<string, readonly [IntentState, string]>>;

type EventsOf<S> = S extends IntentState ? keyof (typeof TRANSITIONS)[S] : never;
export type IntentEvent = EventsOf<IntentState>;

const table: Readonly<Record<IntentState, Readonly<Partial<Record<IntentEvent, readonly [IntentState, string]>>>>> =
  TRANSITIONS;

/** The state after an event; null where that event cannot happen. */
export const transition = (state: IntentState, event: IntentEvent): IntentState | null =>
  table[state][event]?.[0] ?? null;

/** Nothing can change any more, and nothing is held. */
export const isFinal = (state: IntentState): boolean => Object.keys(table[state]).length === 0;

/** The table as a Mermaid state diagram. */
export function stateDiagram(): string {
  const lines = ['stateDiagram-v2', '    [*] --> planned: reserved in the budget'];
  for (const [from, events] of Object.entries(table)) {
    for (const [event, [to, sentence]] of Object.entries(events))
      lines.push(`    ${from} --> ${to}: ${event}, ${sentence}`);
    if (Object.keys(events).length === 0) lines.push(`    ${from} --> [*]`);
  }
  return lines.join('\n') + '\n';
}

/** A rebalance as the ledger of capital keeps it. */
export interface Intent {
  /** The order's. */
  readonly id: string;
  readonly state: IntentState;
  readonly driver: DriverName;
  /** The operator asked for it. */
  readonly manual: boolean;
  readonly from: OrderEnd;
  readonly to: OrderEnd;
  readonly amountMsat: Msat;
  /** Held of the budget until it has ended. */
  readonly maxFeeMsat: Msat;
  readonly expectedFeeMsat: Msat;
  readonly expectedProfitMsat: Msat;
  readonly plannedAt: UnixSec;
  /** Set before the driver is called, so that no crash hides what it may have sent. */
  readonly dispatchedAt: UnixSec | null;
  readonly deadline: UnixSec;
  /** Highest created index of the node's payments before the dispatch; null where it knows none. */
  readonly paymentsBefore: number | null;
  /** Payments that are known to belong to it. */
  readonly paymentHashes: readonly string[];
  /** What has arrived and what it has cost, as far as is known. */
  readonly movedMsat: Msat;
  readonly feeMsat: Msat;
  /** When it ended: by the node's clock where it says so. */
  readonly endedAt: UnixSec | null;
  readonly failure: FailureKind | null;
  readonly message: string | null;
}

/** What is learned with an event; what is not named stays. */
export interface IntentNews {
  readonly movedMsat?: Msat;
  readonly feeMsat?: Msat;
  /** When it ended by the node's word; else the time of the event. */
  readonly endedAt?: UnixSec;
  readonly failure?: FailureKind;
  readonly message?: string;
  readonly paymentsBefore?: number;
}

const larger = (a: Msat, b: Msat): Msat => (a > b ? a : b);

/**
 * The intent after an event; null where that event cannot happen.
 *
 * What has once been seen to arrive and to cost stays so, though the node deletes its payments later. None ends before
 * it was planned, whatever a clock says: its fee would be older than the 24 hours in which it counts.
 */
export function advanced(intent: Intent, event: IntentEvent, at: UnixSec, news: IntentNews = {}): Intent | null {
  const state = transition(intent.state, event);
  if (state === null) return null;
  const { movedMsat = intent.movedMsat, feeMsat = intent.feeMsat, endedAt = at } = news;
  const { failure = intent.failure, message = intent.message, paymentsBefore = intent.paymentsBefore } = news;
  return {
    ...intent,
    state,
    dispatchedAt: state === 'dispatched' ? at : intent.dispatchedAt,
    paymentsBefore,
    movedMsat: larger(intent.movedMsat, movedMsat),
    feeMsat: larger(intent.feeMsat, feeMsat),
    endedAt: isFinal(state) ? unixSec(Math.max(endedAt, intent.plannedAt)) : null,
    failure: state === 'settled' ? null : failure,
    message,
  };
}

/** What a driver's report means for the intent. */
export function eventOf(outcome: DriverOutcome): { readonly event: IntentEvent; readonly news: IntentNews } {
  const { status, movedMsat, feeMsat, failure, reason } = outcome;
  const news = { movedMsat, feeMsat, message: reason, ...(failure === null ? {} : { failure }) };
  const event = ({ success: 'succeed', failed: 'fail', unknown: 'lose-sight' } as const)[status];
  return { event, news };
}

/** What it holds of the budget: its cap until it has ended, or what it has cost already where that is more. */
export const heldBy = ({ state, maxFeeMsat, feeMsat }: Pick<Intent, 'state' | 'maxFeeMsat' | 'feeMsat'>): Msat => {
  if (isFinal(state)) return ZERO_MSAT;
  return feeMsat > maxFeeMsat ? feeMsat : maxFeeMsat;
};

/** What it has spent since then: from the moment it ended, so that no 24 hours ever hold more than the budget. */
export const spentBy = ({ state, feeMsat, endedAt }: Pick<Intent, 'state' | 'feeMsat' | 'endedAt'>, since: UnixSec) =>
  isFinal(state) && endedAt !== null && endedAt > since ? feeMsat : ZERO_MSAT;
