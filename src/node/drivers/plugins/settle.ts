// The plugin has spoken, or has fallen silent: what has become of the order?
import { arrivalInWords } from '../../../core/rebalance/arrival.ts';
import type { ApprovedOrder, DriverOutcome } from '../../../core/rebalance/types.ts';
import { ZERO_MSAT } from '../../../core/units.ts';
import { NodeError, type DriverWatch } from '../../../ports.ts';
import { problem, type Problem } from '../native/problem.ts';
import type { Evidence, Means, Sight } from './evidence.ts';
import { messageOf } from '../../../core/message-of.ts';

/** What we have heard of the plugin. */
export interface Word {
  /** Nothing more of the order will be sent: the plugin has ended its work, or is no more. */
  readonly ended: boolean;
  /** What it failed for by its own account; null where it claims success or says nothing of it. */
  readonly problem: Problem | null;
  /** What it said, for people. */
  readonly said: string;
  /** It may have sent something at the very last that the node does not list yet. */
  readonly abrupt?: boolean;
}

/** Looks, a second apart, before an absent payment is taken to be none where there could be one. */
const LOOKS = 4;
const PAUSE_SECONDS = 1;

/** Waits for the end of what is under way, until the deadline or the signal. Never rejects for what the node does. */
export async function settle(
  { clock }: Means,
  evidence: Evidence,
  word: Word,
  order: ApprovedOrder,
  { signal }: DriverWatch,
): Promise<DriverOutcome> {
  const patience = word.ended && word.problem !== null && word.abrupt !== true ? 1 : LOOKS;
  for (let looks = 1; ; looks++) {
    const seen = await lookAt(evidence);
    if (seen.kind === 'arrived') return arrived(seen, order);
    if (!word.ended) return unknown(seen, `${word.said}; ${seen.because}`);
    if (seen.kind === 'nothing' && looks >= patience) return failed(seen, word);
    if (signal.aborted || clock.now() >= order.deadline) {
      if (looks >= LOOKS || seen.kind === 'in-flight') return unknown(seen, `${word.said}; ${seen.because}`);
    } else if (seen.kind === 'unclear' && looks >= LOOKS) return unknown(seen, `${word.said}; ${seen.because}`);
    await clock.sleep(PAUSE_SECONDS, NEVER);
  }
}

/** A few last looks are worth their seconds even after the signal. */
const NEVER = new AbortController().signal;

/** Never rejects: what cannot be seen is unclear. */
export async function lookAt(evidence: Evidence): Promise<Sight> {
  try {
    return await evidence.look();
  } catch (error) {
    const because = `the node does not say: ${asProblem(error).reason}`;
    return {
      ...{ kind: 'unclear', movedMsat: ZERO_MSAT, feeMsat: ZERO_MSAT, paymentHash: null },
      ...{ elsewhere: null, attempts: 0, because },
    };
  }
}

function arrived({ movedMsat, feeMsat, paymentHash, attempts, elsewhere }: Sight, order: ApprovedOrder): DriverOutcome {
  const moved = arrivalInWords({ movedMsat, feeMsat });
  const where =
    elsewhere === null ? '' : `, but the peer delivered by channel ${elsewhere} instead of ${order.to.channelId}`;
  const over = feeMsat > order.maxFeeMsat ? `, which is more than the cap of ${order.maxFeeMsat} msat` : '';
  return {
    ...{ status: 'success', movedMsat, feeMsat, paymentHash, failure: null, reason: moved + over + where, attempts },
  };
}

const unknown = ({ movedMsat, feeMsat, paymentHash, attempts }: Sight, reason: string): DriverOutcome => ({
  ...{ status: 'unknown', movedMsat, feeMsat, paymentHash, failure: 'unknown', reason, attempts },
});

function failed({ attempts }: Sight, { problem: told, said }: Word): DriverOutcome {
  const { failure, reason } =
    told ?? problem('driver-error', `${said}, but the node lists no such payment: it is not counted`);
  return notSent({ failure, reason }, attempts);
}

/** A failure before anything was sent. A node that is slow is neither the driver's fault nor for long. */
export function asProblem(error: unknown): Problem {
  const kind = error instanceof NodeError && error.kind === 'timeout' ? 'timeout' : 'driver-error';
  return problem(kind, messageOf(error));
}

/** Nothing has moved, and nothing is under way. */
export const notSent = ({ failure, reason }: Problem, attempts = 0): DriverOutcome => ({
  ...{ status: 'failed', movedMsat: ZERO_MSAT, feeMsat: ZERO_MSAT, paymentHash: null, failure, reason, attempts },
});
