// How do things stand? What revenue-status shows and what alerts are made of, read once for both.
import type { Config } from '../../core/config/options.ts';
import { daysBefore, type Msat } from '../../core/units.ts';
import { NodeError } from '../../ports.ts';
import { analyze, type Analysis } from '../analysis.ts';
import { channelNames, type NameOf } from '../channel-names.ts';
import type { ClbossView } from '../clboss.ts';
import type { CommandContext } from '../commands/context.ts';
import { feeAlerts } from '../fees/fee-alerts.ts';
import { fundsIn } from '../rebalance/capital.ts';
import type { Drivers } from '../rebalance/driver-choice.ts';
import { foreignPayments, type Foreign } from '../rebalance/foreign-payments.ts';
import { rebalanceAlerts } from '../rebalance/rebalance-alerts.ts';
import type { LoopStatus } from '../loop.ts';
import type { Alert, AlertKind } from './alert.ts';
import { alertsOf } from './alerts.ts';
import { businessAlerts, UNKNOWN_BUSINESS } from './business-alerts.ts';

/** The longest window of revenue-analyze (revenue-ops-flow-window-days). */
const LONGEST_WINDOW_DAYS = 90;

/** Null is what could not be read now. */
export interface Look {
  readonly config: Config;
  readonly ready: boolean;
  readonly paused: boolean;
  readonly loops: readonly LoopStatus[];
  readonly analysis: Analysis | null;
  readonly onchain: Msat | null;
  readonly drivers: Drivers | null;
  readonly clboss: ClbossView | null;
  readonly foreign: Foreign;
  readonly nameOf: NameOf;
  readonly alerts: readonly Alert[];
  /** Of these nobody can tell yet whether they are there. */
  readonly undecided: readonly AlertKind[];
}

/** @throws StoreError */
export async function look(context: CommandContext): Promise<Look> {
  const { node, store, legacyOptionsSet } = context;
  const config = context.config();
  const readiness = context.readiness();
  const unread: string[] = [];
  /** What fails because one part is out of reach would hide the others. */
  const tried = async <T>(read: () => Promise<T>): Promise<T | null> => {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof NodeError)) throw error;
      unread.push(`the node could not be asked: ${error.message}`);
      return null;
    }
  };
  const ready = readiness.phase === 'ready';
  const [analysis, onchain, commands, clboss] = await Promise.all([
    ready ? tried(() => analyze(node, store, config)) : null,
    ready ? tried(() => node.readOnchainFunds()) : null,
    ready ? tried(() => node.readCommandNames()) : null,
    ready ? tried(() => context.clboss.view()) : null,
  ]);
  const paused = store.paused();
  const drivers = commands && context.rebalancer.drivers(commands);
  const snapshot = analysis?.snapshot ?? null;
  const channels = snapshot?.channels ?? [];
  const funds =
    onchain === null || snapshot === null ? null : { onchainMsat: onchain, channelsMsat: fundsIn(snapshot.channels) };
  const now = context.clock.now();
  const foreign = foreignPayments(store, now);
  const nameOf = channelNames(channels, store.ledger);
  const loops = context.loops();
  const business = ready
    ? businessAlerts({
        now,
        startedAt: context.startedAt(),
        config,
        paused,
        store,
        open: new Set(channels.map(({ channelId }) => channelId)),
        nameOf,
      })
    : UNKNOWN_BUSINESS;
  const alerts = alertsOf({
    readiness,
    loops,
    paused,
    config,
    legacyOptionsSet,
    gap: store.historyGap(),
    losses: store.historyLosses(daysBefore(now, LONGEST_WINDOW_DAYS)),
    snapshot,
    rebalances: rebalanceAlerts({ now, config, store, nameOf, snapshot, funds, drivers, clboss, foreign }),
    conflicts: context.rebalancer.conflicts,
    unread,
    fees: feeAlerts({ now, store: store.fees, snapshot, config, commands, clboss }),
    business: business.alerts,
    notices: context.notices(),
  });
  const { undecided } = business;
  return { config, ready, paused, loops, analysis, onchain, drivers, clboss, foreign, nameOf, alerts, undecided };
}
