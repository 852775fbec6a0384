// How long does the return of a million dated cash flows take? Ordered as a ledger keeps them, and in any order.
import { carr } from '../src/core/profit/carr.ts';
import type { DatedAmount } from '../src/core/profit/series.ts';
import { figure, seconds } from './figure.ts';

const FLOWS = 1_000_000;
/** The best of several runs is the machine's own speed; the others measure its neighbours too. */
const RUNS = 9;
const START = 1_500_000_000;
/** Coprime with FLOWS, so that every flow has its place. */
const STRIDE = 7919;

/** A channel of five years: capital out, a forward every two and a half minutes and now and then a rebalance, capital back. */
function channel(): DatedAmount[] {
  const flows: DatedAmount[] = [{ time: START, amount: -10_000_000_000n }];
  for (let i = 1; i < FLOWS - 1; i++) {
    const fee = i % 13 === 0 ? -3000n : BigInt((i * STRIDE) % 5000);
    flows.push({ time: START + i * 150 + (i % 97), amount: fee });
  }
  flows.push({ time: START + FLOWS * 150, amount: 9_999_000_000n });
  return flows;
}

async function best(flows: readonly DatedAmount[]): Promise<number> {
  let least = Infinity;
  for (let run = 0; run < RUNS; run++) least = Math.min(least, await seconds(() => carr(flows)));
  return least * 1000;
}

const ordered = channel();
const shuffled = ordered.map((_, i) => ordered[(i * STRIDE) % FLOWS] as DatedAmount);
const sizes = { flows: FLOWS, carr_pct: Number(((carr(ordered).carr ?? NaN) * 100).toFixed(6)) };
figure('carr_ordered', await best(ordered), 'ms', '< 100', sizes);
figure('carr_shuffled', await best(shuffled), 'ms', 'none', sizes);
