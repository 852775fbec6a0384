// Whatever a node sends of its books: they are read, or it is said what was wrong, and never anything else.
import { describe, expect, it } from 'vitest';
import { LightningLedger } from '../../src/node/ledger.ts';
import { channelId } from '../../src/core/units.ts';
import { NodeError } from '../../src/ports.ts';
import { at2305, before2509, bookless, modern } from '../app/recorded-ledger.ts';
import { mutated } from './mutate.ts';
import { readerOver, rows, stoppedClock, type Json } from './recorded-node.ts';

/** Mutated replies in all; FUZZ=1000000 for the long run. */
const RUNS = Number(process.env['FUZZ'] ?? 4000);

const CHANNEL = channelId(String(rows('listclosedchannels', 'closedchannels')[0]?.['channel_id']));
const none = new Set<string>();
type Read = (ledger: LightningLedger) => Promise<unknown>;

/** What is read, of which node, and by which replies. */
const TARGETS: readonly (readonly [string, ReturnType<typeof modern>, Read])[] = [
  ['listchainmoves', modern(), (ledger) => ledger.readChainMoves(0)],
  ['listchannelmoves', modern(), (ledger) => ledger.readChannelMoves(0)],
  ['listpeerchannels', modern(), (ledger) => ledger.readChannelFacts()],
  ['listclosedchannels', modern(), (ledger) => ledger.readChannelFacts()],
  ['feerates', modern(), (ledger) => ledger.readOnchainFees()],
  ['help', modern(), (ledger) => ledger.readBooksSource()],
  ['bkpr-listaccountevents', before2509(), (ledger) => ledger.readAccount(CHANNEL)],
  ['listsendpays', before2509(), (ledger) => ledger.readSelfPayments(0, none)],
  ['bkpr-listaccountevents', at2305(), (ledger) => ledger.readSelfPayments(0, none)],
  ['listsendpays', bookless(), (ledger) => ledger.readSelfPayments(0, none)],
];

describe('the ledger', () => {
  it(`takes ${RUNS} mutated replies`, async () => {
    const outcomes = { read: 0, refused: 0 };
    for (let run = 0; run < RUNS; run++) {
      const [method, node, read] = TARGETS[run % TARGETS.length] as (typeof TARGETS)[number];
      const honest = node[method];
      const { ask } = readerOver({ ...node, [method]: (params) => mutated((honest?.(params) ?? {}) as Json, run) });
      try {
        await read(new LightningLedger(ask, stoppedClock()));
        outcomes.read++;
      } catch (error) {
        if (!(error instanceof NodeError)) throw new Error(`run ${run} ${method}: ${String(error)}`, { cause: error });
        outcomes.refused++;
      }
    }
    expect(outcomes.read).toBeGreaterThan(RUNS / 10);
    expect(outcomes.refused).toBeGreaterThan(RUNS / 10);
  }, 3_600_000);
});
