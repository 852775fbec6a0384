// How is the operator's own rebalance carried out? By the same guard, ledger and drivers; his word decides whether it pays.
import { CommandError } from '../../core/errors.ts';
import { CAPITAL_REFUSALS, type CapitalRefusal } from '../../core/rebalance/guard.ts';
import { planManual, type ManualRequest } from '../../core/rebalance/manual.ts';
import type { PairVerdict, Proposal, Shortfall } from '../../core/rebalance/plan-types.ts';
import { REBALANCE_REASONS } from '../../core/rebalance/reasons.ts';
import type { DriverName, DriverOutcome } from '../../core/rebalance/types.ts';
import { ppm } from '../../core/in-words.ts';
import { msat, msatToSats, ZERO_MSAT, type Msat } from '../../core/units.ts';
import { carryOut } from './carry-out.ts';
import { driversAmong } from './driver-choice.ts';
import { dryRunOf } from './dry-run.ts';
import { gatherPlan } from './gather.ts';
import type { RebalancePorts } from './rebalance-ports.ts';

export interface ByHand {
  readonly proposal: Proposal;
  /** Null where dry-run has pretended it and no driver is there. */
  readonly driver: DriverName | null;
  /** Null in dry-run. */
  readonly outcome: DriverOutcome | null;
}

/** @throws CommandError unknown-channel, rebalance-refused with the figures; NodeError, StoreError */
export async function rebalanceByHand(ports: RebalancePorts, request: ManualRequest): Promise<ByHand> {
  const { store, node, clock, config } = ports;
  // What has ended meanwhile gives its reservation back.
  await ports.settleOpen();
  const proposal = await proposed(ports, request);
  const { choice } = driversAmong(await node.readCommandNames(), ports);
  if (config().dryRun) {
    // A question, not a decision: the loop does not take it for moved and spent.
    store.rebalances.recordDryRun(dryRunOf(proposal, clock.now()), { manual: true });
    return { proposal, driver: choice.driver, outcome: null };
  }
  if (choice.driver === null) throw new CommandError('rebalance-refused', `nothing was sent: ${choice.because}`);
  const carried = await carryOut(ports, proposal, { driver: choice.driver, seen: null });
  switch (carried.kind) {
    case 'refused':
      throw new CommandError('rebalance-refused', `nothing was sent: ${inWords(carried.refusal)}`);
    case 'busy':
      throw new CommandError('rebalance-refused', `nothing was sent: ${REBALANCE_REASONS['in-flight']}`);
    case 'held-back':
      throw new CommandError('rebalance-refused', `nothing was sent: ${carried.because}`);
    case 'ended':
      return { proposal, driver: choice.driver, outcome: carried.outcome };
  }
}

/** What would be sent now, and by whom. Sends and records nothing. @throws as rebalanceByHand */
export async function previewByHand(ports: RebalancePorts, request: ManualRequest): Promise<ByHand> {
  const proposal = await proposed(ports, request);
  const { choice } = driversAmong(await ports.node.readCommandNames(), ports);
  if (choice.driver === null && !ports.config().dryRun)
    throw new CommandError('rebalance-refused', `nothing would be sent: ${choice.because}`);
  return { proposal, driver: choice.driver, outcome: null };
}

async function proposed(ports: RebalancePorts, request: ManualRequest): Promise<Proposal> {
  const input = await gatherPlan(ports);
  // It was usable when the command looked it up.
  for (const id of [request.from, request.to])
    if (!input.channels.some(({ view }) => view.channelId === id))
      throw new CommandError('unknown-channel', `channel ${id} is not usable any more`);
  const planned = planManual(input, request);
  if (!planned.ok) throw refusal(planned.error);
  return planned.value;
}

/** The guard was asked with the cap; in a search it is the expected cost for which there must be room. */
const SENTENCES = { ...REBALANCE_REASONS, 'budget-used': CAPITAL_REFUSALS['budget-used'] };

const refusal = ({ reason, shortfall }: PairVerdict): CommandError =>
  new CommandError(
    'rebalance-refused',
    `nothing was sent: ${SENTENCES[reason]} (${reason})${shortfall === null ? '' : `; ${figures(shortfall)}`}`,
  );

const inWords = ({ rule, neededMsat, availableMsat }: CapitalRefusal): string => {
  const known = neededMsat !== null && availableMsat !== null;
  return `${CAPITAL_REFUSALS[rule]} (${rule})${known ? `; ${needed(neededMsat, availableMsat)}` : ''}`;
};

/** More may have been spent than the option allows now: then nothing is available. */
const needed = (need: Msat, available: Msat): string =>
  `needed ${msatToSats(need)} sats, available ${msatToSats(available > 0n ? available : ZERO_MSAT)} sats`;

function figures({ unit, needed: need, available }: Shortfall): string {
  switch (unit) {
    case 'msat':
      return needed(msat(Math.round(need)), msat(Math.round(available)));
    case 'ppm':
      return (
        `a sat is worth ${ppm(available)} where it goes and ${ppm(need)} where it comes from, which leaves nothing to pay ` +
        'a way with; name max_fee_sats to have it all the same'
      );
    case 'seconds':
      return `possible again in ${Math.max(0, Math.ceil(need - available))} seconds`;
    case 'share':
      return `needed ${(100 * need).toFixed(1)} %, available ${(100 * available).toFixed(1)} %`;
  }
}
