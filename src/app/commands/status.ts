// revenue-status: is the plugin well, what has it read, when does it run next?
import type { Config } from '../../core/config/options.ts';
import { countStates } from '../../core/flow/analyze.ts';
import { scoreOf, type DriverScore } from '../../core/rebalance/drivers.ts';
import type { NodeSnapshot } from '../../core/snapshot.ts';
import { addMsat, msatToSats, satsToMsat, subMsat, type Msat } from '../../core/units.ts';
import type { Store } from '../../ports.ts';
import { look } from '../alerts/look.ts';
import type { NameOf } from '../channel-names.ts';
import type { Drivers } from '../rebalance/driver-choice.ts';
import { budgetSince, fundsIn } from '../rebalance/capital.ts';
import type { Foreign } from '../rebalance/foreign-payments.ts';
import type { LoopStatus } from '../loop.ts';
import { command } from './command.ts';
import type { CommandContext } from './context.ts';
import { modeOf } from './mode.ts';
import { readParams } from './params.ts';
import { rebalanceFigures } from './rebalance-row.ts';

/** Rows of what was done of late (design 4). */
const RECENT = 10;

export const statusCommand = command({
  name: 'revenue-status',
  usage: '',
  description: 'Show whether the plugin is well, what it has read, what it spent and when it runs next',
  read: (params) => readParams({}, params),
  run: (_, context) => status(context),
});

/** The reply. @throws StoreError */
export async function status(context: CommandContext) {
  const { store } = context;
  const { config, alerts, analysis, onchain, clboss, drivers, foreign, nameOf, loops, paused, ready } =
    await look(context);
  const snapshot = analysis?.snapshot ?? null;
  return {
    version: context.version,
    node_id: context.nodeId(),
    mode: modeOf(paused, config),
    ready,
    channels: analysis && countStates(analysis.channels),
    loops: loopsReply(loops),
    rebalancer: rebalancerReply(context, config, drivers, foreign),
    clboss: {
      enabled: config.clbossEnabled,
      available: clboss && clboss.available,
      unmanaged_peers: clboss && clboss.peers.filter(({ tags }) => (tags ?? []).length > 0).map(({ peerId }) => peerId),
    },
    budget: budgetReply(context, config),
    reserve: reserveReply(config, onchain, snapshot),
    database: databaseReply(store),
    alerts: alerts.map(({ text }) => text),
    recent_fee_changes: feeChangesReply(store, nameOf),
    recent_rebalances: rebalancesReply(store, nameOf),
  };
}

export type StatusReply = Awaited<ReturnType<typeof status>>;

const loopReply = ({ intervalSeconds, last, nextRun, running }: LoopStatus) => ({
  interval_seconds: intervalSeconds,
  last_run: last?.lastRun ?? null,
  last_outcome: last?.lastOutcome ?? null,
  next_run: nextRun,
  consecutive_failures: last?.consecutiveFailures ?? 0,
  running,
});

const loopsReply = (loops: readonly LoopStatus[]): Record<string, ReturnType<typeof loopReply>> =>
  Object.fromEntries(loops.map((loop) => [loop.name, loopReply(loop)]));

/** `active` null: nothing can rebalance now, and `because` says why. */
function rebalancerReply(
  { store }: CommandContext,
  config: Config,
  drivers: Drivers | null,
  { payments, movedMsat, feeMsat }: Foreign,
) {
  const open = store.rebalances.openIntents();
  return {
    configured: config.rebalancer,
    active: drivers && drivers.choice.driver,
    because: drivers && drivers.choice.because,
    available: drivers && [...drivers.available],
    in_flight: open.filter(({ state }) => state !== 'unknown').length,
    unknown: open.filter(({ state }) => state === 'unknown').length,
    scores: [...store.rebalances.driverRecords().values()].map((record) => scoreReply(scoreOf(record))),
    foreign_24h: { payments, moved_sats: msatToSats(movedMsat), fee_sats: msatToSats(feeMsat) },
  };
}

const scoreReply = ({ driver, successRate, ppm, seconds, errorsInRow }: DriverScore) => ({
  driver,
  success_rate: successRate,
  ppm,
  seconds,
  errors_in_row: errorsInRow,
});

function budgetReply({ store, clock }: CommandContext, config: Config) {
  const { spentMsat, reservedMsat } = store.rebalances.spending(budgetSince(clock.now()));
  const left = subMsat(satsToMsat(config.dailyBudgetSats), addMsat(spentMsat, reservedMsat));
  return {
    daily_sats: config.dailyBudgetSats,
    spent_24h_sats: msatToSats(spentMsat),
    reserved_sats: msatToSats(reservedMsat),
    available_sats: Math.max(0, msatToSats(left)),
  };
}

/** `ok` is null when either half could not be read: unknown is not enough. */
function reserveReply(config: Config, onchain: Msat | null, snapshot: NodeSnapshot | null) {
  const channels = snapshot && fundsIn(snapshot.channels);
  const known = onchain !== null && channels !== null;
  return {
    minimum_sats: config.minWalletReserve,
    onchain_sats: onchain === null ? null : msatToSats(onchain),
    channels_sats: channels === null ? null : msatToSats(channels),
    ok: known ? addMsat(onchain, channels) >= satsToMsat(config.minWalletReserve) : null,
  };
}

function databaseReply(store: Store) {
  const { path, schemaVersion, forwards, oldestForward } = store.facts();
  return { path, schema_version: schemaVersion, forwards, oldest_forward: oldestForward };
}

/** Columns of the table, the channel by the name people type. */
function feeChangesReply(store: Store, nameOf: NameOf) {
  return store.recentFeeChanges(RECENT).map((change) => ({
    channel_id: nameOf(change.channelId),
    peer_id: change.peerId,
    old_fee_ppm: change.oldFeePpm,
    new_fee_ppm: change.newFeePpm,
    reason: change.reason,
    manual: change.manual,
    timestamp: change.timestamp,
  }));
}

const rebalancesReply = (store: Store, nameOf: NameOf) =>
  store.recentRebalances(RECENT).map((row) => ({ ...rebalanceFigures(row, nameOf), manual: row.manual }));
