// How do lightningd's amounts and identifiers become ours? The core's parsers, as decoders.
import { bool, int, mapped, msatClamped, msatValue, num, str, type Decoder } from '../cln/decode.ts';
import { channelId, msat, nodeId, ppm, scid, secondsToNs, unixSec } from '../core/units.ts';
import type { ChannelId, Msat, NodeId, Ppm, Scid, UnixNs, UnixSec } from '../core/units.ts';

export { bool };

/** An amount that is an amount. */
export const amount: Decoder<Msat> = mapped(msatValue, msat, 'msat');
/** A limit, where 2^64-1 stands for "none". */
export const limit: Decoder<Msat> = mapped(msatClamped, msat, 'msat');
export const feeRate: Decoder<Ppm> = mapped(int, ppm, 'ppm (an integer from 0 to 4294967295)');
export const shortChannelId: Decoder<Scid> = mapped(str, scid, 'a short channel id like 123x456x0');
export const channelKey: Decoder<ChannelId> = mapped(str, channelId, 'a channel id of 64 hex digits');
export const nodeKey: Decoder<NodeId> = mapped(str, nodeId, 'a node id of 66 hex digits');
/** Whole seconds; some commands give fractions, of which we need none. */
export const seconds: Decoder<UnixSec> = mapped(num, (value) => unixSec(Math.floor(value)), 'Unix seconds >= 0');
export const nanoseconds: Decoder<UnixNs> = mapped(num, secondsToNs, 'Unix seconds >= 0');
