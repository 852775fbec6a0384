// How long does revenue-profitability take over 1,000 channels with five million forwards behind them? The whole
// command, but for lightningd's own time: `--forwards N --channels N --days N`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { profitabilityCommand } from '../src/app/commands/profitability.ts';
import { unixSec } from '../src/core/units.ts';
import type { Store } from '../src/ports.ts';
import { openStore } from '../src/store/open.ts';
import { optionsOf } from './arguments.ts';
import { figure, peakMemoryMb, seconds } from './figure.ts';
import { END, madeNode } from './made-node.ts';

const sizes = optionsOf('profitability', { forwards: 5_000_000, channels: 1000, days: 365 }, {});
/** The best of several runs is the machine's own speed; the others measure its neighbours too. */
const RUNS = 9;
const { channels, forward, fill, contextOf } = madeNode(sizes);

/** The best by the clock, which on a busy machine measures the others too, and by the processor. */
async function tell(name: string, work: () => unknown, before: (run: number) => void = () => undefined) {
  let [clock, processor] = [Infinity, Infinity];
  for (let run = 0; run < RUNS; run++) {
    before(run);
    const used = process.cpuUsage();
    clock = Math.min(clock, await seconds(work));
    const { user, system } = process.cpuUsage(used);
    processor = Math.min(processor, (user + system) / 1000);
  }
  figure(name, 1000 * clock, 'ms', '< 300', sizes);
  figure(`${name}_processor`, processor, 'ms', '< 300', sizes);
}

async function measure(from: Store): Promise<void> {
  const context = contextOf(from);
  const ask = (): Promise<object> => profitabilityCommand.run({}, context);
  figure('profitability_first', 1000 * (await seconds(ask)), 'ms', '', sizes);
  await tell('profitability_warm', ask);
  await tell('profitability_after_a_forward_in_each', ask, (run) => {
    const more = channels.map((i) => forward(sizes.forwards + run * sizes.channels + i + 1, END - 1));
    from.takeIn('event', more, { keepSince: unixSec(END) });
  });
  figure('profitability_peak_memory', peakMemoryMb(), 'MB', '', sizes);
  const parts: [string, () => unknown][] = [
    ['books', () => context.takeInAccounts()],
    ['days', () => from.ledger.days()],
  ];
  for (const [name, part] of parts) figure(`profitability_${name}`, 1000 * (await seconds(part)), 'ms', '', sizes);
}

const folder = mkdtempSync(join(tmpdir(), 'bench-profitability-'));
const store = openStore(join(folder, 'revenue_ops.db'));
try {
  fill(store);
  await measure(store);
} finally {
  store.close();
  rmSync(folder, { recursive: true, force: true });
}
