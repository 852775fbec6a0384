// How is the plugin circular asked to rebalance, and what do its answers mean? (giovannizotta/circular, archived)
import { decode, int, nullable, object, oneOf, str } from '../../../cln/decode.ts';
import type { ApprovedOrder } from '../../../core/rebalance/types.ts';
import { err, ok, type Result } from '../../../core/result.ts';
import { msatToSats } from '../../../core/units.ts';
import type { Params } from '../../ask.ts';
import { problem, type Problem } from '../native/problem.ts';
import { BlockingDriver, type Dialect } from '../plugins/blocking.ts';
import type { Means } from '../plugins/evidence.ts';
import { reasonIn } from '../plugins/words.ts';

export const CIRCULAR_COMMANDS = ['circular'] as const;

/** circular waits so long for each payment and then goes no further (node/payment.go). */
const SECONDS_PER_ATTEMPT = 120;
const MOST_ATTEMPTS = 3;
/** circular's own default, given so that no other of its versions decides. */
const MOST_HOPS = 8;
const PPM = 1_000_000n;

/**
 * circular rounds down what a route costs before it compares: at `maxppm` 200 it takes one of 200.99 ppm. The highest
 * one for which no msat above the cap can pass. 0 would mean circular's default of 10.
 */
export const maxPpm = ({ amountMsat, maxFeeMsat }: Pick<ApprovedOrder, 'amountMsat' | 'maxFeeMsat'>): number =>
  Number(((maxFeeMsat + 1n) * PPM) / amountMsat - 1n);

const reply = object({ status: oneOf('success', 'failure'), message: str, attempts: nullable(int) });

/** In circular's words (util/error.go, rebalance/rebalance.go). */
const WORDS: readonly (readonly [RegExp, Problem['failure']])[] = [
  [/route too expensive/i, 'too-expensive'],
  [/wire fee insufficient/i, 'too-expensive'],
  [/timed out after/i, 'timeout'],
  [/disconnected|not in normal state|first peer not ready/i, 'peer-offline'],
  [/does not have enough (remote|local) balance/i, 'no-liquidity'],
  [/temporary.channel.failure/i, 'no-liquidity'],
  [/unable to find a route|no route|no candidates/i, 'no-route'],
];

/** Both channels were just found in listpeerchannels: circular reads them from listpeers, which lost them in v24.08. */
const BLIND = /not a peer or peer channel|no (incoming|outgoing) channel/i;

const meaning = (message: string): Problem =>
  BLIND.test(message)
    ? problem('driver-error', `circular does not see our channels; it is too old for this lightningd: ${message}`)
    : problem(reasonIn(WORDS, message) ?? 'driver-error', `circular: ${message}`);

const dialect: Dialect = {
  name: 'circular',
  command: 'circular',
  ask({ from, to, amountMsat, maxFeeMsat }, _ends, seconds): Result<Params, Problem> {
    const maxppm = maxPpm({ amountMsat, maxFeeMsat });
    if (maxppm < 1)
      return err(
        problem('too-expensive', `the cap of ${maxFeeMsat} msat is less than the 1 ppm that circular asks at least`),
      );
    return ok({
      ...{ outscid: from.scid, inscid: to.scid, amount: msatToSats(amountMsat), maxppm },
      attempts: Math.min(MOST_ATTEMPTS, Math.max(1, Math.floor(seconds / SECONDS_PER_ATTEMPT))),
      maxhops: MOST_HOPS,
    });
  },
  hear(value) {
    const { status, message, attempts } = decode(reply, value, 'circular');
    if (status === 'success') return null;
    const told = meaning(message);
    // What was tried did not carry it; with all attempts spent circular gives no reason at all.
    const tried = (attempts ?? 0) > 0 && (told.failure === 'no-route' || /attempts\.\s*$/.test(message));
    return tried ? problem('no-liquidity', told.reason) : told;
  },
  refused: meaning,
};

export const circularDriver = (means: Means): BlockingDriver => new BlockingDriver(means, dialect);
