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
  /** Unix seconds before which forwards of the original count. */
  readonly before: number;
  readonly forwards: Taken;
  readonly feeChanges: Taken;
  readonly rebalances: Taken;
  readonly rebalanceCosts: Taken;
  readonly openings: Taken;
  readonly tags: Taken;
}
