// Rebalances as the plugin's ledger of capital keeps them: 250,000 sats from 111x1x0 to 112x1x0 for at most 150.
import type { Intent } from '../../src/core/rebalance/intent.ts';
import { msat, satsToMsat, scid, unixSec } from '../../src/core/units.ts';
import { end, hash, intent } from '../core/rebalance/builders.ts';

const ordered = (at: number): Partial<Intent> => ({
  from: { ...end(0), scid: scid('111x1x0') },
  to: { ...end(1), scid: scid('112x1x0') },
  amountMsat: satsToMsat(250_000),
  maxFeeMsat: satsToMsat(150),
  expectedFeeMsat: satsToMsat(100),
  expectedProfitMsat: satsToMsat(50),
  plannedAt: unixSec(at),
  endedAt: unixSec(at + 60),
});

/** It was worth 150 sats, and has cost 120.007. */
export const arrived = (at: number, changes: Partial<Intent> = {}): Intent =>
  intent({
    ...ordered(at),
    ...{ state: 'settled', paymentHashes: [hash(1)], movedMsat: satsToMsat(250_000), feeMsat: msat(120_007) },
    ...changes,
  });

export const tooExpensive = (at: number): Intent =>
  intent({
    ...ordered(at),
    ...{ state: 'failed', paymentHashes: [hash(2)], failure: 'too-expensive', message: 'the path found costs 700 ppm' },
  });
