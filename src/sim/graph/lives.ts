// How is the network asked about more payments than it bears? It lives several times, each time with other balances.
import type { Graph } from './graph.ts';
import { live, type LifeOptions, type NodeDemand, type Simulated } from './node-demand.ts';

/** Payments of the network, its seed, and how many rebalances are tried for each node. */
export type SimulationOptions = Omit<LifeOptions, 'life' | 'circular'> & { readonly circular?: number };

/**
 * Payments in one life, not quite a day and a half: of 100 payments 67 to 70 find a way all through it, after four weeks 48,
 * and of 100 rebalances 5 arrive instead of 40, because what drains is not refilled as people would.
 */
const PAYMENTS_PER_LIFE = 300_000;
/** As many as a bank has room for beside the payments. */
const CIRCULAR = 600;

/** As equal as can be. */
export function livesOf({ payments, seed, circular = CIRCULAR }: SimulationOptions): readonly LifeOptions[] {
  const count = Math.max(1, Math.ceil(payments / PAYMENTS_PER_LIFE));
  const part = (whole: number, life: number): number =>
    Math.floor((whole * (life + 1)) / count) - Math.floor((whole * life) / count);
  return Array.from({ length: count }, (_, life) => ({
    ...{ seed, life },
    payments: part(payments, life),
    circular: part(circular, life),
  }));
}

/** What the lives have told, each for as much as it was long; at least one. */
export function together(lives: readonly Simulated[]): Simulated {
  const sum = (of: (life: Simulated) => number): number => lives.reduce((total, life) => total + of(life), 0);
  const days = sum(({ figures }) => figures.days);
  const demands = (lives[0]?.demands ?? []).map(({ node, channels }, i): NodeDemand => {
    const demandIn = ({ demands: all }: Simulated): NodeDemand | undefined => all[i];
    return {
      ...{ node, channels },
      offers: lives.flatMap((life) => demandIn(life)?.offers ?? []),
      perDay: sum((life) => (demandIn(life)?.perDay ?? 0) * life.figures.days) / days,
      circular: lives.flatMap((life) => demandIn(life)?.circular ?? []),
    };
  });
  return {
    demands,
    figures: { payments: sum(({ figures }) => figures.payments), settled: sum(({ figures }) => figures.settled), days },
  };
}

/** All lives one after the other. Yields the payments made so far, every few dozen milliseconds. */
export function* simulate(
  graph: Graph,
  nodes: readonly number[],
  options: SimulationOptions,
): Generator<number, Simulated, undefined> {
  const told: Simulated[] = [];
  let before = 0;
  for (const life of livesOf(options)) {
    const running = live(graph, nodes, life);
    for (;;) {
      const step = running.next();
      if (step.done === true) {
        told.push(step.value);
        break;
      }
      yield before + step.value;
    }
    before += life.payments;
  }
  return together(told);
}
