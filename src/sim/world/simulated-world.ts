// How does time pass in the world? One queue of happenings, each handed to the part it concerns.
import { autoclean } from './autoclean.ts';
import { mineBlock, scheduleBlock } from './chain.ts';
import { closeChannel } from './channel-life.ts';
import { arriveCircle } from './circles.ts';
import { DEFAULT_CONFIG } from './config.ts';
import type { WorldConfig } from './config.ts';
import { canAddHtlc, findChannel } from './forwarding.ts';
import { createSim } from './genesis.ts';
import { attemptPayment, offerPayment } from './market-traffic.ts';
import { changeConnection } from './peers.ts';
import { pop } from '../heap.ts';
import { sooner } from './sooner.ts';
import { Sim } from './sim.ts';
import type { Happening, WorldState } from './state.ts';
import { arrive, resolveDue, setTraffic } from './traffic.ts';
import type { NotificationListener, World } from './world.ts';

/** The world with everything in it; the RPC methods work on `sim`. */
export class SimulatedWorld implements World {
  readonly sim: Sim;
  constructor(sim: Sim) {
    this.sim = sim;
  }

  get nodeId(): string {
    return this.sim.state.nodeId;
  }

  get version(): string {
    return this.sim.state.config.version;
  }

  now(): number {
    return this.sim.state.now;
  }

  advanceTo(ms: number): void {
    const { state } = this.sim;
    for (let next = state.queue[0]; next && next.at <= ms; next = state.queue[0]) {
      pop(state.queue, sooner);
      // Something scheduled in the past happens now: time never runs backwards.
      state.now = Math.max(state.now, next.at);
      happen(this.sim, next.what);
    }
    state.now = Math.max(state.now, ms);
  }

  nextEventAt(): number | null {
    return this.sim.state.queue[0]?.at ?? null;
  }

  onNotification(listener: NotificationListener): () => void {
    return this.sim.onNotification(listener);
  }

  save(): WorldState {
    return structuredClone(this.sim.state);
  }
}

/** A world at its start, with its history behind it. The same configuration always yields the same world. */
export function createWorld(config: Partial<WorldConfig> = {}): SimulatedWorld {
  const complete = { ...DEFAULT_CONFIG, ...config };
  const world = new SimulatedWorld(createSim(complete));
  world.advanceTo(complete.startMs);
  return world;
}

/** A world that goes on from what `save` returned; it takes the object over. @throws TypeError when it is none. */
export function restoreWorld(saved: unknown): SimulatedWorld {
  if (!isWorldState(saved)) throw new TypeError('saved world: expected what World.save returned');
  return new SimulatedWorld(new Sim(saved));
}

const isWorldState = (saved: unknown): saved is WorldState =>
  typeof saved === 'object' && saved !== null && 'queue' in saved && 'channels' in saved && 'indexes' in saved;

function happen(sim: Sim, what: Happening): void {
  switch (what.kind) {
    case 'block':
      mineBlock(sim);
      scheduleBlock(sim);
      break;
    case 'arrival':
      arrive(sim, what.generation);
      break;
    case 'attempt':
      attemptPayment(sim, what.attempt, what.generation);
      break;
    case 'offer':
      offerPayment(sim, what.attempt, what.feeMsat);
      break;
    case 'resolve':
      resolveDue(sim, what.inChannel, what.inHtlcId, what.settles);
      break;
    case 'connect':
      changeConnection(sim, what.peerId, what.connected);
      break;
    case 'close': {
      const channel = findChannel(sim, what.channelId);
      if (channel && canAddHtlc(channel)) closeChannel(sim, channel, what.how);
      break;
    }
    case 'traffic':
      setTraffic(sim, what.forwardsPerDay);
      break;
    case 'circle':
      arriveCircle(sim, what.createdIndex);
      break;
    case 'alarm':
      sim.ring(what.number);
      break;
    case 'autoclean':
      autoclean(sim);
      break;
  }
}
