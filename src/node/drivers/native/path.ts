// Which path does a reply of getroutes name? It has one shape since v26.06 and had another before.
import { array, decode, DecodeError, int, nullable, object, str, type Decoder } from '../../../cln/decode.ts';
import { scid, type Msat, type NodeId, type Scid } from '../../../core/units.ts';
import { amount, nodeKey } from '../../values.ts';

export interface Hop {
  /** Channel and direction as askrene writes them: `123x4x5/0`. */
  readonly direction: string;
  readonly channel: Scid;
  /** Whom it leads to. */
  readonly to: NodeId;
  /** What arrives before it, and what it carries. */
  readonly inMsat: Msat;
  readonly outMsat: Msat;
  /** Blocks until the HTLC before it, and its own, time out. */
  readonly cltvIn: number;
  readonly cltvOut: number;
}

/** At least one hop. */
export type Path = readonly [Hop, ...Hop[]];

const direction: Decoder<{ readonly text: string; readonly channel: Scid }> = (value, path) => {
  const [id = '', end = '', ...rest] = str(value, path).split('/');
  try {
    if ((end === '0' || end === '1') && rest.length === 0) return { text: `${id}/${end}`, channel: scid(id) };
  } catch {
    // Named below.
  }
  throw new DecodeError(path, 'a channel and its direction like 123x4x5/0', value);
};

const hop = object({
  short_channel_id_dir: direction,
  node_id_out: nullable(nodeKey),
  amount_in_msat: nullable(amount),
  amount_out_msat: nullable(amount),
  cltv_in: nullable(int),
  cltv_out: nullable(int),
  // Until v26.04, deprecated since.
  next_node_id: nullable(nodeKey),
  amount_msat: nullable(amount),
  delay: nullable(int),
});
const reply = object({
  routes: array(object({ amount_msat: amount, final_cltv: int, path: array(hop) })),
});

export interface Wanted {
  readonly destination: NodeId;
  readonly amountMsat: Msat;
  /** May not be on the way. */
  readonly own: NodeId;
}

function need<T>(value: T | null | undefined, path: string, expected: string): T {
  if (value === null || value === undefined) throw new DecodeError(path, expected, value);
  return value;
}

/** The one path, which leads to where it was to, with the amount it was to, and not through us. @throws DecodeError */
export const decodePath =
  ({ destination, amountMsat, own }: Wanted) =>
  (value: unknown): Path => {
    const { routes } = decode(reply, value, 'getroutes');
    const [route, ...others] = routes;
    if (route === undefined || others.length > 0) throw new DecodeError('getroutes.routes', 'one route', routes);
    const hops = route.path.map((row, i): Hop => {
      const at = `getroutes.routes[0].path[${i}]`;
      const next = route.path[i + 1];
      // The older shape says only what arrives before each hop: what it carries arrives before the next.
      return {
        direction: row.short_channel_id_dir.text,
        channel: row.short_channel_id_dir.channel,
        to: need(row.node_id_out ?? row.next_node_id, `${at}.node_id_out`, 'a node id'),
        inMsat: need(row.amount_in_msat ?? row.amount_msat, `${at}.amount_in_msat`, 'msat'),
        outMsat: row.amount_out_msat ?? next?.amount_msat ?? route.amount_msat,
        cltvIn: need(row.cltv_in ?? row.delay, `${at}.cltv_in`, 'blocks'),
        cltvOut: row.cltv_out ?? next?.delay ?? route.final_cltv,
      };
    });
    const [first, ...rest] = hops;
    const last = hops.at(-1);
    if (first === undefined || last === undefined)
      throw new DecodeError('getroutes.routes[0].path', 'at least one hop', route.path);
    if (last.to !== destination) throw new DecodeError('getroutes.routes[0].path', `to end at ${destination}`, last.to);
    if (last.outMsat !== amountMsat)
      throw new DecodeError('getroutes.routes[0].amount_msat', String(amountMsat), String(last.outMsat));
    for (const [i, { to, inMsat, outMsat, cltvIn, cltvOut }] of hops.entries()) {
      const at = `getroutes.routes[0].path[${i}]`;
      if (to === own) throw new DecodeError(at, 'to go past our own node', to);
      if (inMsat < outMsat) throw new DecodeError(at, 'no negative fee', String(outMsat - inMsat));
      if (cltvIn < cltvOut) throw new DecodeError(at, 'no negative delay', cltvIn - cltvOut);
    }
    return [first, ...rest];
  };
