// Which of several orders is carried out first?
import type { Candidate } from './evaluate.ts';
import { RANK } from './target.ts';
import { compareCandidates } from './verdicts.ts';

/**
 * The order in which destinations are served: what has failed of late after what has not, or one that keeps failing would
 * keep others waiting; then SOURCE first, then the most profit.
 */
const compareToServe = (a: Candidate, b: Candidate): number =>
  a.failures - b.failures || RANK[a.to.flow] - RANK[b.to.flow] || compareCandidates(a, b);

export const better = (best: Candidate | null, candidate: Candidate): Candidate | null =>
  candidate.reason === 'approved' && (best === null || compareToServe(candidate, best) < 0) ? candidate : best;
