// What of rebalancing should an operator look at, and what is to be done? None when all is well.
import type { Config } from '../../core/config/options.ts';
import { duration, plural, sats, time } from '../../core/in-words.ts';
import { restingUntil } from '../../core/rebalance/drivers.ts';
import type { Funds } from '../../core/rebalance/guard.ts';
import { heldBy, type Intent } from '../../core/rebalance/intent.ts';
import { displayId, type NodeSnapshot } from '../../core/snapshot.ts';
import {
  addMsat,
  msatToSats,
  satsToMsat,
  SECONDS_PER_DAY,
  SECONDS_PER_HOUR,
  subMsat,
  sumMsat,
  type Msat,
  type UnixSec,
} from '../../core/units.ts';
import type { Store } from '../../ports.ts';
import { told, type Alert } from '../alerts/alert.ts';
import type { NameOf } from '../channel-names.ts';
import type { ClbossView } from '../clboss.ts';
import { budgetSince } from './capital.ts';
import type { Drivers } from './driver-choice.ts';
import { rebalancedPeers, type Foreign } from './foreign-payments.ts';

export interface RebalanceAlertFacts {
  readonly now: UnixSec;
  readonly config: Config;
  readonly store: Pick<Store, 'rebalances' | 'fees'>;
  readonly nameOf: NameOf;
  /** Null where it could not be read, as the three below. */
  readonly snapshot: NodeSnapshot | null;
  readonly funds: Funds | null;
  readonly drivers: Drivers | null;
  readonly clboss: ClbossView | null;
  readonly foreign: Foreign;
}

/** Later than that a payment is not slow, but stuck: drivers give up after minutes. */
const LONG_UNKNOWN_SECONDS = SECONDS_PER_HOUR;
/** Channels or peers named in one sentence. */
const MOST_NAMED = 3;

/** A budget of zero is the operator's way to switch rebalancing off: what it would want is nothing to tell of then. */
const isOff = ({ dailyBudgetSats }: Config): boolean => dailyBudgetSats === 0;

/** @throws StoreError */
export const rebalanceAlerts = (facts: RebalanceAlertFacts): Alert[] => [
  // Each begins with the driver's name, or says that there is none.
  ...driverAlerts(facts).flatMap((text) => told('driver', [text], text.split(' ')[0])),
  ...told('reserve-low', reserveAlert(facts)),
  ...told('budget-used', budgetAlert(facts)),
  ...told('rebalance-unknown', unknownAlert(facts)),
  ...told('foreign-rebalances', foreignAlert(facts)),
  ...told('clboss-rebalances', clbossAlert(facts)),
];

