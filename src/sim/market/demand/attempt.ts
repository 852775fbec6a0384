// What is known of a payment before anyone has asked for a fee?

/** Someone wants to pay. */
export interface Attempt {
  /** Seconds since the epoch, fractional. */
  readonly at: number;
  /** Channels by number; `from` is OUTSIDE on a node with one channel. */
  readonly from: number;
  readonly to: number;
  /** What is to leave, integer msat. */
  readonly amountMsat: number;
  /** Highest fee the sender accepts; of one who compares, while the rival asks its usual price. */
  readonly reservationPpm: number;
  /** 32 bits from which everything else about this sender is derived where it matters (see luck.ts). */
  readonly luck: number;
  /** Whether the sender takes a rival's price for the measure; no unless it says so. */
  readonly compares?: boolean;
  /** A probe does not: it fails at its destination, whatever it has found out. Everything else does. */
  readonly settles?: boolean;
}
