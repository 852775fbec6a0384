// How do a node and a database fail? Everything else that is thrown is a defect of ours.

/** lightningd refused, did not answer in time, or answered what we cannot read. */
export class NodeError extends Error {
  /** `unknown-command`: this node or plugin set does not have it; anything else may pass by itself. */
  readonly kind: 'unknown-command' | 'refused' | 'timeout' | 'unreachable' | 'unreadable';
  readonly code: number | null;
  constructor(kind: NodeError['kind'], message: string, code: number | null = null) {
    super(message);
    this.name = 'NodeError';
    this.kind = kind;
    this.code = code;
  }

  /** The node has said no, so nothing was done; after any other failure it may have been done all the same. */
  get isRefusal(): boolean {
    return this.kind === 'refused' || this.kind === 'unknown-command';
  }
}

/** The database cannot be used, or a read or write of it failed and changed nothing. */
export class StoreError extends Error {
  /**
   * - `in-use`: another process of ours holds it
   * - `wrong-node`: it holds another node's history
   * - `diverged`: the node knows less than the database; it was restored from an older state
   * - `newer-schema`: a later version of this plugin made it
   * - `foreign`: another program made it
   * - `corrupt`: not readable as a database
   * - `failed`: anything else, as SQLite or the file system words it
   */
  readonly kind: 'in-use' | 'wrong-node' | 'diverged' | 'newer-schema' | 'foreign' | 'corrupt' | 'failed';
  constructor(kind: StoreError['kind'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.kind = kind;
  }
}
