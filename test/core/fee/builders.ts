// A node to price: peers with plain defaults, and a driver that plays a node carrying out (or refusing) decisions.
import { decideFees } from '../../../src/core/fee/decide.ts';
import {
  DYNAMIC_POLICY,
  type FeeConfig,
  type FeeDecision,
  type FeeOutcome,
  type PastChange,
  type PricedChannel,
  type PricingUnit,
  type UnitState,
} from '../../../src/core/fee/types.ts';
import {
  channelId,
  nodeId,
  ppm,
  satsToMsat,
  unixSec,
  ZERO_MSAT,
  type ChannelId,
  type NodeId,
} from '../../../src/core/units.ts';

export const START = 1_700_000_000;
export const peer = (n: number): NodeId => nodeId(`02${String(n).padStart(64, '0')}`);
export const chan = (n: number): ChannelId => channelId(String(n).padStart(64, '0'));

export const CONFIG: FeeConfig = {
  minPpm: 10,
  maxPpm: 5000,
  targetFlowSats: 100_000,
  algorithm: 'hill-climb',
  dryRun: false,
  window: { forwards: 30, minHours: 6, maxHours: 240 },
};

/** Five million sats, half of them ours, 250 ppm. */
const CAPACITY_SATS = 5_000_000;

export function channel(n: number, changes: Partial<PricedChannel> & { readonly share?: number } = {}): PricedChannel {
  const { share = 0.5, ...rest } = changes;
  const local = satsToMsat(Math.round(5_000_000 * share));
  return {
    channelId: chan(n),
    capacity: satsToMsat(CAPACITY_SATS),
    local,
    spendable: local,
    connected: true,
    private: false,
    feePpm: ppm(250),
    feeBase: ZERO_MSAT,
    ...rest,
  };
}

export function unit(n: number, changes: Partial<PricingUnit> = {}): PricingUnit {
  return {
    peerId: peer(n),
    channels: [channel(n)],
    observation: null,
    economics: null,
    policy: DYNAMIC_POLICY,
    hold: null,
    recentChanges: [],
    rivals: null,
    rivalry: null,
    refillPpm: null,
    ...changes,
  };
}

/** What happened in one interval. */
export interface Happened {
  readonly hours: number;
  readonly forwards?: number;
  readonly sats?: number;
  readonly exposureHours?: number;
  readonly unmet?: number;
  readonly share?: number;
  /** All of its channels together, where one has opened, has closed or was spliced; the share is of the usual one. */
  readonly capacitySats?: number;
  /** Share of the capacity that payments to ourselves have brought in; below 0 what they took out. */
  readonly broughtIn?: number;
  readonly sources?: readonly number[];
}

/** One peer on a node that does as it is told, unless it is told to refuse. */
export class Played {
  now = START;
  fee: number;
  states: ReadonlyMap<NodeId, UnitState> = new Map();
  changes: PastChange[] = [];
  decisions: FeeDecision[] = [];
  refuse = false;
  extra: Partial<PricingUnit>;
  config: FeeConfig;
  others: readonly PricingUnit[];
  #seen = START;

  constructor(fee: number, config: Partial<FeeConfig> = {}, extra: Partial<PricingUnit> = {}) {
    this.fee = fee;
    this.config = { ...CONFIG, ...config };
    this.extra = extra;
    // Two peers beside it whose balance and fee never change: where its payments come from.
    const passive = { ...DYNAMIC_POLICY, strategy: 'passive' } as const;
    this.others = [unit(2, { policy: passive }), unit(3, { policy: passive })];
  }

  get state(): UnitState {
    const state = this.states.get(peer(1));
    if (state === undefined) throw new Error('no cycle has run yet');
    return state;
  }

  /** Lets time pass, runs a cycle, carries its decision out. */
  cycle(happened: Happened): FeeDecision {
    this.now += Math.round(happened.hours * 3600);
    const forwards = happened.forwards ?? 0;
    const observed = unit(1, {
      channels: [
        channel(1, {
          feePpm: ppm(this.fee),
          share: happened.share ?? 0.5,
          capacity: satsToMsat(happened.capacitySats ?? CAPACITY_SATS),
        }),
      ],
      observation: {
        from: unixSec(this.#seen),
        until: unixSec(this.now),
        livePpm: ppm(this.fee),
        exposureHours: happened.exposureHours ?? happened.hours,
        forwards,
        amountMsat: satsToMsat(Math.round(happened.sats ?? forwards * 70_000)),
        feeMsat: ZERO_MSAT,
        sources: (happened.sources ?? []).map((n) => ({ channelId: chan(n), forwards: 1 })),
        unmet: happened.unmet ?? 0,
        broughtInMsat: satsToMsat(Math.round(CAPACITY_SATS * (happened.broughtIn ?? 0))),
      },
      // As gatherUnits has it.
      recentChanges: this.changes.filter(({ at }) => at <= this.now),
      ...this.extra,
    });
    this.#seen = this.now;
    const outcome: FeeOutcome = decideFees({
      now: unixSec(this.now),
      config: this.config,
      units: [observed, ...this.others],
      states: this.states,
    });
    this.states = outcome.next;
    const decision = outcome.decisions.find(({ peerId }) => peerId === peer(1));
    if (decision === undefined) throw new Error('no decision');
    this.decisions.push(decision);
    if (decision.kind === 'set' && !this.refuse && !this.config.dryRun) {
      this.changes.push({ channelId: chan(1), at: unixSec(this.now), fromPpm: ppm(this.fee), toPpm: decision.ppm });
      this.fee = decision.ppm;
    }
    return decision;
  }

  /** Sets the clock, on or back; what happens until the next cycle is seen by that one. */
  jump(seconds: number): void {
    this.now += seconds;
    this.#seen = Math.min(this.#seen, this.now);
  }

  /** The same interval again and again; returns the fee after each. */
  run(cycles: number, happened: (cycle: number) => Happened): number[] {
    return Array.from({ length: cycles }, (_, i) => {
      this.cycle(happened(i));
      return this.fee;
    });
  }
}
