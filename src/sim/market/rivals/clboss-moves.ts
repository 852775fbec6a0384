// What would clboss move, and for how much? The rules of its three rebalancers.
//
// peers-and-drivers 2.3; ksedgwic/clboss 49ffd76 (0.16.3), Boss/Mod/{Earnings,Jit,Initial}Rebalancer.cpp. By channel,
// where clboss adds up those of a peer: here each peer has one.
import type { SeededRandom } from '../../world/random.ts';
import type { Attempt } from './rebalance-desk.ts';

/** What clboss knows of one peer: balances, and all that ever came and went. Msat. */
export interface PeerAccount {
  readonly localMsat: number;
  readonly capacityMsat: number;
  /** Fees of what came in by it and of what left by it. */
  readonly inEarnedMsat: number;
  readonly outEarnedMsat: number;
  /** What rebalances out of it and into it have cost. */
  readonly inSpentMsat: number;
  readonly outSpentMsat: number;
}

export type ClbossMove = Pick<Attempt, 'to' | 'amountMsat' | 'maxFeeMsat'> & { readonly from: number };

/** clboss-max-rebalance-fee-ppm. */
const MAX_REBALANCE_PPM = 1000;

/** EarningsRebalancer: max_spendable_percent, src_gap_percent, dst_target_percent, top_rebalancing_percentile. */
const EARNINGS = { low: 0.25, gap: 0.025, target: 0.75, top: 0.2 } as const;

/** The peers that earn most are refilled out of those that bring most in; never one that has cost what it earned. */
export function earningsMoves(peers: readonly PeerAccount[], maxPpm = MAX_REBALANCE_PPM): ClbossMove[] {
  const share = ({ localMsat, capacityMsat }: PeerAccount): number => localMsat / capacityMsat;
  const numbered = peers.map((peer, k) => ({
    k,
    peer,
    inNet: peer.inEarnedMsat - peer.inSpentMsat,
    outNet: peer.outEarnedMsat - peer.outSpentMsat,
  }));
  const to = numbered.filter(({ peer }) => share(peer) < EARNINGS.low).sort((a, b) => b.outNet - a.outNet);
  const least = EARNINGS.low + EARNINGS.gap;
  const from = numbered.filter(({ peer }) => share(peer) >= least).sort((a, b) => b.inNet - a.inNet);
  const pairs = Math.min(to.length, from.length);
  const most = pairs === 0 ? 0 : Math.max(1, Math.floor(pairs * EARNINGS.top));
  const moves: ClbossMove[] = [];
  for (let i = 0; i < most; i++) {
    const source = from[i];
    const destination = to[i];
    if (source === undefined || destination === undefined || destination.outNet <= 0) break;
    const missing = destination.peer.capacityMsat * EARNINGS.target - destination.peer.localMsat;
    const spare = source.peer.localMsat - source.peer.capacityMsat * least;
    const wanted = Math.min(missing, spare);
    const maxFeeMsat = Math.min((wanted * maxPpm) / 1e6, destination.outNet);
    const amountMsat = Math.min(wanted, (maxFeeMsat * 1e6) / maxPpm);
    moves.push({ from: source.k, to: destination.k, amountMsat, maxFeeMsat });
  }
  return moves;
}

/** JitRebalancer: free_fee, min_rebalance_fee, max_fee_percent. */
const JIT = { freeMsat: 10_000, leastFeeMsat: 5_000, earnedShare: 0.25 } as const;
/** What one HTLC output adds to the commitment: htlc_weight at 1250 sat/kw (5 sat/vB, as everywhere in the market). */
const HTLC_MSAT = 172 * 1250;

/** A payment wants to leave by `to` and finds too little: null where it fits, or where nobody is to pay for it. */
export function jitMove(
  peers: readonly PeerAccount[],
  to: number,
  paymentMsat: number,
  random: SeededRandom,
  maxPpm = MAX_REBALANCE_PPM,
): ClbossMove | null {
  const out = peers[to];
  const needed = paymentMsat + HTLC_MSAT;
  if (out === undefined || needed <= out.localMsat) return null;
  const amountMsat = (needed + out.capacityMsat) / 2 - out.localMsat;
  const limit = JIT.freeMsat + out.outEarnedMsat * JIT.earnedShare;
  if (limit < out.outSpentMsat) return null;
  const single = Math.max(JIT.leastFeeMsat, (amountMsat * maxPpm) / 1e6);
  const maxFeeMsat = Math.min(limit - out.outSpentMsat, single);
  const weights = peers.map(({ localMsat, capacityMsat }, k) =>
    k === to || localMsat < amountMsat + maxFeeMsat / 2 ? 0 : localMsat / capacityMsat,
  );
  const from = random.weighted(weights);
  return from < 0 ? null : { from, to, amountMsat, maxFeeMsat };
}

/** InitialRebalancer: spendable_percent, dest_gap_percent, min_rebalance_fee, the fee's share, max_in_expenditures. */
const INITIAL = { high: 0.8, gap: 0.05, leastFeeMsat: 3_000, feeShare: 0.0025, spentShare: 0.0004 } as const;

/** Whether `initialMoves` has anything to move: it is asked at every look, and hardly ever has. */
export const isNearlyFull = (localMsat: number, capacityMsat: number): boolean =>
  localMsat / capacityMsat >= INITIAL.high;

/** What is nearly all on our side is halved into someone else's channel, as long as that has cost little. */
export function initialMoves(peers: readonly PeerAccount[], random: SeededRandom): ClbossMove[] {
  const share = ({ localMsat, capacityMsat }: PeerAccount): number => localMsat / capacityMsat;
  const room = INITIAL.high - INITIAL.gap;
  const weights = peers.map((peer) => (share(peer) < room ? 1 - share(peer) : 0));
  const moves: ClbossMove[] = [];
  peers.forEach((source, from) => {
    if (share(source) < INITIAL.high || source.inSpentMsat > source.capacityMsat * INITIAL.spentShare) return;
    const to = random.weighted(weights);
    const destination = peers[to];
    if (destination === undefined) return;
    const fits = destination.capacityMsat * room - destination.localMsat;
    const amountMsat = Math.min(source.localMsat / 2, fits);
    moves.push({ from, to, amountMsat, maxFeeMsat: Math.max(INITIAL.leastFeeMsat, amountMsat * INITIAL.feeShare) });
  });
  return moves;
}
