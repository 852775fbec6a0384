// What does a policy want of fees, in every reply that tells of it?
import type { Policy } from '../ports.ts';

export const feeTerms = ({ strategy, staticPpm, minPpm, maxPpm }: Policy) => ({
  strategy,
  fee_ppm: staticPpm,
  min_ppm: minPpm,
  max_ppm: maxPpm,
});
