// What do clboss's fees earn? The market's median by size, balance and price level.
//
// peers-and-drivers 4.1; ksedgwic/clboss 49ffd76 (0.16.3), Boss/Mod/ChannelFeeManager.cpp and its three modifiers. Not
// ported: base fees, which the market does not have.
import type { SeededRandom } from '../../world/random.ts';
import type { FeeTool } from '../engine/run.ts';
import { binMultiplier, firstBin, nextBin, type BalanceBin } from './clboss-balance.ts';
import { CardGame, levelMultiplier } from './clboss-cards.ts';
import { sizeMultiplier } from './clboss-size.ts';
import type { Surroundings } from './surroundings.ts';

/** Seconds between two runs: TimerRandomHourly. */
const EVERY = { least: 1800, most: 5400 } as const;
/** Ticks of a card: Timer10Minutes. */
const TICK_SECONDS = 600;

/** round(median x size x balance x price), and 1 in place of 0. */
export const clbossFee = (medianPpm: number, size: number, balance: number, price: number): number =>
  Math.max(1, Math.round(medianPpm * size * balance * price));

interface PeerState {
  readonly game: CardGame;
  readonly size: number;
  readonly medianPpm: number;
  bin: BalanceBin | null;
  /** Of the bin. */
  balance: number;
}

export function clbossFees(random: SeededRandom, { medianPpm, standing }: Surroundings): FeeTool {
  const peers: PeerState[] = medianPpm.map((median, k) => {
    const size = sizeMultiplier(standing[k] ?? { worse: 0, better: 0, total: 0 });
    return { game: new CardGame(random), size, medianPpm: median, bin: null, balance: 1 };
  });
  let due: number | null = null;
  let before = 0;
  return {
    name: 'clboss',
    wake(node) {
      for (const { outcome, to, feeMsat } of node.news) if (outcome === 'settled') peers[to]?.game.earn(feeMsat);
      if (due === null) before = due = node.now;
      const ticks = Math.floor(node.now / TICK_SECONDS) - Math.floor(before / TICK_SECONDS);
      before = node.now;
      peers.forEach(({ game }, k) => {
        if (node.online(k)) game.tick(ticks);
      });
      if (node.now < due) return;
      while (due <= node.now) due += random.between(EVERY.least, EVERY.most);
      peers.forEach((peer, k) => {
        const local = node.localMsat(k);
        const capacity = node.capacityMsat[k] ?? 1;
        const bin = peer.bin === null ? firstBin(local, capacity) : nextBin(peer.bin, local, capacity, random);
        if (bin !== peer.bin) peer.balance = binMultiplier(bin.bin, bin.bins);
        peer.bin = bin;
        node.publish(k, clbossFee(peer.medianPpm, peer.size, peer.balance, levelMultiplier(peer.game.level())));
      });
    },
  };
}
