// Which simulated world is wanted?

export interface WorldConfig {
  readonly seed: number;
  /** Virtual start of the world as the host sees it, milliseconds since the epoch. */
  readonly startMs: number;
  /** Open channels at the start. */
  readonly channels: number;
  /** A scenario of the market by whose demand payments come and go; null: random traffic that knows no price. */
  readonly market: string | null;
  /** Mean forwards a day of random traffic, 0 for none; of a market at its best fees, 0 for the scenario's own. */
  readonly forwardsPerDay: number;
  /** Days of traffic before the start. */
  readonly historyDays: number;
  /** lightningd's version, such as v26.06.6; decides which methods, parameters and fields there are. */
  readonly version: string;
  readonly bookkeeper: boolean;
  /** Two more channels that were closed before the start, one mutually, one unilaterally. */
  readonly closedChannels: boolean;
  /**
   * How channels at the start come to have liquidity both ways: `push`, the opener gives part of it away, or `joint`, we
   * open with our peers' funds beside ours (v2), and they open without ours.
   */
  readonly funding: 'push' | 'joint';
  /** Peers lose their connection every few days, for minutes to an hour. */
  readonly flakyPeers: boolean;
  readonly alias: string;
  readonly lightningDir: string;
  /** Seconds after which ended forwards are deleted, by kind; 0 = never, lightningd's default. */
  readonly autoclean: { readonly succeededForwardsAge: number; readonly failedForwardsAge: number };
}

/** 2026-11-21 00:00 UTC: any fixed instant serves, this one is near the recordings'. */
const DEFAULT_START_MS = 1_795_219_200_000;

export const DEFAULT_CONFIG: WorldConfig = {
  seed: 1,
  startMs: DEFAULT_START_MS,
  channels: 8,
  market: null,
  forwardsPerDay: 0,
  historyDays: 0,
  version: 'v26.06.6',
  bookkeeper: true,
  closedChannels: true,
  funding: 'push',
  flakyPeers: true,
  alias: 'simulated-node',
  lightningDir: '/simulated/regtest',
  autoclean: { succeededForwardsAge: 0, failedForwardsAge: 0 },
};
