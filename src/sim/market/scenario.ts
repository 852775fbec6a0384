// Which market is simulated? Plain data, as scenarios/*.json has it (docs/scenarios.md, scenarios/schema.json).
import type { Family } from './demand/willingness.ts';

export { CALM, DEAD, DRAIN, SCENARIOS, SHIFTING, SPARSE, SUITS, scenarioNamed, single } from './scenario/catalogue.ts';
export { ScenarioError, loadScenario, type ScenarioLibrary } from './scenario/load.ts';

export interface Scenario {
  readonly name: string;
  readonly about: string;
  /** With 1 all payments come in from outside the node and only leave by the channel. */
  readonly channels: number;
  /** Settled forwards a day of the whole node if every fee were at its revenue optimum and liquidity never ran out. */
  readonly forwardsPerDay: number;
  /** Lognormal, clamped. */
  readonly capacity: {
    readonly medianSats: number;
    readonly sigma: number;
    readonly minSats: number;
    readonly maxSats: number;
  };
  /** Lognormal. */
  readonly payment: { readonly medianSats: number; readonly sigma: number };
  /** What senders would pay for a channel, in multiples of its scale; the scale is lognormal over the channels. */
  readonly willingness: { readonly family: Family; readonly scaleMedianPpm: number; readonly scaleSigma: number };
  /** Spread (ln) of how much more is sent to a channel than comes from it. */
  readonly imbalance: number;
  /** Swing of the rate within a day, and the rate of Saturday and Sunday over that of the other days. */
  readonly season: { readonly daily: number; readonly weekend: number };
  /** Paying around the network to ourselves: see circular-routes.ts. */
  readonly rebalance: {
    /** Median of what filling a channel costs, in multiples of its scale. */
    readonly cost: number;
    /** Share of attempts at the asked price that arrive. */
    readonly success: number;
  };
  /** `unlimited`: balances never move, so that only the price is to be found. */
  readonly liquidity: 'coupled' | 'unlimited';

  /** Each channel's demand changes by chance, after so many days in the mean; sd in ln. */
  readonly shifts: Shifts | null;
  /** The same for all channels at once, by the same factors. */
  readonly shocks: Shifts | null;
  /** The scale of each channel walks by chance: sd in ln per root of a day. */
  readonly drift: { readonly sdPerRootDay: number } | null;
  /** The scale of all channels is multiplied on that day; with 'either' a channel goes up or down by chance. */
  readonly jumps: readonly { readonly day: number; readonly factor: number; readonly way: 'up' | 'down' | 'either' }[];
  /** Within these hours (UTC) each channel's scale and rate are multiplied by factors of its own; sd in ln. */
  readonly hours: {
    readonly from: number;
    readonly until: number;
    readonly optimumSd: number;
    readonly rateSd: number;
  } | null;
  /** Until that day the largest channel's peer is paid that share of all volume, in amounts of its own. */
  readonly whale: {
    readonly volumeShare: number;
    readonly medianSats: number;
    readonly sigma: number;
    readonly leavesOnDay: number;
  } | null;
  /** Whoever the senders of a kink compare us with reacts to our fees: see rival.ts. */
  readonly rival: {
    readonly undercut: number;
    readonly leastHours: number;
    readonly mostHours: number;
    readonly floorPpm: number;
  } | null;
  /** So many peers are offline that share of the time, so many hours at a time in the mean. */
  readonly outages: { readonly peers: number; readonly share: number; readonly meanHours: number } | null;
  /** How long forwards are under way (lognormal), and the share that somebody holds for hours. */
  readonly htlcs: { readonly medianSeconds: number; readonly sigma: number; readonly stuckShare: number } | null;
  /** After so many failures within an hour senders avoid a channel: see failure-memory.ts. */
  readonly memory: { readonly failures: number } | null;
  /** Full blocks: see storm.ts. */
  readonly storm: {
    readonly fromDay: number;
    readonly days: number;
    readonly satPerVbyte: number;
    readonly rebalanceCost: number;
    readonly largeSats: number;
    readonly largeRate: number;
  } | null;
  /** Payments that mean nothing, in multiples of forwardsPerDay: probes that never settle, and forwards of one sat. */
  readonly noise: { readonly probes: number; readonly micro: number } | null;
  /** In place of drawn channels and payments. */
  readonly bank: DemandBank | null;
  /** Which rival is at its best here. */
  readonly suit: Suit | null;
}

export interface Shifts {
  readonly meanDays: number;
  readonly optimumSd: number;
  readonly rateSd: number;
}

/** Payments that a search in a graph found, to draw from. */
export interface DemandBank {
  /** Payments a day that would be sent if we asked nothing. */
  readonly perDay: number;
  readonly channels: readonly {
    readonly capacitySats: number;
    /** What the peer asks for the last hop toward us. */
    readonly inboundPpm: number;
  }[];
  /**
   * Columns of equal length: channels by number, how often such a payment comes beside the others, and the highest fee that
   * the sender would have paid us.
   */
  readonly payments: {
    readonly from: readonly number[];
    readonly to: readonly number[];
    readonly amountSats: readonly number[];
    readonly weight: readonly number[];
    readonly reservationPpm: readonly number[];
  };
  /** Tries to rebalance, in place of what the scenario's `rebalance` says: channels by number, 1 where it arrived. */
  readonly circular?: {
    readonly to: readonly number[];
    readonly ppm: readonly number[];
    /** 0 where there was no way. */
    readonly attempts: readonly number[];
    readonly arrived: readonly number[];
  };
}

/** Who does not win its own suit is badly ported. */
export interface Suit {
  /** Of FIELD. */
  readonly rival: string;
  readonly setup: 'shipped' | 'rescaled';
  /** Fee at which all channels begin, ppm. */
  readonly startPpm: number;
  readonly days: number;
}
