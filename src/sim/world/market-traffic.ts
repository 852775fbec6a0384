// Who pays through us when senders look at the price? The market's demand, put to the simulated node.
import { addMsat, msat } from '../../core/units.ts';
import type { Msat } from '../../core/units.ts';
import { DemandStream, startDemand, type Attempt } from '../market/demand-stream.ts';
import { gossipDelay, paysTheNewFee, splits } from '../market/luck.ts';
import { createMarket, OUTSIDE } from '../market/market.ts';
import { scenarioNamed } from '../market/scenario.ts';
import { CLTV_DELTA } from './channel-life.ts';
import {
  canAddHtlc,
  canReceive,
  FEE_INSUFFICIENT,
  findChannel,
  nameOf,
  receiveForward,
  TEMPORARY_CHANNEL_FAILURE,
} from './forwarding.ts';
import { feeOf } from './liquidity.ts';
import { scheduleResolve } from './settling.ts';
import type { Sim } from './sim.ts';
import type { Channel, MarketState } from './state.ts';

/** Days within which regimes may shift: longer than any world is run. */
const HORIZON_DAYS = 3650;

/** The stream that goes on from a state; made once, because drawing up a market takes milliseconds. */
const streams = new WeakMap<MarketState, DemandStream>();

function streamOf(sim: Sim, state: MarketState): DemandStream {
  const known = streams.get(state);
  if (known) return known;
  const scenario = { ...scenarioNamed(state.scenario), forwardsPerDay: state.forwardsPerDay };
  const { capacitiesSats, start } = state;
  const market = createMarket(scenario, sim.seed, HORIZON_DAYS, { capacitiesSats, start });
  const stream = new DemandStream(market, state.demand);
  streams.set(state, stream);
  return stream;
}

/** Payments begin to come, for the channels there are now. @throws RangeError for an unknown scenario */
export function startMarket(sim: Sim, scenario: string, forwardsPerDay: number): void {
  const usable = [...sim.state.channels.values()].filter(canAddHtlc);
  const start = sim.seconds();
  const market: MarketState = {
    scenario: scenarioNamed(scenario).name,
    forwardsPerDay,
    start,
    channels: usable.map(({ id }) => id),
    capacitiesSats: usable.map(({ capacity }) => Number(capacity / 1000n)),
    demand: startDemand(sim.seed, start),
  };
  sim.state.traffic.market = market;
  scheduleAttempt(sim, market);
}

function scheduleAttempt(sim: Sim, market: MarketState): void {
  const attempt = streamOf(sim, market).next();
  sim.schedule(attempt.at * 1000, { kind: 'attempt', attempt, generation: sim.state.traffic.generation });
}

/** A sender looks at our policy and decides; the payment is here once that policy is as old as gossip makes it. */
export function attemptPayment(sim: Sim, attempt: Attempt, generation: number): void {
  const { market } = sim.state.traffic;
  if (market === null || generation !== sim.state.traffic.generation) return;
  scheduleAttempt(sim, market);
  const exit = channelAt(sim, attempt.to);
  if (!exit) return;
  const feeMsat = accepted(exit, attempt);
  if (feeMsat !== null)
    sim.schedule(sim.state.now + gossipDelay(attempt.luck) * 1000, { kind: 'offer', attempt, feeMsat });
}

/** The payment is here, with the fee that the sender believed in. */
export function offerPayment(sim: Sim, attempt: Attempt, feeMsat: Msat): void {
  const failure = offer(sim, attempt, msat(attempt.amountMsat), feeMsat);
  if (failure === 'fee') {
    const exit = channelAt(sim, attempt.to);
    const asked = exit && accepted(exit, attempt);
    if (asked !== null && paysTheNewFee(attempt.luck)) offer(sim, attempt, msat(attempt.amountMsat), asked);
  } else if (failure === 'liquidity' && splits(attempt.luck))
    offer(sim, attempt, msat(Math.floor(attempt.amountMsat / 2)), msat((feeMsat + 1n) / 2n));
}

/** What goes wrong, if the sender can do something about it. */
function offer(sim: Sim, attempt: Attempt, outMsat: Msat, feeMsat: Msat): 'fee' | 'liquidity' | null {
  const entry = attempt.from === OUTSIDE ? null : channelAt(sim, attempt.from);
  const exit = channelAt(sim, attempt.to);
  const inMsat = addMsat(outMsat, feeMsat);
  // What the incoming channel cannot carry fails before it reaches us, unseen.
  if (!entry || !exit || !sim.state.peers.get(entry.peerId)?.connected) return null;
  if (!canReceive(entry, inMsat)) return 'liquidity';
  const row = receiveForward(sim, { incoming: entry, requested: nameOf(exit), inMsat, outMsat, cltvDelta: CLTV_DELTA });
  if (row.status === 'offered') scheduleResolve(sim, row, true);
  if (row.failcode === FEE_INSUFFICIENT) return 'fee';
  return row.failcode === TEMPORARY_CHANNEL_FAILURE ? 'liquidity' : null;
}

/** The fee by the policy as it is, or null where it is more than the sender would give. */
function accepted(exit: Channel, { amountMsat, reservationPpm }: Attempt): Msat | null {
  const fee = feeOf(msat(amountMsat), exit.policy.baseMsat, exit.policy.ppm);
  return Number(fee) * 1e6 <= reservationPpm * amountMsat ? fee : null;
}

/** Null once it is closed or closing. */
function channelAt(sim: Sim, number: number): Channel | null {
  const id = sim.state.traffic.market?.channels[number];
  const channel = id === undefined ? null : findChannel(sim, id);
  return channel && canAddHtlc(channel) ? channel : null;
}
