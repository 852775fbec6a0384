// What is kept of all the pairs that were looked at, for whoever asks why?
import { msatToFloat } from '../units.ts';
import type { Candidate, Market } from './evaluate.ts';
import { triedGate, type Gate } from './gates.ts';
import { pairVerdict } from './pair-verdict.ts';
import type { ChannelVerdict, PairVerdict, PlanChannel, RebalanceTrailStep } from './plan-types.ts';
import type { RebalanceReason } from './reasons.ts';
import { lean } from './traffic.ts';

/** Pairs written out for each channel. */
const KEPT_PAIRS = 3;

export const byId = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Approved first, then by expected profit, those without arithmetic last; ids decide between equals. */
export function compareCandidates(a: Candidate, b: Candidate): number {
  const approved = Number(b.reason === 'approved') - Number(a.reason === 'approved');
  if (approved !== 0) return approved;
  const left = a.working?.profit ?? -Infinity;
  const right = b.working?.profit ?? -Infinity;
  if (left !== right) return left > right ? -1 : 1;
  return byId(a.to.view.channelId, b.to.view.channelId) || byId(a.from.view.channelId, b.from.view.channelId);
}

/** The best pairs of one channel in one role, and a count of the refusals of all. */
export class Tally {
  /** What became of all of them together, where that is known beforehand. */
  outcome: Gate | null = null;
  readonly #best: Candidate[] = [];
  readonly #refused = new Map<RebalanceReason, number>();

  add(candidate: Candidate): void {
    const { reason } = candidate;
    if (reason !== 'approved') this.#refused.set(reason, (this.#refused.get(reason) ?? 0) + 1);
    const last = this.#best[KEPT_PAIRS - 1];
    if (last !== undefined && compareCandidates(candidate, last) >= 0) return;
    const behind = this.#best.findIndex((each) => compareCandidates(candidate, each) < 0);
    this.#best.splice(behind < 0 ? this.#best.length : behind, 0, candidate);
    if (this.#best.length > KEPT_PAIRS) this.#best.pop();
  }

  get best(): readonly Candidate[] {
    return this.#best;
  }
  get refused(): Readonly<Partial<Record<RebalanceReason, number>>> {
    return Object.fromEntries([...this.#refused].sort(([a], [b]) => byId(a, b)));
  }
}

/** A pair that has become an order. */
export interface Taken {
  readonly candidate: Candidate;
  readonly verdict: PairVerdict;
}

/** Approved pairs for which no order was left over come another time. */
const later = (verdict: PairVerdict, reason: RebalanceReason = 'later'): PairVerdict =>
  verdict.reason === 'approved' ? { ...verdict, reason } : verdict;

const isTaken = ({ from, to }: Candidate, taken: readonly Taken[]): boolean =>
  taken.some(({ candidate }) => candidate.from === from && candidate.to === to);

export function channelVerdict(
  role: ChannelVerdict['role'],
  channel: PlanChannel,
  gate: Gate | null,
  tally: Tally,
  taken: readonly Taken[],
  market: Market,
): ChannelVerdict {
  const pairs = [
    ...taken.map(({ verdict }) => verdict),
    ...tally.best
      .filter((each) => !isTaken(each, taken))
      .map((candidate) => later(pairVerdict(candidate, market), triedGate(candidate.to, market.input)?.reason)),
  ].slice(0, KEPT_PAIRS);
  const [first] = pairs;
  const tried = role === 'destination' ? triedGate(channel, market.input) : null;
  const overall = gate ?? tried ?? tally.outcome ?? first;
  const none: RebalanceReason = role === 'destination' ? 'no-source' : 'no-destination';
  return {
    channelId: channel.view.channelId,
    role,
    reason: overall?.reason ?? none,
    shortfall: overall?.shortfall ?? null,
    trail: [targetStep(channel, market)],
    pairs,
    refused: tally.refused,
  };
}

function targetStep(channel: PlanChannel, { board }: Market): RebalanceTrailStep {
  const { flow, view } = channel;
  const { capacity, local, target } = board.figures(channel);
  return {
    step: 'target',
    values: {
      flow,
      target_sats: target / 1000,
      local_sats: msatToFloat(view.toUs) / 1000,
      // With all that is under way, or ordered by this plan.
      expected_sats: local / 1000,
      capacity_sats: capacity / 1000,
      lean: Math.round(100 * lean(board.traffic(channel))) / 100,
    },
  };
}
