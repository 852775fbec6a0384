// Which peers are offline, and when? Some are, now and then: on and off for exponential times, the same for every tool.
import type { SeededRandom } from '../../world/random.ts';
import { stream } from '../basics.ts';
import type { Market } from '../market.ts';
import type { Scenario } from '../scenario.ts';

/** Part of the time that each of so many channels' peers is online. */
export function drawOnline({ outages }: Scenario, seed: number, channels: number): number[] {
  const online = Array.from({ length: channels }, () => 1);
  if (outages === null) return online;
  const random = stream(seed, 'flaky peers');
  for (let left = Math.min(outages.peers, channels); left > 0;) {
    const k = random.integer(0, channels - 1);
    if (online[k] !== 1) continue;
    online[k] = 1 - outages.share;
    left--;
  }
  return online;
}

interface Peer {
  readonly random: SeededRandom;
  online: boolean;
  /** When that changes. */
  until: number;
}

/** Time may only move on. */
export class Outages {
  readonly #peers: readonly (Peer | null)[];
  readonly #offlineSeconds: number;
  readonly #onlineSeconds: number;

  constructor({ channels, scenario, seed, start }: Market) {
    const { share = 0, meanHours = 0 } = scenario.outages ?? {};
    this.#offlineSeconds = meanHours * 3600;
    this.#onlineSeconds = (this.#offlineSeconds * (1 - share)) / Math.max(share, 1e-12);
    this.#peers = channels.map(({ onlineShare }, k) => {
      if (onlineShare === 1) return null;
      const random = stream(seed, `outages of ${k}`);
      const online = random.chance(onlineShare);
      return { random, online, until: start + random.exponential(this.#meanSeconds(online)) };
    });
  }

  online(channel: number, time: number): boolean {
    const peer = this.#peers[channel];
    if (peer === null || peer === undefined) return true;
    while (peer.until <= time) {
      peer.online = !peer.online;
      peer.until += peer.random.exponential(this.#meanSeconds(peer.online));
    }
    return peer.online;
  }

  #meanSeconds(online: boolean): number {
    return online ? this.#onlineSeconds : this.#offlineSeconds;
  }
}
