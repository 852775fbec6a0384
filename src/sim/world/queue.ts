// What happens next? A binary heap over plain data, ordered by time and then by when it was scheduled.
import type { Scheduled } from './state.ts';

const before = (a: Scheduled, b: Scheduled): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

export function push(heap: Scheduled[], item: Scheduled): void {
  let i = heap.length;
  heap.push(item);
  while (i > 0) {
    const parent = (i - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || !before(item, above)) break;
    heap[i] = above;
    i = parent;
  }
  heap[i] = item;
}

/** Removes and returns the earliest; undefined when empty. */
export function pop(heap: Scheduled[]): Scheduled | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  let i = 0;
  for (;;) {
    let child = 2 * i + 1;
    let candidate = heap[child];
    const right = heap[child + 1];
    if (candidate && right && before(right, candidate)) {
      candidate = right;
      child++;
    }
    if (!candidate || !before(candidate, last)) break;
    heap[i] = candidate;
    i = child;
  }
  heap[i] = last;
  return first;
}
