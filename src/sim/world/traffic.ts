// Who pays through us? Random forwards whose channels each have a tide: for days money runs out by one and in by another.
import { addMsat, msat, scid, subMsat } from '../../core/units.ts';
import type { Msat, Scid } from '../../core/units.ts';
import { CLTV_DELTA } from './channel-life.ts';
import { forwardKey } from './forward-log.ts';
import { canAddHtlc, canReceive, fullness, nameOf, receiveForward, resolveForward } from './forwarding.ts';
import { feeOf } from './liquidity.ts';
import { startMarket } from './market-traffic.ts';
import { scheduleResolve } from './settling.ts';
import type { SeededRandom } from './random.ts';
import type { Sim } from './sim.ts';
import type { Channel, Habit } from './state.ts';

const DAY_MS = 86_400_000;
/** Share of all capacity that is asked for per day; at 30 % a tide empties a channel in about a week. */
const DAILY_TURNOVER = 0.3;
/** No payment is expected to be larger than this part of an average channel. */
const LARGEST_MEAN = 0.1;
/** Spread of payment sizes, natural logarithm: many small ones, a few a hundred times the median. */
const SIZE_SIGMA = 1.2;
/** BOLT 2 lets channels carry less, but payments below a sat are noise. */
const SMALLEST = 1000;
/** Shares of payments that fail further on, ask for less than our fee, or for a channel nobody has. */
const FAILS_DOWNSTREAM = 0.08;
const UNDERPAYS = 0.005;
const BOGUS_NEXT_PEER = 0.003;
/** Some senders round the fee up. */
const OVERPAYS = 0.02;
/** Draws how payments will use a channel: a third with a strong tide, a third with a mild one, a third with almost none. */
export function drawHabit(random: SeededRandom): Habit {
  const strength = [0.2, 1.5, 3.5][random.integer(0, 2)] ?? 1;
  return {
    drift: strength * random.between(0.7, 1.3),
    periodDays: random.between(12, 40),
    phase: random.next(),
    popularity: Math.exp(0.6 * random.normal()),
  };
}

export function setTraffic(sim: Sim, forwardsPerDay: number): void {
  const { traffic } = sim.state;
  traffic.forwardsPerDay = forwardsPerDay;
  // Arrivals already scheduled at the old rate are of an old generation and lapse.
  traffic.generation++;
  const { market } = sim.state.config;
  if (market === null) scheduleArrival(sim);
  else if (forwardsPerDay > 0) startMarket(sim, market, forwardsPerDay);
}

function scheduleArrival(sim: Sim): void {
  const { forwardsPerDay, generation } = sim.state.traffic;
  if (forwardsPerDay <= 0) return;
  const wait = sim.random.exponential(DAY_MS / forwardsPerDay);
  sim.schedule(sim.state.now + wait, { kind: 'arrival', generation });
}

export function arrive(sim: Sim, generation: number): void {
  if (generation !== sim.state.traffic.generation) return;
  scheduleArrival(sim);
  const channels = [...sim.state.channels.values()].filter(canAddHtlc);
  const pair = choosePair(sim, channels);
  if (!pair) return;
  const outMsat = drawAmount(sim, channels);
  const { random } = sim;
  const requested = random.chance(BOGUS_NEXT_PEER) ? bogusScid(sim) : nameOf(pair.exit);
  const fee = drawFee(sim, pair.exit, outMsat);
  const inMsat = addMsat(outMsat, fee);
  // What the incoming channel cannot carry fails before it reaches us, unseen.
  if (!canReceive(pair.entry, inMsat)) return;
  const row = receiveForward(sim, { incoming: pair.entry, requested, inMsat, outMsat, cltvDelta: CLTV_DELTA });
  if (row.status !== 'offered') return;
  scheduleResolve(sim, row, !random.chance(FAILS_DOWNSTREAM));
}

export function resolveDue(sim: Sim, inChannel: Scid, inHtlcId: number, settles: boolean): void {
  const row = sim.state.forwards.offered.get(forwardKey({ inChannel, inHtlcId }));
  if (row) resolveForward(sim, row, settles ? 'settled' : 'failed');
}

/** By tide and popularity; a channel that is nearly empty on one side is used the other way (its owner restores it). */
function choosePair(sim: Sim, channels: readonly Channel[]): { entry: Channel; exit: Channel } | null {
  const entries: number[] = [];
  const exits: number[] = [];
  for (const channel of channels) {
    const habit = habitOf(sim, channel);
    const tide = habit.drift * Math.sin(2 * Math.PI * (sim.state.now / DAY_MS / habit.periodDays + habit.phase));
    const full = fullness(channel);
    const up = sim.state.peers.get(channel.peerId)?.connected ? 1 : 0;
    // Senders retry elsewhere after a failure, so an empty side is asked for less, but still asked for.
    entries.push(up * habit.popularity * Math.exp(-tide) * (1 - full));
    exits.push(habit.popularity * Math.exp(tide) * (0.05 + full));
  }
  const entry = channels[sim.random.weighted(entries)];
  if (!entry) return null;
  const others = exits.map((weight, i) => (channels[i]?.peerId === entry.peerId ? 0 : weight));
  const exit = channels[sim.random.weighted(others)];
  return exit ? { entry, exit } : null;
}

function habitOf(sim: Sim, channel: Channel): Habit {
  const { habits } = sim.state.traffic;
  const known = habits.get(channel.id);
  if (known) return known;
  const drawn = drawHabit(sim.random);
  habits.set(channel.id, drawn);
  return drawn;
}

function drawAmount(sim: Sim, channels: readonly Channel[]): Msat {
  const capacity = channels.reduce((total, channel) => total + Number(channel.capacity), 0);
  const perPayment = (DAILY_TURNOVER * capacity) / sim.state.traffic.forwardsPerDay;
  const mean = Math.min(perPayment, (LARGEST_MEAN * capacity) / channels.length);
  const size = mean * Math.exp(SIZE_SIGMA * sim.random.normal() - SIZE_SIGMA ** 2 / 2);
  return msat(Math.max(SMALLEST, Math.round(size)));
}

function drawFee(sim: Sim, exit: Channel, amount: Msat): Msat {
  const fee = feeOf(amount, exit.policy.baseMsat, exit.policy.ppm);
  if (sim.random.chance(UNDERPAYS)) return fee > 0n ? subMsat(fee, msat(1n)) : fee;
  return sim.random.chance(OVERPAYS) ? addMsat(fee, msat(sim.random.integer(1, 1000))) : fee;
}

const bogusScid = (sim: Sim): Scid =>
  scid(`${sim.random.integer(800_000, 900_000)}x${sim.random.integer(1, 3000)}x${sim.random.integer(0, 3)}`);
