// What does the network tell of a channel? The words in which every file of channels is read.

/** One direction, as its node announces it. */
export interface Policy {
  readonly baseMsat: number;
  readonly ppm: number;
  /** Blocks. */
  readonly delay: number;
  readonly htlcMinMsat: number;
  readonly htlcMaxMsat: number;
}

export interface ChannelRecord {
  readonly capacitySats: number;
  /** As the file names them: a public key, or a number. */
  readonly nodes: readonly [string, string];
  /** From the first to the second, and back; null where it is disabled or was never announced. */
  readonly policies: readonly [Policy | null, Policy | null];
}

/** A file of channels or a bank that cannot be used, or a node that is not in it. */
export class GraphError extends Error {
  override name = 'GraphError';
}
