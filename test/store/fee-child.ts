// A process that prices and does nothing else, to be killed: `fee-child.mjs <database>`.
import { setTimeout as pause } from 'node:timers/promises';
import { ppm, unixSec } from '../../src/core/units.ts';
import { NO_SOURCES } from '../../src/core/fee/sources.ts';
import type { UnitState } from '../../src/core/fee/types.ts';
import type { FeeIntent, FeeStore, KeptPricing } from '../../src/ports.ts';
import { openStore } from '../../src/store/open.ts';
import { channelOf, peerOf } from './fee-examples.ts';

const CHANNELS = 4;
/** What the node takes to set a fee. */
const NODE_MS = 1;
export const BEGIN = 1_795_000_000;
/** Whose state counts the cycles. */
export const COUNTER = peerOf(0);

/** Cycle `n` intends this, always; the fee is the cycle's number, so that each intent can be told. */
export const intentsOf = (n: number): FeeIntent[] =>
  Array.from({ length: CHANNELS }, (_, i) => ({
    channelId: channelOf(i),
    peerId: peerOf(i),
    oldFeePpm: ppm(n - 1),
    newFeePpm: ppm(n),
    reason: 'step',
    manual: false,
    at: unixSec(BEGIN + n),
  }));

const stateOf = (n: number): UnitState => ({
  version: 1,
  observedUntil: unixSec(BEGIN + n),
  seen: {},
  seenAt: unixSec(0),
  lastPpm: null,
  proposal: null,
  externalUntil: unixSec(0),
  ownZero: false,
  slowPrice: 0,
  sources: NO_SOURCES,
  flow: { forwards: 0, sats: 0, days: 0 },
  memory: [],
  memoryAt: unixSec(0),
  halfLifeDays: 30,
  levels: [],
  capacitySats: 0,
  learner: {
    kind: 'hill-climb',
    lnMarkup: 5,
    direction: 1,
    step: 0.2,
    window: { since: unixSec(0), cells: [], unmet: 0 },
    previousPpm: null,
    suspicion: { up: 0, down: 0 },
    optimum: null,
  },
});

/** How many cycles have been saved. */
export function cyclesOf(fees: FeeStore): number {
  const until = fees.pricing().get(COUNTER)?.state.observedUntil;
  return until === undefined ? 0 : until - BEGIN;
}

/** One cycle after the other for as long as the process lives; what an earlier one has left open is settled first. */
async function priceForEver(fees: FeeStore): Promise<never> {
  for (;;) {
    for (const { channelId } of fees.intents()) fees.settleIntent(channelId, 'done');
    const n = cyclesOf(fees) + 1;
    const kept: KeptPricing = { state: stateOf(n), liquid: true, rivals: null };
    fees.saveCycle({
      pricing: new Map([[COUNTER, kept]]),
      decisions: new Map(),
      intents: intentsOf(n),
      changes: [],
    });
    for (const { channelId } of intentsOf(n)) {
      await pause(NODE_MS);
      fees.settleIntent(channelId, 'done');
    }
  }
}

async function main(path: string): Promise<void> {
  const store = openStore(path, { lockWaitMs: 5000 });
  process.send?.('begins');
  await priceForEver(store.fees);
}

const [path] = process.argv.slice(2);
if (path !== undefined && process.send) await main(path);
