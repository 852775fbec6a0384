// bkpr-*: bookkeeper's commands over the derived accounts. Absent where the node runs without bookkeeper.
import { groupBy } from '../../core/group-by.ts';
import { ZERO_MSAT } from '../../core/units.ts';
import { INVALID_PARAMS, SimError, onlyIf, optional, required, withDefault } from '../method.ts';
import type { SimMethod } from '../method.ts';
import { CURRENCY } from '../world/books.ts';
import { paymentHashOf } from '../world/identity.ts';
import type { Sim } from '../world/sim.ts';
import { wire } from '../world/sim.ts';
import type { Account } from '../world/records.ts';
import type { Channel } from '../world/state.ts';
import { SINCE, versionNumber } from '../world/versions.ts';
import { accounts, balanceOf, entries, incomeOf, netFees, printEntry } from './accounts.ts';
import type { Entry } from './accounts.ts';
import { channelsApy } from './apy.ts';
import { define } from './define.ts';
import { bool, hash, text, u64 } from './params.ts';

/** bookkeeper's default end of time: SQLite's largest integer, which no time reaches. */
const FOREVER = Number.MAX_SAFE_INTEGER;

export const bookkeeperMethods = (sim: Sim): SimMethod[] =>
  sim.state.config.bookkeeper
    ? [listAccountEvents(sim), listIncome(sim), listBalances(sim), inspect(sim), channelsApy(sim)]
    : [];

const isAccount = (sim: Sim, name: string): name is Account => accounts(sim).some((account) => account === name);

const listAccountEvents = (sim: Sim): SimMethod =>
  define({
    name: 'bkpr-listaccountevents',
    params: {
      account: optional(text),
      payment_id: onlyIf(versionNumber(sim.state.config.version) >= SINCE.paymentIdFilter, optional(hash)),
    },
    crossCheck: (p) => {
      if (p.account !== undefined && p.payment_id !== undefined)
        throw new SimError(INVALID_PARAMS, 'Can only specify one of {account} or {payment_id}');
      if (p.account !== undefined && !isAccount(sim, p.account))
        throw new SimError(INVALID_PARAMS, `Account '${p.account}' not found`);
    },
    run: (p) => {
      const lines = entries(sim, (account) => p.account === undefined || account === p.account);
      const matching = lines.filter((line) => p.payment_id === undefined || paymentOf(sim, line) === p.payment_id);
      return { events: matching.map((line) => printEntry(sim, line)) };
    },
  });

const paymentOf = (sim: Sim, line: Entry): string | null =>
  line.kind === 'channel' && line.move.payment !== null ? paymentHashOf(sim.seed, line.move.payment) : null;

const listIncome = (sim: Sim): SimMethod =>
  define({
    name: 'bkpr-listincome',
    params: {
      consolidate_fees: withDefault(bool, true),
      start_time: withDefault(u64, 0),
      end_time: withDefault(u64, FOREVER),
    },
    run: (p) => {
      const within = (time: number): boolean => time >= p.start_time && time <= p.end_time;
      const lines = entries(sim).filter((line) => within(line.move.time));
      const own = ownTransactions(sim);
      const others = p.consolidate_fees ? lines.filter((line) => line.kind !== 'onchain_fee') : lines;
      const fees: Entry[] = p.consolidate_fees
        ? netFees(sim.state.onchainFees.filter((fee) => within(fee.time))).map((move) => ({
            kind: 'onchain_fee',
            move,
          }))
        : [];
      return {
        income_events: [...others, ...fees].flatMap((line) =>
          incomeOf(sim, line, own).map((income) => ({
            account: line.move.account,
            tag: income.tag,
            credit_msat: wire(income.credit),
            debit_msat: wire(income.debit),
            currency: CURRENCY,
            timestamp: line.move.time,
            ...income.extra,
          })),
        ),
      };
    },
  });

/** Transactions that spent what was ours: what they pay into the wallet is no income. */
const ownTransactions = (sim: Sim): ReadonlySet<string> =>
  new Set(sim.state.chainMoves.flatMap((move) => (move.spendingTxid === null ? [] : [move.spendingTxid])));

const findAny = (sim: Sim, account: Account): Channel | undefined =>
  [...sim.state.channels.values(), ...sim.state.closed].find((channel) => channel.id === account);

const listBalances = (sim: Sim): SimMethod =>
  define({
    name: 'bkpr-listbalances',
    params: {},
    run: () => {
      const byAccount = groupBy(entries(sim), ({ move }) => move.account);
      return {
        accounts: accounts(sim)
          .filter((account) => account !== 'external')
          .map((account) => ({
            account,
            ...printStanding(findAny(sim, account)),
            balances: [{ balance_msat: wire(balanceOf(byAccount.get(account) ?? [])), coin_type: CURRENCY }],
          })),
      };
    },
  });

function printStanding(channel: Channel | undefined): object {
  if (!channel) return {};
  const resolvedHeight = channel.closing?.resolvedHeight ?? null;
  return {
    peer_id: channel.peerId,
    we_opened: channel.opener === 'local',
    account_closed: (channel.closing?.spentHeight ?? null) !== null,
    account_resolved: resolvedHeight !== null,
    ...(resolvedHeight === null ? {} : { resolved_at_block: resolvedHeight }),
  };
}

const inspect = (sim: Sim): SimMethod =>
  define({
    name: 'bkpr-inspect',
    params: { account: required(text) },
    run: ({ account }) => {
      if (!isAccount(sim, account)) throw new SimError(-3, `Account ${account} not found`);
      if (account === 'wallet') throw new SimError(-3, '`inspect` not supported for `wallet`');
      const moves = sim.state.chainMoves.filter((move) => move.account === account || move.origin === account);
      const txids = new Set(moves.flatMap((m) => [m.utxo.split(':')[0] ?? '', m.spendingTxid ?? []].flat()));
      const fees = netFees(sim.state.onchainFees.filter((fee) => fee.account === account));
      return {
        txs: Array.from(txids, (txid) => ({
          txid,
          ...blockOf(moves.find((m) => m.spendingTxid === txid || m.utxo.startsWith(txid))),
          fees_paid_msat: wire(fees.find((fee) => fee.txid === txid)?.credit ?? ZERO_MSAT),
          outputs: moves
            .filter((move) => move.utxo.startsWith(txid) && move.spendingTxid === null)
            .map((move) => {
              const spend = moves.find((other) => other.utxo === move.utxo && other.spendingTxid !== null);
              return {
                account: move.account,
                outnum: Number(move.utxo.split(':')[1]),
                output_tag: move.tag,
                output_value_msat: wire(move.outputMsat),
                credit_msat: wire(move.credit),
                currency: CURRENCY,
                ...(spend
                  ? { spend_tag: spend.tag, spending_txid: spend.spendingTxid, debit_msat: wire(spend.debit) }
                  : {}),
              };
            }),
        })),
      };
    },
  });

const blockOf = (move: { readonly blockheight: number } | undefined): object =>
  move === undefined ? {} : { blockheight: move.blockheight };
