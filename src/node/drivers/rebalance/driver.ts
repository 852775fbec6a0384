// How is the plugin rebalance of lightningd/plugins asked to rebalance, and what do its answers mean?
import { decode, nullable, object, oneOf, str } from '../../../cln/decode.ts';
import { err, ok, type Result } from '../../../core/result.ts';
import { msat, safeNumber, subMsat } from '../../../core/units.ts';
import type { RebalanceDriver } from '../../../ports.ts';
import type { Params } from '../../ask.ts';
import { problem, type Problem } from '../native/problem.ts';
import { BlockingDriver, type Dialect } from '../plugins/blocking.ts';
import type { Means } from '../plugins/evidence.ts';
import { reasonIn } from '../plugins/words.ts';
import { InTurn, REPORT } from './in-turn.ts';

export const REBALANCE_COMMANDS = ['rebalance', REPORT.command] as const;

/**
 * Kept back of the cap: the plugin has askrene price the path, then computes each hop's fee anew, rounded up, and does not
 * compare again. An onion holds at most 27 hops (BOLT 4), each a msat more at most, and what that itself is charged for.
 */
const ROUNDING_MSAT = msat(30n);

/** Amounts and fee, which are plain numbers or `123msat` texts by version, are not read: listsendpays says them. */
const reply = object({ status: oneOf('complete', 'error', 'exception'), message: nullable(str) });

const WORDS: readonly (readonly [RegExp, Problem['failure']])[] = [
  [/timeout reached/i, 'timeout'],
  [/no suitable routes/i, 'no-route'],
  // getroutes's codes and words, which the plugin passes on.
  [/excessive cost|\b206\b/i, 'too-expensive'],
  [/\b205\b/i, 'no-route'],
  // pyln refuses a negative amount in these words, getroutes in those.
  [/maxfee_msat|millisatoshi must be >= 0/i, 'too-expensive'],
  [/error with (incoming|outgoing) channel|capacities too low/i, 'no-liquidity'],
  [/not in state|not connected|cannot find peer for channel/i, 'peer-offline'],
];

const meaning = (message: string): Problem =>
  problem(reasonIn(WORDS, message) ?? 'driver-error', `rebalance: ${message}`);

const dialect: Dialect = {
  name: 'rebalance',
  command: 'rebalance',
  ask({ from, to, amountMsat, maxFeeMsat }, { lastFeeMsat }, seconds): Result<Params, Problem> {
    const cap = subMsat(maxFeeMsat, ROUNDING_MSAT);
    // Else it would ask getroutes for a path of less than nothing.
    if (cap <= 0n || cap < lastFeeMsat)
      return err(
        problem(
          'too-expensive',
          `the last hop alone costs ${lastFeeMsat} msat, and the cap is ${maxFeeMsat} msat, of which rebalance needs ` +
            `${ROUNDING_MSAT} msat for its rounding`,
        ),
      );
    return ok({
      ...{ outgoing_scid: from.scid, incoming_scid: to.scid, msatoshi: safeNumber(amountMsat, 'amount') },
      ...{ retry_for: seconds, maxfeepercent: 0, exemptfee: safeNumber(cap, 'cap') },
    });
  },
  hear(value) {
    const { status, message } = decode(reply, value, 'rebalance');
    return status === 'complete' ? null : meaning(message ?? status);
  },
  refused: meaning,
};

export const rebalanceDriver = (means: Means): RebalanceDriver => new InTurn(means, new BlockingDriver(means, dialect));
