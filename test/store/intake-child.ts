// A process that does intake and nothing else, to be killed: `intake-child.mjs <database> <first step> <last step>`.
import { catchUp } from '../../src/app/catch-up.ts';
import { unixSec } from '../../src/core/units.ts';
import type { Store } from '../../src/ports.ts';
import { openStore } from '../../src/store/open.ts';
import { CHANNEL_LIST, ScriptedLife } from './scripted-life.ts';

/** So short that many rows are pruned or never kept. */
const KEEP_SECONDS = 2 * 86_400;

export const keepSince = (life: ScriptedLife) => unixSec(life.now - KEEP_SECONDS);

export async function takeIn(life: ScriptedLife, store: Store): Promise<void> {
  await catchUp(life.node, store, {
    startedAt: unixSec(life.now),
    keepSince: keepSince(life),
    signal: new AbortController().signal,
    // Small, so that there are many transactions to be killed between and within.
    paging: { rows: 10, pages: 1 },
  });
  while (store.pruneForwards(keepSince(life), 25) > 0);
}

async function main(path: string, first: number, last: number): Promise<void> {
  const life = new ScriptedLife().advanceTo(first);
  // Told while no process of ours was there to hear.
  life.node.events = [];
  const store = openStore(path, { lockWaitMs: 5000 });
  store.rememberChannels(CHANNEL_LIST, unixSec(life.now));
  process.send?.('begins');
  await takeIn(life, store);
  process.send?.('caught up');
  while (life.step < last) {
    life.next();
    for (const event of life.node.events.splice(0)) store.takeIn('event', [event], { keepSince: keepSince(life) });
    await takeIn(life, store);
  }
  process.send?.('done');
  setInterval(() => undefined, 1000);
}

const [path, first, last] = process.argv.slice(2);
if (path !== undefined && process.send) await main(path, Number(first), Number(last));
