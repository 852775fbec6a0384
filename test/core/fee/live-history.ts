// Lives a random history cycle by cycle against a pretended node, and hands every cycle to the property.
import type { Rivalry } from '../../../src/core/fee/rivalry.ts';
import { decideFees } from '../../../src/core/fee/decide.ts';
import type {
  FeeConfig,
  FeeInput,
  FeeOutcome,
  PastChange,
  PricedChannel,
  PricingUnit,
  UnitState,
} from '../../../src/core/fee/types.ts';
import { msat, ppm, satsToMsat, unixSec, ZERO_MSAT, type NodeId } from '../../../src/core/units.ts';
import { chan, CONFIG, peer, START } from './builders.ts';
import type { History } from './histories.ts';
import { followedRivalry } from './rival-lives.ts';

/** As in the years before START: they are the same in every history. */
const followed = new Map<number, Rivalry>();
function followedRivalryOnce(usualPpm: number): Rivalry {
  const known = followed.get(usualPpm) ?? followedRivalry(usualPpm);
  followed.set(usualPpm, known);
  return known;
}

const CAPACITY_SATS = 5_000_000;

export interface Cycle {
  readonly input: FeeInput;
  readonly outcome: FeeOutcome;
  /** All changes there ever were, by channel number. */
  readonly changes: readonly PastChange[];
}

interface Peer {
  readonly fees: Map<number, number>;
  holdUntil: number;
  observedUntil: number;
}

export function live(history: History, onCycle: (cycle: Cycle) => void): void {
  const config: FeeConfig = {
    ...CONFIG,
    algorithm: history.algorithm,
    minPpm: history.minPpm,
    maxPpm: history.maxPpm,
    window: { forwards: history.windowForwards, minHours: history.minHours, maxHours: 240 },
  };
  const peers = history.peers.map(({ channels, startPpm }, p): Peer => {
    const numbers = Array.from({ length: channels }, (_, c) => p * 10 + c + 1);
    return { fees: new Map(numbers.map((n) => [n, startPpm])), holdUntil: 0, observedUntil: START };
  });
  const changes: PastChange[] = [];
  let states: ReadonlyMap<NodeId, UnitState> = new Map();
  let now = START;
  for (const step of history.steps) {
    now += step.seconds;
    const units = peers.map((state, p): PricingUnit => {
      const facts = history.peers[p];
      const happened = step.peers[p];
      if (facts === undefined || happened === undefined) throw new Error('a peer without a history');
      if (happened.stranger !== null) for (const n of state.fees.keys()) state.fees.set(n, happened.stranger);
      if (happened.hold !== null) state.holdUntil = now + happened.hold * 3600;
      const fees = new Set(state.fees.values());
      const hours = (now - state.observedUntil) / 3600;
      const observation = happened.readable
        ? {
            from: unixSec(state.observedUntil),
            until: unixSec(now),
            livePpm: fees.size === 1 ? ppm([...fees][0] ?? 0) : null,
            exposureHours: happened.exposed * hours,
            forwards: happened.forwards,
            amountMsat: satsToMsat(happened.forwards * 60_000),
            feeMsat: ZERO_MSAT,
            sources:
              happened.forwards > 0 ? [{ channelId: chan(happened.from * 10 + 1), forwards: happened.forwards }] : [],
            unmet: happened.unmet,
            broughtInMsat: ZERO_MSAT,
          }
        : null;
      if (happened.readable) state.observedUntil = now;
      const local = satsToMsat(Math.round(CAPACITY_SATS * happened.share));
      const channels: PricedChannel[] = [...state.fees].map(([n, fee]) => ({
        channelId: chan(n),
        capacity: satsToMsat(CAPACITY_SATS),
        local,
        spendable: local,
        connected: happened.connected,
        private: false,
        feePpm: ppm(fee),
        feeBase: msat(1000),
      }));
      const first = channels[0];
      if (facts.privateToo && first !== undefined)
        channels.push({ ...first, channelId: chan(p * 10 + 9), private: true, feePpm: ppm(77) });
      return {
        peerId: peer(p + 1),
        channels,
        observation,
        economics:
          facts.economics === null
            ? null
            : {
                chainCostMsat: satsToMsat(facts.economics.chainCostSats),
                profitClass: facts.economics.profitClass,
                lots:
                  facts.economics.lots === null
                    ? null
                    : {
                        costPpm: facts.economics.lots.costPpm,
                        remainingMsat: satsToMsat(facts.economics.lots.remainingSats),
                        ageDays: facts.economics.lots.ageDays,
                      },
              },
        policy: facts.policy,
        hold: state.holdUntil > now ? { until: unixSec(state.holdUntil), by: 'operator' } : null,
        recentChanges: changes.filter(
          ({ channelId, at }) => at > now - 86_400 && [...state.fees.keys()].some((n) => chan(n) === channelId),
        ),
        rivals:
          facts.rivalP50 === null
            ? null
            : { p25: facts.rivalP50 / 2, p50: facts.rivalP50, p75: facts.rivalP50 * 2, channels: 9 },
        rivalry: facts.followerPpm === null ? null : followedRivalryOnce(facts.followerPpm),
        refillPpm: facts.rivalP50,
      };
    });
    const input: FeeInput = { now: unixSec(now), config, units, states };
    const outcome = decideFees(input);
    onCycle({ input, outcome, changes });
    states = outcome.next;
    for (const decision of outcome.decisions) {
      const p = peers.findIndex((_, i) => peer(i + 1) === decision.peerId);
      const state = peers[p];
      if (decision.kind !== 'set' || state === undefined || step.peers[p]?.setWorks !== true) continue;
      for (const { channelId, fromPpm } of decision.changes) {
        changes.push({ channelId, at: unixSec(now), fromPpm, toPpm: decision.ppm });
        for (const n of state.fees.keys()) if (chan(n) === channelId) state.fees.set(n, decision.ppm);
      }
    }
  }
}