const inSats = (amount: Msat): string => sats(msatToSats(amount));
const named = (names: readonly string[]): string => {
  const more = names.length - MOST_NAMED;
  return names.slice(0, MOST_NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
};

function driverAlerts({ now, config, store, drivers }: RebalanceAlertFacts): string[] {
  if (drivers === null || isOff(config)) return [];
  const { choice, available } = drivers;
  if (choice.driver === null)
    return [
      `nothing is rebalanced: ${choice.because}; ` +
        (config.rebalancer === 'auto'
          ? 'Core Lightning does from v24.11 on, or with one of the plugins circular, sling, rebalance'
          : `start it, or set revenue-ops-rebalancer to auto`),
    ];
  return [...store.rebalances.driverRecords().values()].flatMap((record) => {
    const { driver, errorsInRow } = record;
    const until = restingUntil(record, now);
    if (until === null || !available.has(driver)) return [];
    const broken = `${driver} has ended in errors of its own ${errorsInRow} times in a row`;
    if (choice.driver !== driver)
      return config.rebalancer === 'auto'
        ? [
            `${broken} and rests until ${time(until)}; ${choice.driver} is used meanwhile: look for ${driver} in the log`,
          ]
        : [];
    return [
      `${broken}, and nothing else is to be had` +
        (config.rebalancer === 'auto' ? '' : ' while revenue-ops-rebalancer names it') +
        `: look for ${driver} in the log` +
        (config.rebalancer === 'auto' ? '' : ', or set revenue-ops-rebalancer to auto'),
    ];
  });
}

function reserveAlert({ config, funds }: RebalanceAlertFacts): string[] {
  if (funds === null || isOff(config)) return [];
  const { onchainMsat, channelsMsat } = funds;
  const missing = subMsat(satsToMsat(config.minWalletReserve), addMsat(onchainMsat, channelsMsat));
  if (missing <= 0n) return [];
  return [
    `nothing is rebalanced: ${inSats(onchainMsat)} on chain and ${inSats(channelsMsat)} in channels are ${inSats(missing)} ` +
      `less than the wallet reserve of ${sats(config.minWalletReserve)}: add funds, or lower revenue-ops-min-wallet-reserve`,
  ];
}

function budgetAlert({ now, config, store, nameOf }: RebalanceAlertFacts): string[] {
  const ledger = store.rebalances;
  const since = budgetSince(now);
  if (isOff(config)) return [];
  const { spentMsat, reservedMsat } = ledger.spending(since);
  const pretended = config.dryRun ? sumMsat(ledger.dryRuns(since).map(({ maxFeeMsat }) => maxFeeMsat)) : null;
  const used = sumMsat([spentMsat, reservedMsat, ...(pretended === null ? [] : [pretended])]);
  const left = subMsat(satsToMsat(config.dailyBudgetSats), used);
  const waiting = ledger
    .verdictReasons()
    .filter(({ role, reason }) => role === 'destination' && reason === 'budget-used');
  if (left > 0n && waiting.length === 0) return [];
  const [first] = ledger.endedIntents(since).filter(({ feeMsat }) => feeMsat > 0n);
  const parts = [
    `${inSats(spentMsat)} spent`,
    ...(reservedMsat > 0n ? [`${inSats(reservedMsat)} reserved`] : []),
    ...(pretended === null ? [] : [`${inSats(pretended)} recorded as dry-run`]),
  ];
  return [
    `the budget of rebalancing is used up: of ${sats(config.dailyBudgetSats)} in 24 hours ${parts.join(', ')}` +
      (waiting.length === 0
        ? ''
        : `; what is left is too little for ${plural(waiting.length, 'channel')} that would be filled (${named(waiting.map(({ channelId }) => nameOf(channelId)))})`) +
      (first?.endedAt == null ? '' : `; the first of it is free again at ${time(first.endedAt + SECONDS_PER_DAY)}`) +
      ': wait, or raise revenue-ops-daily-budget-sats',
  ];
}

function unknownAlert({ now, store }: RebalanceAlertFacts): string[] {
  const lost = store.rebalances
    .openIntents()
    .filter(({ state, deadline }) => state === 'unknown' && now - deadline > LONG_UNKNOWN_SECONDS);
  const [first] = lost;
  if (first === undefined) return [];
  const held = inSats(sumMsat(lost.map(heldBy)));
  const which = `${inSats(first.amountMsat)} from ${first.from.scid} to ${first.to.scid} by ${first.driver}`;
  return [
    `${lost.length === 1 ? 'a rebalance is' : `${lost.length} rebalances are`} out of sight for ${duration(now - first.deadline)}` +
      `${lost.length === 1 ? '' : ', the first'}: ${which} (${first.message ?? 'nothing is known of it'}). ` +
      `${held} of the budget stay reserved until the node says how it ended${askFor(first)}`,
  ];
}

const askFor = ({ paymentHashes }: Intent): string => {
  const hash = paymentHashes.at(-1);
  return hash === undefined
    ? '; look at listsendpays, nothing else is to be done'
    : `; see lightning-cli listsendpays -k payment_hash=${hash}, nothing else is to be done`;
};

function foreignAlert({ foreign, nameOf }: RebalanceAlertFacts): string[] {
  const { rivals } = foreign;
  const last = rivals.at(-1);
  if (last === undefined) return [];
  const count = new Set(rivals.map(({ paymentHash }) => paymentHash)).size;
  const moved = inSats(sumMsat(rivals.map(({ amount }) => amount)));
  const cost = inSats(sumMsat(rivals.map(({ fee }) => fee)));
  const [from, to] = [last.outChannel, last.inChannel].map((id) => (id === null ? 'an unknown channel' : nameOf(id)));
  return [
    `someone else rebalances channels that we rebalance too: ${plural(count, 'payment')} to ourselves within 24 hours moved ` +
      `${moved} for ${cost}, the last from ${from ?? ''} to ${to ?? ''} at ${time(last.time)}, and none is ours. Two ` +
      "rebalancers can undo each other's work: stop the other, or leave it those channels with revenue-policy set … rebalance=none",
  ];
}

function clbossAlert({ now, config, store, clboss, snapshot }: RebalanceAlertFacts): string[] {
  if (clboss?.available !== true || snapshot === null) return [];
  const ours = rebalancedPeers(store, now);
  const kept = new Set(
    clboss.peers.filter(({ tags }) => tags?.includes('balance') === true).map(({ peerId }) => peerId),
  );
  const peers = new Map(snapshot.channels.map((channel) => [channel.peerId, channel]));
  const both = [...ours].flatMap((peer) => (kept.has(peer) ? [] : (peers.get(peer) ?? [])));
  if (both.length === 0) return [];
  const names = both.map(displayId);
  return [
    `clboss may rebalance ${plural(both.length, 'peer')} that we have rebalanced within a week (${named(names)}), ` +
      (config.clbossEnabled
        ? 'since it has refused or lost the tag balance, which each live cycle of rebalancing asks for: if this stays, see ' +
          'the log, or leave it the balance of those peers with revenue-policy set … rebalance=none'
        : 'because revenue-ops-clboss-enabled is false: set it to true, or stop one of the two'),
  ];
}
