// Which node comes next? A binary heap in two arrays: the innermost loop of every search.

export class NodeHeap {
  size = 0;
  readonly #keys: Float64Array;
  readonly #nodes: Int32Array;

  /** @param most entries at a time */
  constructor(most: number) {
    this.#keys = new Float64Array(most);
    this.#nodes = new Int32Array(most);
  }

  clear(): void {
    this.size = 0;
  }

  leastKey(): number {
    return this.#keys[0] ?? 0;
  }

  push(key: number, node: number): void {
    const keys = this.#keys;
    const nodes = this.#nodes;
    let i = this.size++;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = keys[parent] ?? 0;
      if (above <= key) break;
      keys[i] = above;
      nodes[i] = nodes[parent] ?? 0;
      i = parent;
    }
    keys[i] = key;
    nodes[i] = node;
  }

  /** The node of the least key. */
  pop(): number {
    const keys = this.#keys;
    const nodes = this.#nodes;
    const top = nodes[0] ?? 0;
    const size = --this.size;
    if (size === 0) return top;
    const key = keys[size] ?? 0;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= size) break;
      if (child + 1 < size && (keys[child + 1] ?? 0) < (keys[child] ?? 0)) child++;
      const below = keys[child] ?? 0;
      if (below >= key) break;
      keys[i] = below;
      nodes[i] = nodes[child] ?? 0;
      i = child;
    }
    keys[i] = key;
    nodes[i] = nodes[size] ?? 0;
    return top;
  }
}
