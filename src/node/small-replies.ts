// What do the small commands say: getinfo, wait, help, listfunds, listnodes?
import { array, bool, decode, int, nullable, object, optional, str } from '../cln/decode.ts';
import { plainText } from '../core/plain-text.ts';
import { sumMsat, type Msat, type NodeId } from '../core/units.ts';
import { amount, nodeKey } from './values.ts';

const info = object({
  id: nodeKey,
  version: str,
  network: str,
  blockheight: int,
  fees_collected_msat: amount,
  warning_bitcoind_sync: optional(str),
  warning_lightningd_sync: optional(str),
});

export interface NodeInfo {
  readonly nodeId: NodeId;
  readonly version: string;
  readonly network: string;
  readonly blockheight: number;
  readonly synced: boolean;
  readonly feesCollected: Msat;
}

/** @throws DecodeError */
export function decodeInfo(reply: unknown): NodeInfo {
  const row = decode(info, reply, 'getinfo');
  return {
    nodeId: row.id,
    version: row.version,
    network: row.network,
    blockheight: row.blockheight,
    synced: row.warning_bitcoind_sync === undefined && row.warning_lightningd_sync === undefined,
    feesCollected: row.fees_collected_msat,
  };
}

/** The current value of an index, from `wait` with nextvalue 0. @throws DecodeError */
export const decodeIndex =
  (name: 'created' | 'updated') =>
  (reply: unknown): number =>
    decode(object({ [name]: int }), reply, 'wait')[name] ?? 0;

/** Names without their usage: the first word of each `command`. @throws DecodeError */
export const decodeCommandNames = (reply: unknown): ReadonlySet<string> =>
  new Set(
    decode(object({ help: array(object({ command: str })) }), reply, 'help').help.map(
      ({ command }) => command.split(' ', 1)[0] ?? '',
    ),
  );
export const COMMAND_NAMES_FILTER = { help: [{ command: true }] } as const;

const output = object({ amount_msat: amount, status: str, reserved: bool });

/** Outputs that are confirmed and not reserved, summed. @throws DecodeError */
export const decodeOnchainFunds = (reply: unknown): Msat =>
  sumMsat(
    decode(object({ outputs: array(output) }), reply, 'listfunds')
      .outputs.filter(({ status, reserved }) => status === 'confirmed' && !reserved)
      .map(({ amount_msat }) => amount_msat),
  );
export const ONCHAIN_FUNDS_FILTER = { outputs: [{ amount_msat: true, status: true, reserved: true }] } as const;

/** The announced name of the one node asked for, fit to be shown; null when it has none or is not known. @throws DecodeError */
export function decodeAlias(reply: unknown): string | null {
  const [node] = decode(object({ nodes: array(object({ alias: nullable(str) })) }), reply, 'listnodes').nodes;
  const alias = plainText(node?.alias ?? '').trim();
  return alias === '' ? null : alias;
}
