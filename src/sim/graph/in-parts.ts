// What does a payment cost in several parts, where no single way carries it? As wallets split what is too large.
import type { Batch } from './traffic.ts';
import { EdgeCosts, type LivePolicies } from './edge-costs.ts';
import type { Graph } from './graph.ts';
import { GuidedSearch } from './guided-search.ts';
import { Search } from './search.ts';
import { MOST_ATTEMPTS } from './senders.ts';

/** Halved again and again, up to lnd's 16 parts. */
const PARTS = [2, 4, 8, 16] as const;
/** lnd does not split further than to 10,000 sats. */
const SMALLEST_MSAT = 10_000_000;

/** The network for one part. */
interface Level {
  readonly parts: number;
  readonly amountMsat: number;
  readonly known: EdgeCosts;
  /** Msat from each node to the receiver, by what gossip tells. */
  readonly estimate: Float64Array;
}

export class InParts {
  readonly #policies: LivePolicies;
  readonly #carries: (edge: number, amountMsat: number) => boolean;
  readonly #search: GuidedSearch;
  readonly #tables: readonly { readonly known: EdgeCosts; readonly believed: Search }[];
  #batch: Batch | null = null;
  /** Of the batch, as far as anybody has asked. */
  #levels: Level[] = [];

  constructor(graph: Graph, policies: LivePolicies, carries: (edge: number, amountMsat: number) => boolean) {
    this.#policies = policies;
    this.#carries = carries;
    this.#search = new GuidedSearch(graph);
    this.#tables = PARTS.map(() => ({ known: new EdgeCosts(graph), believed: new Search(graph) }));
  }

  /** Turns to these payments; balances must stay as they are until the last sender was asked about. */
  prepare(batch: Batch): void {
    this.#batch = batch;
    this.#levels = [];
  }

  /** As the sender reckons all parts together, msat: of the fewest parts that arrive. Infinity where none do. */
  costMsat(from: number, avoid: number): number {
    for (let i = 0; i < PARTS.length; i++) {
      const level = this.#level(i);
      if (level === null) break;
      const cost = this.#costOf(level, from, avoid);
      if (cost !== null) return cost;
    }
    return Infinity;
  }

  /** Null where parts would be too small. */
  #level(i: number): Level | null {
    const known = this.#levels[i];
    if (known !== undefined) return known;
    const [batch, table, parts] = [this.#batch, this.#tables[i], PARTS[i]];
    if (batch === null || table === undefined || parts === undefined) return null;
    const amountMsat = Math.ceil(batch.amountMsat / parts);
    if (amountMsat < SMALLEST_MSAT) return null;
    table.known.price(this.#policies, amountMsat, batch.sender);
    table.believed.toward(batch.to, table.known);
    const level = { parts, amountMsat, known: table.known, estimate: table.believed.distance };
    this.#levels.push(level);
    return level;
  }

  /** One part after the other; what has failed, or is used up, is not tried again. */
  #costOf({ parts, amountMsat, known, estimate }: Level, from: number, avoid: number): number | null {
    const to = this.#batch?.to ?? -1;
    const errand = { from, to, payer: from, avoid, estimate };
    const used = new Map<number, number>();
    const failed: (readonly [edge: number, penalty: number])[] = [];
    let sent = 0;
    let costMsat = 0;
    for (let left = MOST_ATTEMPTS * parts; sent < parts && left > 0; left--) {
      const way = this.#search.find(known, errand);
      if (way === null) break;
      const broken = way.route.find((edge) => !this.#carries(edge, (used.get(edge) ?? 0) + amountMsat));
      if (broken === undefined) {
        sent++;
        costMsat += way.costMsat;
        for (const edge of way.route) used.set(edge, (used.get(edge) ?? 0) + amountMsat);
      } else {
        failed.push([broken, known.penalty[broken] ?? Infinity]);
        known.penalty[broken] = Infinity;
      }
    }
    for (const [edge, penalty] of failed) known.penalty[edge] = penalty;
    return sent === parts ? costMsat : null;
  }
}
