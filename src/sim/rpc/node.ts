// getinfo, listfunds, feerates, listclosedchannels: the node itself, its money on chain and what is behind it.
import { INVALID_PARAMS, SimError, optional, required, withDefault } from '../method.ts';
import type { SimMethod } from '../method.ts';
import { makeAddress } from '../world/identity.ts';
import { commitmentFee } from '../world/liquidity.ts';
import type { Sim } from '../world/sim.ts';
import { wire } from '../world/sim.ts';
import type { WalletOutput } from '../world/records.ts';
import type { Channel } from '../world/state.ts';
import { SINCE, versionNumber } from '../world/versions.ts';
import { FEERATE_PER_KW } from '../world/wallet.ts';
import { define } from './define.ts';
import { CHANNEL_TYPE, PRIVATE_TYPE } from './peer-channels.ts';
import { bool, peerId } from './params.ts';

export const nodeMethods = (sim: Sim): SimMethod[] => [getInfo(sim), listFunds(sim), feerates(sim), listClosed(sim)];

const PORT = 19_846;
/** Feature bits of a v26.06 node, from a recording. */
const OUR_FEATURES = {
  init: '800898880a8a59a1',
  node: '808898880a8a59a1',
  channel: '',
  invoice: '02000002024100',
};

const getInfo = (sim: Sim): SimMethod =>
  define({
    name: 'getinfo',
    params: {},
    run: () => {
      const { state } = sim;
      const states = [...state.channels.values()].map((channel) => channel.state);
      const count = (...wanted: readonly Channel['state'][]) => states.filter((one) => wanted.includes(one)).length;
      const pending = count('CHANNELD_AWAITING_LOCKIN');
      const active = count('CHANNELD_NORMAL', 'CHANNELD_AWAITING_SPLICE');
      return {
        id: state.nodeId,
        alias: state.config.alias,
        color: '02bf81',
        num_peers: state.peers.size,
        num_pending_channels: pending,
        num_active_channels: active,
        num_inactive_channels: states.length - pending - active,
        address: [],
        binding: [{ type: 'ipv4', address: '127.0.0.1', port: PORT }],
        version: state.config.version,
        blockheight: state.height,
        network: 'regtest',
        fees_collected_msat: wire(state.feesCollected),
        'lightning-dir': state.config.lightningDir,
        our_features: OUR_FEATURES,
      };
    },
  });

const listFunds = (sim: Sim): SimMethod =>
  define({
    name: 'listfunds',
    params: { spent: withDefault(bool, false) },
    run: ({ spent }) => ({
      outputs: sim.state.wallet
        .filter((output) => spent || output.spentBy === null)
        .map((output) => printOutput(sim, output)),
      channels: [...sim.state.channels.values()].map((channel) => ({
        peer_id: channel.peerId,
        connected: sim.state.peers.get(channel.peerId)?.connected ?? false,
        state: channel.state,
        channel_id: channel.id,
        ...(channel.scid === null ? {} : { short_channel_id: channel.scid }),
        our_amount_msat: wire(channel.toUs),
        amount_msat: wire(channel.capacity),
        funding_txid: channel.fundingTxid,
        funding_output: channel.fundingOutnum,
      })),
    }),
  });

function printOutput(sim: Sim, output: WalletOutput): object {
  const { address, script } = makeAddress(sim.seed, output.addressNumber);
  const spent = output.spentBy !== null;
  return {
    txid: output.txid,
    output: output.vout,
    amount_msat: wire(output.amount),
    scriptpubkey: script,
    address,
    status: spent ? 'spent' : 'confirmed',
    ...(spent ? {} : { blockheight: output.blockheight }),
    reserved: false,
  };
}

/** What bitcoind and lightningd ask on a quiet regtest, per kiloweight: the recording's figures. */
const RATES = {
  opening: FEERATE_PER_KW,
  mutual_close: FEERATE_PER_KW,
  unilateral_close: FEERATE_PER_KW,
  unilateral_anchor_close: 1250,
  penalty: FEERATE_PER_KW,
  splice: 258,
  min_acceptable: FEERATE_PER_KW,
  max_acceptable: 2530,
  floor: FEERATE_PER_KW,
};
const ESTIMATE_BLOCKS = [2, 6, 12, 100];
const ESTIMATES = {
  opening_channel_satoshis: 177,
  mutual_close_satoshis: 170,
  unilateral_close_satoshis: 1390,
  unilateral_close_nonanchor_satoshis: 151,
  htlc_timeout_satoshis: 167,
  htlc_success_satoshis: 177,
};

const feerates = (sim: Sim): SimMethod =>
  define({
    name: 'feerates',
    params: { style: required(style) },
    run: (p) => {
      const version = versionNumber(sim.state.config.version);
      const known = (name: string): boolean =>
        (name !== 'unilateral_anchor_close' || version >= SINCE.unilateralAnchorFeerate) &&
        (name !== 'splice' || version >= SINCE.spliceFeerate);
      // Four weight units to the vbyte; 253 is printed as 1012, its exact four times.
      const scale = p.style === 'perkb' ? 4 : 1;
      const rates = Object.entries(RATES).flatMap(([name, rate]) => (known(name) ? [[name, rate * scale]] : []));
      const estimates = ESTIMATE_BLOCKS.map((blockcount) => ({
        blockcount,
        feerate: FEERATE_PER_KW * scale,
        smoothed_feerate: FEERATE_PER_KW * scale,
      }));
      return {
        [p.style]: { ...(Object.fromEntries(rates) as Record<string, number>), estimates },
        onchain_fee_estimates: ESTIMATES,
      };
    },
  });

function style(token: unknown): 'perkb' | 'perkw' {
  if (token === 'perkb' || token === 'perkw') return token;
  throw new SimError(INVALID_PARAMS, `'style' should be 'perkw' or 'perkb', not '${JSON.stringify(token)}'`);
}

const listClosed = (sim: Sim): SimMethod =>
  define({
    name: 'listclosedchannels',
    params: { id: optional(peerId) },
    run: ({ id }) => ({
      closedchannels: sim.state.closed
        .filter((channel) => id === undefined || channel.peerId === id)
        .map((channel) => printClosed(channel, versionNumber(sim.state.config.version))),
    }),
  });

const printClosed = (channel: Channel, version: number): object => ({
  peer_id: channel.peerId,
  channel_id: channel.id,
  ...(channel.scid === null ? {} : { short_channel_id: channel.scid }),
  alias: { local: channel.localAlias, remote: channel.remoteAlias },
  opener: channel.opener,
  ...(channel.closer === null ? {} : { closer: channel.closer }),
  private: channel.private,
  channel_type: channel.private ? PRIVATE_TYPE : CHANNEL_TYPE,
  total_local_commitments: channel.commitments,
  total_remote_commitments: channel.commitments,
  total_htlcs_sent: channel.out.offered,
  funding_txid: channel.fundingTxid,
  funding_outnum: channel.fundingOutnum,
  leased: false,
  funding_pushed_msat: wire(channel.pushed),
  ...(version >= SINCE.withheld ? { funding_withheld: false } : {}),
  total_msat: wire(channel.capacity),
  final_to_us_msat: wire(channel.toUs),
  min_to_us_msat: wire(channel.minToUs),
  max_to_us_msat: wire(channel.maxToUs),
  ...(channel.closing === null ? {} : { last_commitment_txid: channel.closing.txid }),
  last_commitment_fee_msat: wire(commitmentFee(channel)),
  close_cause: channel.closeCause,
});
