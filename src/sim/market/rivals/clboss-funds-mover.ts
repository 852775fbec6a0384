// How does clboss carry a move out? What fails is cut by the golden ratio, and both parts are tried again, side by side.
//
// ksedgwic/clboss 49ffd76 (0.16.3), Boss/Mod/FundsMover/{Runner,Attempter}.cpp. Its limit of 120 seconds, in which parts are
// begun, is told in rounds: here a failed payment alone takes that long (quant 4.5), there an attempt tries several ways
// within some dozens of seconds. More than 30 parts at once, which it forbids, do not come about in so few.
import { SEARCH_SECONDS, type MarketDriver, type Sent } from '../engine/market-driver.ts';
import type { NodeEngine } from '../engine/node-engine.ts';
import type { ClbossMove } from './clboss-moves.ts';

/** minimum_split_size. */
const LEAST_SPLIT_MSAT = 100_000;
const GOLD = (1 + Math.sqrt(5)) / 2;
/** What suits it: with two to four it earns about the same, with one, six or twelve less. */
const ROUNDS = 3;
/** Longer than any payment takes that nobody holds: such a one is waited for no more. */
const PATIENCE_SECONDS = 150;

/** Time passes in the market meanwhile. */
export function moveFunds(engine: NodeEngine, driver: MarketDriver, move: ClbossMove): void {
  const { from, to } = move;
  const whole = Math.floor(move.amountMsat);
  let budget = move.maxFeeMsat;
  let remaining = whole;
  let parts = whole > 0 ? [whole] : [];
  for (let round = 0; round < ROUNDS && parts.length > 0; round++) {
    const failed: number[] = [];
    const sent: Sent[] = [];
    for (const amountMsat of parts) {
      const maxFeeMsat = Math.floor((budget * amountMsat) / remaining);
      // Nobody waits for it here: the others of its round are sent meanwhile.
      const deadline = engine.now + SEARCH_SECONDS + 1;
      const tried = driver.attempt({ from, to, amountMsat, maxFeeMsat, deadline });
      // What is too dear is so in parts as well: prices here are in proportion.
      if (tried === 'too-expensive') continue;
      if (typeof tried === 'string') {
        failed.push(amountMsat);
        continue;
      }
      sent.push(tried);
      budget -= tried.circle.feeMsat;
      remaining -= amountMsat;
    }
    awaitAll(engine, sent);
    for (const { status, circle } of sent) {
      if (status !== 'failed') continue;
      budget += circle.feeMsat;
      remaining += circle.amountMsat;
      failed.push(circle.amountMsat);
    }
    parts = failed.filter((amountMsat) => amountMsat >= LEAST_SPLIT_MSAT).flatMap(split);
  }
}

function split(amountMsat: number): [number, number] {
  const larger = Math.floor(amountMsat / GOLD);
  return [larger, amountMsat - larger];
}

function awaitAll(engine: NodeEngine, sent: readonly Sent[]): void {
  const until = engine.now + PATIENCE_SECONDS;
  while (engine.now < until && sent.some(({ status }) => status === 'pending'))
    engine.advanceTo(engine.now + SEARCH_SECONDS);
}
