// Whatever a node sends: a decoder gives a value or says what was wrong, and never anything else.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DecodeError } from '../../src/cln/decode.ts';
import { decodeClosedIdentities, decodeOpenIdentities, decodeUsableChannels } from '../../src/node/channels.ts';
import { decodeAlias, decodeCommandNames, decodeIndex, decodeInfo, decodeOnchainFunds } from '../../src/node/facts.ts';
import { decodeForwards } from '../../src/node/forwards.ts';
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

const ODD: readonly unknown[] = [
  null,
  true,
  '',
  '0',
  '-1',
  '12msat',
  '99999999999999999999999msat',
  '0x0x0',
  '16777216x0x0',
  'ab'.repeat(32),
  0,
  -1,
  1.5,
  2 ** 53,
  -(2 ** 63),
  2 ** 64,
  1e308,
  [],
  {},
  [[]],
  { __proto__: null },
  '\u0000\ud800',
];

/** xorshift32: as good as any here, and a failing run can be repeated by its number. */
const dice = (seed: number) => {
  let state = seed | 1;
  return (sides: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % sides;
  };
};

/** Puts something odd, or a piece of the reply itself, at one to three random places. */
function mutated(reply: Json, seed: number): unknown {
  const roll = dice(seed * 2654435761);
  const copy: { reply: unknown } = { reply: structuredClone(reply) };
  for (let n = roll(3); n >= 0; n--) {
    let holder: Record<string, unknown> = copy;
    let key = 'reply';
    for (let depth = roll(6); depth > 0; depth--) {
      const inner = holder[key];
      if (typeof inner !== 'object' || inner === null) break;
      const keys = Object.keys(inner);
      if (keys.length === 0) break;
      holder = inner as Record<string, unknown>;
      key = keys[roll(keys.length)] ?? '';
    }
    const choice = roll(ODD.length + 3);
    if (choice < ODD.length) holder[key] = structuredClone(ODD[choice]);
    else if (choice === ODD.length) Reflect.deleteProperty(holder, key);
    else if (choice === ODD.length + 1) holder[`${key}_more`] = holder[key];
    else holder[key] = typeof holder[key] === 'number' ? `${String(holder[key])}msat` : [holder[key]];
  }
  return copy.reply;
}

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
