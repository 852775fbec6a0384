// How does a world begin? Peers, a wallet, channels of every kind, two of them closed before the history starts.
import { ZERO_MSAT, msat, satsToMsat } from '../../core/units.ts';
import type { Msat } from '../../core/units.ts';
import { scenarioNamed } from '../market/scenario.ts';
import { scheduleAutoclean } from './autoclean.ts';
import { mineBlock, scheduleBlock } from './chain.ts';
import { openChannel } from './channel-life.ts';
import type { Opening } from './channel-life.ts';
import type { WorldConfig } from './config.ts';
import { makeNodeId } from './identity.ts';
import { addPeer } from './peers.ts';
import { seedState } from './random.ts';
import { Sim } from './sim.ts';
import { SUBSYSTEMS } from './state.ts';
import type { Channel, IndexName, Subsystem, WorldState } from './state.ts';
import { deposit } from './wallet.ts';

const DAY_MS = 86_400_000;
const BLOCK_MS = 600_000;
/** Where regtest networks usually are once coins are spendable. */
const FIRST_HEIGHT = 110;
/** Time before the history: enough for the closed channels to be confirmed, swept and forgotten. */
const PRELUDE_DAYS = 2;
/** A history shorter than this has its closed channels behind it, a longer one in its middle. */
const CLOSES_INSIDE_FROM_DAYS = 4;

/** Capacities of small routing nodes, in units of 100,000 sats. */
const CAPACITY = { smallest: 10, largest: 100, unitSats: 100_000 } as const;
/** Percent of the capacity that the opener gives away or the other side brings: both directions can be used then. */
const PUSH_PERCENT = { least: 20, most: 60 } as const;
/** Fee rates of ordinary channels, both sides. */
const PPM = { lowest: 10, highest: 800 } as const;

/** The state at genesis, with everything scheduled; the caller lets time run to the start. */
export function createSim(config: WorldConfig): Sim {
  const sim = new Sim(emptyState(config));
  const closed = config.closedChannels ? 2 : 0;
  const openings = drawOpenings(sim, config.channels + closed, config.funding);
  fundWallet(sim, openings);
  const channels = openings.map((opening) => {
    const channel = openChannel(sim, opening);
    sim.state.now += BLOCK_MS;
    mineBlock(sim);
    return channel;
  });
  scheduleBlock(sim);
  scheduleAutoclean(sim);
  const historyStart = config.startMs - config.historyDays * DAY_MS;
  const { market, forwardsPerDay } = config;
  const rate = market !== null && forwardsPerDay === 0 ? scenarioNamed(market).forwardsPerDay : forwardsPerDay;
  sim.schedule(historyStart, { kind: 'traffic', forwardsPerDay: rate });
  const inside = config.historyDays >= CLOSES_INSIDE_FROM_DAYS;
  const closeAt = inside ? historyStart + (config.historyDays * DAY_MS) / 2 : sim.state.now;
  scheduleClose(sim, channels.at(-1), closed > 0, closeAt, 'mutual');
  scheduleClose(sim, channels.at(-2), closed > 0, closeAt, 'unilateral');
  return sim;
}

function scheduleClose(
  sim: Sim,
  channel: Channel | null | undefined,
  wanted: boolean,
  at: number,
  how: 'mutual' | 'unilateral',
): void {
  if (wanted && channel) sim.schedule(at, { kind: 'close', channelId: channel.id, how });
}

function fundWallet(sim: Sim, openings: readonly Opening[]): void {
  const ours = openings.filter((opening) => opening.opener === 'local');
  // Each opening has its own output and change left over; one more is never touched.
  for (const { capacity, theirs } of ours) deposit(sim, msat(capacity - theirs + satsToMsat(500_000)));
  deposit(sim, satsToMsat(10_000_000));
}

/** Channel 1 goes to the peer of channel 0; channel 2 is private and, like every third, opened by the peer. */
function drawOpenings(sim: Sim, count: number, funding: WorldConfig['funding']): Opening[] {
  const { random } = sim;
  return Array.from({ length: count }, (_, i) => {
    const peer = i === 1 ? [...sim.state.peers.values()][0] : undefined;
    const capacity = satsToMsat(random.integer(CAPACITY.smallest, CAPACITY.largest) * CAPACITY.unitSats);
    const percent = random.integer(PUSH_PERCENT.least, PUSH_PERCENT.most);
    const share = msat((capacity * BigInt(percent)) / 100n);
    const opener = i % 3 === 2 ? 'remote' : 'local';
    return {
      peerId: (peer ?? addPeer(sim, i + 1)).id,
      opener,
      capacity,
      pushed: funding === 'push' ? share : ZERO_MSAT,
      theirs: funding === 'joint' && opener === 'local' ? share : ZERO_MSAT,
      private: i === 2,
      feePpm: random.integer(PPM.lowest, PPM.highest),
      remoteFeePpm: random.integer(PPM.lowest, PPM.highest),
    };
  });
}

function emptyState(config: WorldConfig): WorldState {
  const feesCollected: Msat = ZERO_MSAT;
  return {
    config,
    nodeId: makeNodeId(config.seed, 0),
    now: config.startMs - (config.historyDays + PRELUDE_DAYS) * DAY_MS,
    height: FIRST_HEIGHT,
    random: seedState(config.seed),
    queue: [],
    counters: { order: 0, tx: 0, address: 0, payment: 0 },
    peers: new Map(),
    channels: new Map(),
    closed: [],
    forwards: { byCreated: [], byUpdated: [], offered: new Map() },
    feesCollected,
    indexes: noIndexes(),
    channelMoves: [],
    chainMoves: [],
    onchainFees: [],
    wallet: [],
    payments: [],
    invoices: [],
    datastore: new Map(),
    graph: [],
    runes: { created: 0, blacklist: [], lastUsed: new Map() },
    layers: [],
    reservations: [],
    circles: [],
    traffic: { forwardsPerDay: 0, generation: 0, habits: new Map(), market: null },
    cleaned: { succeededForwards: 0, failedForwards: 0 },
  };
}

function noIndexes(): Record<Subsystem, Record<IndexName, number>> {
  const none = (): Record<IndexName, number> => ({ created: 0, updated: 0, deleted: 0 });
  return Object.fromEntries(SUBSYSTEMS.map((name) => [name, none()])) as Record<Subsystem, Record<IndexName, number>>;
}
