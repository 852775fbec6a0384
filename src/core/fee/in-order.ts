// In which order does a cycle go through the peers? By their ids, so that no order of the input can change an answer.
import type { NodeId } from '../units.ts';
import type { UnitState } from './types.ts';

const byId = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export type States = ReadonlyMap<NodeId, UnitState>;

/** Sorted anew only where it must be: cycles pass on what the one before has sorted. */
export function inOrder<T>(items: readonly T[], key: (item: T) => string): readonly T[] {
  const sorted = items.every((item, i) => i === 0 || key(items[i - 1] as T) <= key(item));
  return sorted ? items : [...items].sort((a, b) => byId(key(a), key(b)));
}

/** Those that cycles have passed on: they need not be gone through again. */
const ordered = new WeakSet<States>();

/** A map in the order of its peers: `states` itself where it is so already. */
export function statesInOrder(states: States): States {
  if (ordered.has(states)) return states;
  let last = '';
  for (const peer of states.keys()) {
    if (peer < last) return new Map([...states].sort(([a], [b]) => byId(a, b)));
    last = peer;
  }
  return states;
}

/** These states are in order: the next cycle need not look. */
export function noteOrdered(states: States): void {
  ordered.add(states);
}
