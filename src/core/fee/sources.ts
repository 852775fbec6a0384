// Where do the sats of forwards towards a peer come in? Counts (counting.ts) by peer, in columns: they are read and added to in
// every cycle, and an object with a key for each peer took twenty times as long.

/** Peers remembered as sources; those beyond the 32 largest carry little. */
const MOST_SOURCES = 32;

export interface Sources {
  /** Ascending; the same list as long as no other has come in. */
  readonly peers: readonly string[];
  /** Discounted counts of each. */
  readonly forwards: readonly number[];
}

export const NO_SOURCES: Sources = { peers: [], forwards: [] };

/** The first place whose peer is not below. */
function placeOf(peers: readonly string[], peer: string): number {
  let low = 0;
  let high = peers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((peers[middle] as string) < peer) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The least of them; of equal ones the last. */
function placeOfLeast(forwards: readonly number[]): number {
  let least = 0;
  for (let i = 1; i < forwards.length; i++) if ((forwards[i] as number) <= (forwards[least] as number)) least = i;
  return least;
}

/**
 * @param weight of what is known already, 0..1
 * @param came forwards by peer; one peer may come several times
 */
export function addSources(
  before: Sources,
  weight: number,
  came: Iterable<{ readonly peer: string; readonly forwards: number }>,
): Sources {
  const forwards = before.forwards.map((count) => count * weight);
  let { peers } = before;
  let others: string[] | null = null;
  for (const one of came) {
    const at = placeOf(peers, one.peer);
    if (peers[at] === one.peer) forwards[at] = (forwards[at] as number) + one.forwards;
    else {
      peers = others ??= [...peers];
      others.splice(at, 0, one.peer);
      forwards.splice(at, 0, one.forwards);
    }
  }
  while (others !== null && others.length > MOST_SOURCES) {
    const least = placeOfLeast(forwards);
    others.splice(least, 1);
    forwards.splice(least, 1);
  }
  return { peers, forwards };
}

/** As a plain object, by peer. */
export const countsOf = ({ peers, forwards }: Sources): Readonly<Record<string, number>> =>
  Object.fromEntries(peers.map((peer, i) => [peer, forwards[i] as number]));

export function sourcesOf(counts: Readonly<Record<string, number>>): Sources {
  const peers = Object.keys(counts).sort();
  return { peers, forwards: peers.map((peer) => counts[peer] as number) };
}
