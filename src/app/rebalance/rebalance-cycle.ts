// How does an imbalance become a settled rebalance? Settle what is open, look, decide, write down, act, look again.
import type { PlanInput, Proposal } from '../../core/rebalance/plan-types.ts';
import { bestOrder, planRebalances } from '../../core/rebalance/plan.ts';
import type { ChannelId } from '../../core/units.ts';
import { NodeError } from '../../ports.ts';
import { AskingTime, askWays } from './ask-ways.ts';
import { budgetSince } from './capital.ts';
import { carryOut } from './carry-out.ts';
import { driversAmong } from './driver-choice.ts';
import { dryRunOf, withDryRuns } from './dry-run.ts';
import { gatherPlan } from './gather.ts';
import type { RebalancePorts } from './rebalance-ports.ts';

/**
 * So many orders may fail in one cycle, as many as a plan holds: what keeps failing is not worth the node's time until the next.
 */
const MOST_FAILURES = 5;

/** @throws NodeError, StoreError: nothing is sent then that was not reserved, and what was is settled later */
export async function runRebalanceCycle(ports: RebalancePorts): Promise<void> {
  const { clock, config } = ports;
  await ports.settleOpen();
  // Pairs that fail slowly, one after the other, must not keep what is open from being settled.
  const until = clock.now() + config().rebalanceInterval;
  const inTime = (): boolean => clock.now() < until;
  const asking = new AskingTime(config().rebalanceInterval);
  const failed = new Set<ChannelId>();
  let again = true;
  while (again && inTime())
    again = config().dryRun ? await pretend(ports) : await moveOnce(ports, asking, failed, inTime);
}

/**
 * Carries out the best that is possible now. Whether it is worth looking again, since balances have changed by it, or since
 * others may be served instead.
 * @param failed where an order to has failed in this cycle; grows
 */
async function moveOnce(
  ports: RebalancePorts,
  asking: AskingTime,
  failed: Set<ChannelId>,
  inTime: () => boolean,
): Promise<boolean> {
  const { node, restraint } = ports;
  const goOn = (): boolean => restraint(false) === null && inTime();
  const look = async (): Promise<PlanInput> => ({ ...(await gatherPlan(ports)), tried: failed });
  const first = await look();
  const { asked, hope } = await askWays(ports, first, asking, goOn);
  if (!hope && ports.untold === true) return false;
  const input = asked ? { ...(await look()), waysAsOf: first.waysAsOf } : first;
  const proposal = chosen(ports, input);
  if (proposal === null) return false;
  const commands = await node.readCommandNames();
  if (!goOn()) return false;
  const { driver, because } = driversAmong(commands, ports).choice;
  if (driver === null) throw new NodeError('unknown-command', `nothing is rebalanced: ${because}`);
  const carried = await carryOut(ports, proposal, { driver, seen: input.open });
  // Someone else has taken the room, or the pair, since we looked.
  if (carried.kind !== 'ended') return false;
  if (carried.outcome.status === 'failed') failed.add(proposal.to.channelId);
  return failed.size < MOST_FAILURES;
}

/** The best order, once it has been written down why it and no other. */
function chosen({ store, untold = false }: RebalancePorts, input: PlanInput): Proposal | null {
  if (untold) return bestOrder(input);
  const { approved, verdicts } = planRebalances(input);
  store.rebalances.saveVerdicts(verdicts, input.now);
  return approved[0] ?? null;
}

/**
 * Writes down what would be done. What the last day's dry runs would have moved and cost counts as moved and spent, or the
 * same would be written down again and again.
 */
async function pretend(ports: RebalancePorts): Promise<boolean> {
  const { store, clock, config } = ports;
  const real = await gatherPlan(ports);
  const ledger = store.rebalances;
  const input: PlanInput = withDryRuns(real, ledger.dryRuns(budgetSince(clock.now())));
  const { approved, verdicts } = planRebalances(input);
  ledger.saveVerdicts(verdicts, input.now);
  // Switched off meanwhile: what was decided is neither done nor pretended.
  if (!config().dryRun) return false;
  for (const proposal of approved) ledger.recordDryRun(dryRunOf(proposal, clock.now()), { manual: false });
  return false;
}
