// What does clboss-status say? All that a clboss v0.16.3 says that has just started and seen no traffic.
import { describeUnmanaged, type Unmanaged } from './unmanaged.ts';

/** What clboss last wanted to charge toward a peer, whether or not it may. */
export interface WantedFee {
  readonly median_base: number;
  readonly median_proportional: number;
  readonly multiplier: number;
  readonly final_base: number;
  readonly final_proportional: number;
}

const NO_EARNINGS = {
  in_earnings: 0,
  in_forwarded: 0,
  in_expenditures: 0,
  in_rebalanced: 0,
  out_earnings: 0,
  out_forwarded: 0,
  out_expenditures: 0,
  out_rebalanced: 0,
};

const humanTime = (seconds: number): string =>
  `UTC ${new Date(seconds * 1000).toISOString().replace('T', ' ').replace('Z', '')}`;

/** The members in clboss's order. */
export const describeStatus = (
  unmanaged: Unmanaged,
  fees: ReadonlyMap<string, WantedFee>,
  now: number,
): Record<string, unknown> => ({
  channel_candidates: [],
  closed_peer_complaints: {},
  info: {
    version: 'v0.16.3',
    git_commit_hash: '49ffd76ad0ff7607d92b53b98adada233790c15c',
    git_describe: 'v0.16.3-0-g49ffd76',
  },
  internet: { connection: 'offline', checking_connectivity: true },
  lnfee: Object.fromEntries(fees),
  my_uptime: { past_3_days: 0, past_2_weeks: 0, past_1_month: 0 },
  offchain_earnings_tracker: { total: NO_EARNINGS },
  onchain_feerate: { hi_to_lo: 253, init_mid: 253, lo_to_hi: 253, last_feerate_perkw: 253, judgment: 'high fees' },
  peer_complaints: {},
  peer_metrics: {},
  price_theory_investigating: {},
  should_monitor_onchain_funds: {
    status: 'notice',
    now,
    now_human: humanTime(now),
    disable_until: 0,
    disable_until_human: humanTime(0),
    comment: '`clboss-ignore-onchain` to ignore onchain funds temporarily.',
  },
  swap_manager: [],
  swap_report: {
    swaps: [],
    total_amount_sent: '0msat',
    total_amount_received: '0msat',
    loss: '0msat',
    percent_loss: 0,
  },
  unmanaged: describeUnmanaged(unmanaged),
});
