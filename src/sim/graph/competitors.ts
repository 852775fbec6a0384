// How do the other nodes price? Most leave their fees alone, some follow their balances, some undercut.
import type { SeededRandom } from '../world/random.ts';
import type { LivePolicies } from './edge-costs.ts';
import { outEdges, type Graph } from './graph.ts';
import type { HiddenBalances } from './hidden-balances.ts';

type Habit = 'static' | 'proportional' | 'undercutter';

/** Shares of nodes (quant 4.4). */
const PROPORTIONAL = 0.25;
const UNDERCUTTERS = 0.15;
/** Between two looks of an undercutter, days (quant 4.4). */
const LOOKS = { least: 1, most: 2 } as const;
/** Traffic below this part of what it was is a loss, which is answered by this part of the fee (quant 4.4). */
const LOSS = 0.8;
const CUT = 0.8;
/** What an undercutter takes back at a look without a loss: or all of them would end at the floor (ours). */
const REGAIN = 1.05;
const FLOOR_PPM = 1;
/** Fewer forwards than this tell nothing of a loss of a fifth: the standard error of 25 is a fifth. */
const TELLING = 25;
/** An empty channel asks twice what was announced, a full one half: the fee x 4^(1/2 - share) (ours). */
const SWING = 4;

interface Undercutter {
  readonly node: number;
  nextLook: number;
  since: number;
  forwards: number;
  /** Forwards a day at the look before; null before the first. */
  before: number | null;
  factor: number;
}

export class Competitors implements LivePolicies {
  readonly baseMsat: Float64Array;
  readonly ppm: Float64Array;
  readonly #graph: Graph;
  readonly #balances: HiddenBalances;
  readonly #random: SeededRandom;
  readonly #proportional: { readonly node: number; nextLook: number }[] = [];
  readonly #undercutters: Undercutter[] = [];
  readonly #byNode = new Map<number, Undercutter>();

  /** @param exempt nodes that keep what they announced */
  constructor(graph: Graph, balances: HiddenBalances, random: SeededRandom, exempt: readonly number[] = []) {
    this.#graph = graph;
    this.#balances = balances;
    this.#random = random;
    this.baseMsat = graph.baseMsat.slice();
    this.ppm = graph.ppm.slice();
    const kept = new Set(exempt);
    graph.nodes.forEach((_, node) => {
      const habit = drawHabit(random);
      const first = random.next();
      if (kept.has(node)) return;
      if (habit === 'proportional') this.#proportional.push({ node, nextLook: first });
      if (habit !== 'undercutter') return;
      const nextLook = LOOKS.least + (LOOKS.most - LOOKS.least) * first;
      const undercutter = { node, nextLook, since: 0, forwards: 0, before: null, factor: 1 };
      this.#undercutters.push(undercutter);
      this.#byNode.set(node, undercutter);
    });
  }

  /** That node has forwarded a payment. */
  forwarded(node: number): void {
    const undercutter = this.#byNode.get(node);
    if (undercutter !== undefined) undercutter.forwards++;
  }

  /** What they do until then. Days since the beginning. */
  liveUntil(day: number): void {
    for (const competitor of this.#proportional) {
      if (competitor.nextLook > day) continue;
      competitor.nextLook += 1;
      this.#reprice(competitor.node, (edge) => SWING ** (0.5 - this.#balances.share(edge)));
    }
    for (const undercutter of this.#undercutters) if (undercutter.nextLook <= day) this.#look(undercutter, day);
  }

  #look(undercutter: Undercutter, day: number): void {
    undercutter.nextLook = day + this.#random.between(LOOKS.least, LOOKS.most);
    const { before, forwards, since } = undercutter;
    // What was lost can be told as soon as many would have been expected; until then it goes on counting.
    const expected = before === null ? forwards : before * (day - since);
    if (expected < TELLING) return;
    const rate = forwards / (day - since);
    undercutter.factor =
      before !== null && rate < LOSS * before ? undercutter.factor * CUT : undercutter.factor * REGAIN;
    undercutter.factor = Math.min(1, undercutter.factor);
    undercutter.before = rate;
    undercutter.since = day;
    undercutter.forwards = 0;
    this.#reprice(undercutter.node, () => undercutter.factor);
  }

  #reprice(node: number, factor: (edge: number) => number): void {
    for (const edge of outEdges(this.#graph, node)) {
      const announced = this.#graph.ppm[edge] ?? 0;
      this.ppm[edge] = Math.max(Math.min(announced, FLOOR_PPM), Math.round(announced * factor(edge)));
    }
  }
}

function drawHabit(random: SeededRandom): Habit {
  const x = random.next();
  if (x < PROPORTIONAL) return 'proportional';
  return x < PROPORTIONAL + UNDERCUTTERS ? 'undercutter' : 'static';
}
