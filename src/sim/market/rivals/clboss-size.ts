// How much dearer may a node be for its size? clboss's FeeModderBySize.
//
// peers-and-drivers 4.1; ksedgwic/clboss 49ffd76 (0.16.3), Boss/Mod/FeeModderBySize.cpp calculate_multiplier.
import type { Standing } from './surroundings.ts';

/** The limit for the largest node falls with the number of its rivals: 16 - ln(total), 2 at least. */
const LIMIT = { start: 16, least: 2 } as const;

/** Between one half for the smallest node and up to 16 for the largest, 1 in the middle; a square, so that it is flat there. */
export function sizeMultiplier({ worse, better, total }: Standing): number {
  // Without rivals it says 1; where all are of exactly our size it divides 0 by 0, which is taken for 1 as well.
  if (total === 0 || worse + better === 0) return 1;
  const place = worse / (worse + better);
  if (worse < better) {
    const base = Math.sqrt(0.5);
    return (base + 2 * place * (1 - base)) ** 2;
  }
  const limit = Math.max(LIMIT.least, LIMIT.start + Math.log(1 / total));
  return (1 + (2 * place - 1) * (Math.sqrt(limit) - 1)) ** 2;
}
