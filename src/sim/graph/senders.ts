// What does a sender think a hop costs beside its fee? The four kinds of wallets that pay through the network.

/** A penalty for each hop, msat: hop + (-ln p) x failure + what locking the amount is worth; p as gossip alone tells it. */
export interface Sender {
  readonly name: 'lnd' | 'ldk' | 'cln' | 'eclair' | 'fees-only';
  /** For one hop more: msat, and ppm of the amount. */
  readonly hopMsat: number;
  readonly hopPpm: number;
  /** By -ln of the hop's probability: msat, and ppm of the amount. */
  readonly failureMsat: number;
  readonly failurePpm: number;
  /** By msat and block of delay. */
  readonly lock: number;
}

/** lnd counts 100 sat + 0.1 % for a failed attempt (routing/pathfind.go) and believes 0.6 of hops it never tried. */
const LND_ATTEMPT = { msat: 100_000, ppm: 1000, probability: 0.6 } as const;
/** Most hops a wallet tries are known to have worked: the share with which reservations on two snapshots fit (quant 3.3). */
const LND_UNKNOWN = 0.3;
const lndHops = LND_UNKNOWN * -Math.log(LND_ATTEMPT.probability);

/** LDK's ProbabilisticScoringFeeParameters as shipped (lightning/src/routing/scoring.rs); ppm by 2^30 and 2^20. */
const LDK = { base: 1024, basePpm: 131_072e6 / 2 ** 30, log10: 10_000, log10Ppm: 1250e6 / 2 ** 20 } as const;

const lnd: Sender = {
  name: 'lnd',
  hopMsat: LND_ATTEMPT.msat * lndHops,
  hopPpm: LND_ATTEMPT.ppm * lndHops,
  failureMsat: 0,
  failurePpm: 0,
  // RiskFactorBillionths
  lock: 15e-9,
};

const ldk: Sender = {
  name: 'ldk',
  hopMsat: LDK.base,
  hopPpm: LDK.basePpm,
  failureMsat: LDK.log10 / Math.LN10,
  failurePpm: LDK.log10Ppm / Math.LN10,
  lock: 0,
};

/** pay's riskfactor as shipped: stuck funds are worth 10 % a year (lightning-getroute). */
const CLN_LOCK = 0.1 / (365 * 144);

/** -ln p + fee (Pickhardt's weighting, quant 4.4), at the prototype's price of a failure. */
const cln: Sender = { name: 'cln', hopMsat: 0, hopPpm: 0, failureMsat: 10_000, failurePpm: 1000, lock: CLN_LOCK };

/** Eclair's hop-cost, failure-cost and locked-funds-risk (its documentation of path-finding experiments). */
const eclair: Sender = { name: 'eclair', hopMsat: 500, hopPpm: 200, failureMsat: 2000, failurePpm: 500, lock: 1e-8 };

/** Who rebalances looks at fees; 1 msat prefers the shorter of two equal ways. */
export const FEES_ONLY: Sender = { name: 'fees-only', hopMsat: 1, hopPpm: 0, failureMsat: 0, failurePpm: 0, lock: 0 };

/** Shares of all payments (quant 4.4). */
export const SENDERS: readonly (readonly [sender: Sender, share: number])[] = [
  [lnd, 0.45],
  [ldk, 0.25],
  [cln, 0.2],
  [eclair, 0.1],
];

/** Attempts before a sender gives up (quant 4.4). */
export const MOST_ATTEMPTS = 8;
