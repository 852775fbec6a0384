// What can become of a decision on fees, in the words that revenue-explain shows?

export const OUTCOMES = {
  held: 'held',
  dryRun: 'dry-run',
  /** Written down and not carried out yet; what is left of a cycle that was cut off. */
  pending: 'about to be set',
  set: 'set',
} as const;
