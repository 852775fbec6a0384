// What came of taking over the Python plugin's history?

/** What became of the rows of one table. */
export interface Taken {
  readonly taken: number;
  /** Known already, from the node or by an earlier run. */
  readonly known: number;
  /** Of channels or peers that this node does not know. */
  readonly strange: number;
  /** Rows that make no sense. */
  readonly bad: number;
}

export interface TakenOver {
  /** Unix seconds before which forwards of the original count; later ones do where the node's own list has a hole. */
  readonly before: number;
  /** Unix seconds: until then the plugin has read the node's own list. */
  readonly readUntil: number;
  /** Forwards of the original from after that, left out: the node has yet to be asked. */
  readonly unread: number;
  readonly forwards: Taken;
  readonly feeChanges: Taken;
  readonly rebalances: Taken;
  readonly rebalanceCosts: Taken;
  readonly openings: Taken;
  readonly tags: Taken;
}
