// A payment has failed: whose fault was it, and is another path worth a try?
import { decode, int, nullable, object } from '../../../cln/decode.ts';
import type { Refusal } from '../../ask.ts';
import type { Hop, Path } from './path.ts';
import { problem, type Problem } from './problem.ts';

/** lightningd's own (common/jsonrpc_errors.h): the recipient refused; some node on the way did. */
const DESTINATION_FAILED = 203;
const TRY_OTHER_ROUTE = 204;
/** BOLT 4: what nodes answer. */
const TEMPORARY_CHANNEL_FAILURE = 0x1007;
const UNKNOWN_NEXT_PEER = 0x400a;
const FEE_INSUFFICIENT = 0x100c;
const NODE_FLAG = 0x2000;

export type Lesson =
  | { readonly kind: 'stop'; readonly problem: Problem }
  /** These channels did not carry as much. */
  | { readonly kind: 'constrain'; readonly hops: readonly Hop[] }
  | { readonly kind: 'disable-channel'; readonly hop: Hop }
  /** The node between these two. */
  | { readonly kind: 'disable-node'; readonly before: Hop };

const report = object({
  /** 0 is ourselves, 1 the first peer, and so on along the route. */
  erring_index: nullable(int),
  failcode: nullable(int),
});

const stop = (failure: Problem['failure'], reason: string): Lesson => ({
  kind: 'stop',
  problem: problem(failure, reason),
});

/**
 * What an attempt over this path teaches. Where lightningd cannot say who failed, each channel of the path is blamed:
 * the layer that remembers it is gone after the order.
 */
export function lessonOf(refusal: Refusal | null, path: Path): Lesson {
  const said = refusal?.message ?? 'lightningd lists it as failed';
  if (refusal?.code === DESTINATION_FAILED)
    return stop('driver-error', `our own node refused the payment when it came back: ${said}`);
  const { erring_index: index, failcode } =
    refusal?.code === TRY_OTHER_ROUTE
      ? decode(report, refusal.data ?? {}, 'waitsendpay')
      : { erring_index: null, failcode: null };
  if (index === null) return { kind: 'constrain', hops: path };
  if (index === 0)
    return failcode === UNKNOWN_NEXT_PEER
      ? stop('peer-offline', `the first peer cannot be reached: ${said}`)
      : stop('no-liquidity', `the channel that was to give refused: ${said}`);
  const hop = path[index - 1];
  if (hop === undefined) return ofLastPeer(failcode, said);
  if (failcode === TEMPORARY_CHANNEL_FAILURE) return { kind: 'constrain', hops: [hop] };
  const before = path[index - 2];
  if (failcode !== null && (failcode & NODE_FLAG) !== 0)
    return before === undefined
      ? stop('peer-offline', `the first peer is out of order: ${said}`)
      : { kind: 'disable-node', before };
  return { kind: 'disable-channel', hop };
}

/** No other path helps: it has to come back by this channel. */
function ofLastPeer(failcode: number | null, said: string): Lesson {
  if (failcode === UNKNOWN_NEXT_PEER) return stop('peer-offline', `the last peer does not see us: ${said}`);
  if (failcode === FEE_INSUFFICIENT)
    return stop('too-expensive', `the last peer now wants more than he has told us: ${said}`);
  return stop('no-liquidity', `the channel that was to take refused: ${said}`);
}
