// A process that reads a node's books and nothing else, to be killed: `ledger-child.mjs <database>`.
import { runLedgerCycle } from '../../src/app/ledger-cycle.ts';
import { unixSec } from '../../src/core/units.ts';
import type { Store } from '../../src/ports.ts';
import { openStore } from '../../src/store/open.ts';
import { LedgerInMemory } from '../app/ledger-in-memory.ts';
import { came, channel, channelMove, facts, paid, received, went } from '../core/profit/ledger-rows.ts';

const CHANNELS = 40;
const PAYMENTS = 900;

/** A node with channels opened, pushed and closed, self-payments, and payments of the operator, always the same. */
export function scriptedBooks(): LedgerInMemory {
  const reader = new LedgerInMemory({ now: () => unixSec(1_795_300_000) });
  const numbered = <Move>(moves: readonly Move[]) => moves.map((move, i) => ({ ...move, index: i + 1 }));
  const ids = Array.from({ length: CHANNELS }, (_, i) => i + 1);
  reader.chain = numbered(
    ids.flatMap((n) => [
      went({ account: 'wallet', tag: 'withdrawal', sats: 2_000_000, of: `coins${String(n)}`, by: `open${String(n)}` }),
      came({ account: channel(n), tag: 'channel_open', sats: 1_000_000, tx: `open${String(n)}`, opener: true }),
      came({ account: 'wallet', tag: 'deposit', sats: 999_000 + n, tx: `open${String(n)}`, output: 1 }),
      ...(n % 3 === 0
        ? [
            went({
              account: channel(n),
              tag: 'channel_close',
              sats: 900_000,
              of: `open${String(n)}`,
              by: `end${String(n)}`,
              outputs: 1,
            }),
            came({ account: 'wallet', tag: 'deposit', sats: 899_000, tx: `end${String(n)}` }),
          ]
        : []),
    ]),
  );
  reader.channel = numbered([
    ...ids.map((n) => channelMove({ channelId: channel(n), tag: 'pushed', debit: paid('', n, n, 0).debit })),
    ...Array.from({ length: PAYMENTS }, (_, i) => [
      received(`h${String(i)}`, 1 + (i % CHANNELS), 1000 + i),
      ...(i % 3 === 0 ? [] : [paid(`h${String(i)}`, 1 + ((i + 7) % CHANNELS), 1000 + i + (i % 11), i % 11)]),
    ]).flat(),
  ]);
  reader.facts = ids.map((n) => facts(n, n % 3 === 0 ? { state: 'CLOSED' } : {}));
  // Small, so that there are many transactions to be killed between and within.
  reader.rowsPerPage = 2;
  return reader;
}

export const readBooks = (store: Store): Promise<void> =>
  runLedgerCycle({ reader: scriptedBooks(), ledger: store.ledger, signal: new AbortController().signal });

async function main(path: string): Promise<void> {
  const store = openStore(path, { lockWaitMs: 5000 });
  process.send?.('begins');
  await readBooks(store);
  process.send?.('done');
  setInterval(() => undefined, 1000);
}

const [path] = process.argv.slice(2);
if (path !== undefined && process.send) await main(path);
