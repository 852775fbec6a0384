// By what is an order known, here and on the node?
import { unixSec, type UnixSec } from '../../core/units.ts';
import type { Rng } from '../../ports.ts';

/** In characters: with the second of its planning, no two orders are the same. */
const RANDOM_DIGITS = 8;

export function orderId(plannedAt: UnixSec, rng: Rng): string {
  let random = '';
  while (random.length < RANDOM_DIGITS) random += Math.floor(rng.next() * 36).toString(36);
  return `${plannedAt}-${random}`;
}

/** When an order of this id was planned; null for an id that none of our instances has made. */
export function plannedAtOf(id: string): UnixSec | null {
  const [, seconds] = /^(\d{1,12})-[0-9a-z]+$/u.exec(id) ?? [];
  return seconds === undefined ? null : unixSec(Number(seconds));
}
