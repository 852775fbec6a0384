// Who pays through us when senders look at the price? The market's demand, put to the simulated node.
import { addMsat, msat, ZERO_MSAT } from '../../core/units.ts';
import type { Msat } from '../../core/units.ts';
import { startDemand, type Attempt } from '../market/demand/demand-stream.ts';
import { gossipDelay, paysTheNewFee, splits } from '../market/demand/luck.ts';
import { OUTSIDE } from '../market/market.ts';
import { scenarioNamed } from '../market/scenario.ts';
import { CLTV_DELTA } from './channel-life.ts';
import { drawnMarket } from './drawn-market.ts';
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

/** Payments begin to come, for the channels there are now, whose peers ask what the market says for what they pass to us. @throws RangeError for an unknown scenario */
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
  const { routes } = drawnMarket(sim, market);
  usable.forEach((channel, number) => {
    channel.remote = { ...channel.remote, baseMsat: ZERO_MSAT, ppm: routes.lastHopPpm(number) };
  });
  scheduleAttempt(sim, market);
}

function scheduleAttempt(sim: Sim, market: MarketState): void {
  const attempt = drawnMarket(sim, market).demand.next();
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
  if (row.status === 'offered') scheduleResolve(sim, row, attempt.settles !== false);
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
