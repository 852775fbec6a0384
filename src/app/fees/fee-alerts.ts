// What of the fees should an operator look at? None when all is well.
import type { Config } from '../../core/config/options.ts';
import { policyOf } from '../../core/fee/policy.ts';
import { time } from '../../core/in-words.ts';
import { displayId, type NodeSnapshot } from '../../core/snapshot.ts';
import { channelId, daysBefore, nodeId, type ChannelId, type UnixSec } from '../../core/units.ts';
import { EXTERNAL_REASON, type FeeChangeRecord, type FeeStore, type Policy } from '../../ports.ts';
import { told, type Alert } from '../alerts/alert.ts';
import type { ClbossView } from '../clboss.ts';

export interface FeeAlertFacts {
  readonly now: UnixSec;
  readonly store: FeeStore;
  /** Null where it could not be read, as the two below. */
  readonly snapshot: NodeSnapshot | null;
  readonly commands: ReadonlySet<string> | null;
  readonly clboss: ClbossView | null;
  readonly config: Config;
}

/** A person changes a fee once and sees that it stays; what changes it again within a day is a program. */
const PROGRAM_CHANGES = 2;
/** Plugins that set fees by themselves, by a command that each has. */
const FEE_SETTERS: Readonly<Record<string, string>> = { feeadjuster: 'feeadjust' };

/** @throws StoreError */
export function feeAlerts(facts: FeeAlertFacts): Alert[] {
  const { commands, clboss, config } = facts;
  const alerts = [...externalAlerts(facts), ...told('fees-held', holdAlert(facts))];
  for (const [plugin, command] of Object.entries(FEE_SETTERS))
    if (commands?.has(command))
      alerts.push(
        ...told('fee-setter', [`${plugin} is loaded and sets fees too: stop it, or every fee is set twice`], plugin),
      );
  if (clboss?.available === true && !config.clbossEnabled)
    alerts.push(
      ...told(
        'fee-setter',
        ['clboss is there and sets fees too, because revenue-ops-clboss-enabled is false'],
        'clboss',
      ),
    );
  return alerts;
}

function externalAlerts(facts: FeeAlertFacts): Alert[] {
  const { now, store, snapshot } = facts;
  const since = daysBefore(now, 1);
  const names = new Map<string, string>(snapshot?.channels.map((each) => [each.channelId, displayId(each)]));
  const changed = new Set<ChannelId>(store.changesSince(since).map(({ channelId }) => channelId));
  const policies = store.policies(now);
  const foreign = [...changed].flatMap((channel) => {
    const theirs = store.changesOf(channel, MOST_ROWS).filter((row) => isForeign(row) && row.timestamp >= since);
    const [last] = theirs;
    const name = names.get(channel);
    // A channel that is closing is no matter of fees any more.
    if (last === undefined || (snapshot && name === undefined)) return [];
    const strategy = strategyFor(last, policies, snapshot);
    return strategy === 'passive' ? [] : [{ name: name ?? channel, last, strategy, times: theirs.length }];
  });
  const programs = foreign.filter(
    ({ times, last }) => times >= PROGRAM_CHANGES && clbossAt(last, facts) !== 'sets-fees',
  );
  const wasClboss = programs.some(({ last }) => clbossAt(last, facts) === 'was-stopped');
  const pricing = store.pricing();
  // Not those that the operator has taken over since, nor those that his policy has set back at once.
  const left = foreign.filter(
    ({ last, strategy }) => strategy !== 'static' && (pricing.get(nodeId(last.peerId))?.state.externalUntil ?? 0) > now,
  );
  const [first] = left;
  const more = left.length > 1 ? `, and ${left.length - 1} more` : '';
  return [
    ...(first === undefined
      ? []
      : told('fees-changed', [
          `fees were changed by someone else within a day, which are left alone for a day: ${first.name} (${first.last.oldFeePpm} to ${first.last.newFeePpm} ppm)${more}`,
        ])),
    ...(programs.length === 0
      ? []
      : told('fees-changed-again', [
          `something else sets fees again and again (${programs.map(({ name }) => name).join(', ')}): stop it, or leave it those peers with revenue-policy set … strategy=passive` +
            (wasClboss
              ? '; if it was clboss, it has stopped: we have taken lnfee from it, and this ends within a day'
              : ''),
        ])),
  ];
}

/**
 * Where clboss sets the fees it is no riddle who does: the next live cycle takes them from it, and says so where it is
 * refused. Once they are taken, its changes of the last day are still there.
 */
function clbossAt({ peerId }: FeeChangeRecord, { clboss, config }: FeeAlertFacts): 'sets-fees' | 'was-stopped' | null {
  if (clboss?.available !== true || !config.clbossEnabled) return null;
  const known = clboss.peers.find((each) => each.peerId === peerId);
  if (known?.tags?.includes('lnfee') !== true) return 'sets-fees';
  return known.ours.includes('lnfee') ? 'was-stopped' : null;
}

/** Who is to set it, by the operator's word. */
function strategyFor(
  { channelId: own, peerId }: FeeChangeRecord,
  policies: readonly Policy[],
  snapshot: NodeSnapshot | null,
): Policy['strategy'] | undefined {
  const beside = snapshot?.channels.filter((each) => each.peerId === peerId && !each.private) ?? [];
  const channels = [channelId(own), ...beside.map((each) => each.channelId)];
  return policyOf(nodeId(peerId), channels, policies)?.strategy;
}

/** Rows looked at per channel; six changes of ours a day and as many by others. */
const MOST_ROWS = 12;
const isForeign = ({ reason }: FeeChangeRecord): boolean => reason === EXTERNAL_REASON;

function holdAlert({ now, store }: FeeAlertFacts): string[] {
  const untils = [...store.holds(now).values()].map(({ until }) => until).sort((a, b) => a - b);
  const [first] = untils;
  if (first === undefined) return [];
  return [
    `the fees of ${untils.length === 1 ? 'one peer' : `${untils.length} peers`} are held as set by hand, ${untils.length === 1 ? 'until' : 'the first until'} ${time(first)}`,
  ];
}
