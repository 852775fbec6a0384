// Whatever a node sends: a decoder gives a value or says what was wrong, and never anything else.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DecodeError } from '../../src/cln/decode.ts';
import { decodeClosedIdentities, decodeOpenIdentities, decodeUsableChannels } from '../../src/node/channels.ts';
import {
  decodeAlias,
  decodeCommandNames,
  decodeIndex,
  decodeInfo,
  decodeOnchainFunds,
} from '../../src/node/small-replies.ts';
import { decodeForwards } from '../../src/node/forwards.ts';
import { mutated } from './mutate.ts';
import { answers, readerOver, recording, RECORDED_AT, type Json } from './recorded-node.ts';
import { unixSec } from '../../src/core/units.ts';
import { NodeError } from '../../src/ports.ts';

/** Mutated replies in all; FUZZ=1000000 for the long run. */
const RUNS = Number(process.env['FUZZ'] ?? 20_000);

const TARGETS: readonly (readonly [string, (reply: unknown) => unknown])[] = [
  ['listforwards', decodeForwards],
  ['listpeerchannels', decodeUsableChannels],
  ['listpeerchannels', decodeOpenIdentities],
  ['listclosedchannels', decodeClosedIdentities],
  ['getinfo', decodeInfo],
  ['listfunds', decodeOnchainFunds],
  ['help', decodeCommandNames],
  ['listnodes-id', decodeAlias],
  ['wait-forwards-created-now', decodeIndex('created')],
];

describe('decoders', () => {
  it(`take ${RUNS} mutated replies`, () => {
    const outcomes = { decoded: 0, refused: 0 };
    const replies = TARGETS.map(([name]) => recording(name).result);
    for (let run = 0; run < RUNS; run++) {
      const target = run % TARGETS.length;
      try {
        TARGETS[target]?.[1](mutated(replies[target] ?? {}, run));
        outcomes.decoded++;
      } catch (error) {
        if (!(error instanceof DecodeError)) throw new Error(`run ${run}: ${String(error)}`, { cause: error });
        outcomes.refused++;
      }
    }
    // Were one of the two rare, the mutations would not be worth much.
    expect(outcomes.decoded).toBeGreaterThan(RUNS / 10);
    expect(outcomes.refused).toBeGreaterThan(RUNS / 10);
  }, 3_600_000);

  it('take any JSON at all', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(TARGETS.length - 1), (value, target) => {
        try {
          TARGETS[target]?.[1](value);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('take mutated moves and events', async () => {
    const methods = [
      'listchannelmoves',
      'bkpr-listaccountevents',
      'wait',
      'help',
      'listpeerchannels',
      'listclosedchannels',
    ];
    for (let run = 0; run < 1000; run++) {
      const method = methods[run % methods.length] ?? '';
      const node = answers();
      const honest = node[method];
      const withMoves = run % 2 === 0;
      const { reader } = readerOver({
        ...node,
        ...(withMoves ? {} : { help: () => ({ help: [{ command: 'bkpr-listaccountevents account' }] }) }),
        [method]: (params) => mutated((honest?.(params) ?? {}) as Json, run),
      });
      try {
        for await (const page of (await reader.readRoutedMoves(unixSec(0), RECORDED_AT)) ?? [])
          expect(page.length).toBeGreaterThan(0);
      } catch (error) {
        if (!(error instanceof NodeError)) throw new Error(`run ${run}: ${String(error)}`, { cause: error });
      }
    }
  });
});
