// One channel's page: what it earned and cost day by day, each change of its fee, its balance, its account, and why.
import { channelAccountReply, namedOnes } from '../../app/commands/profitability.ts';
import { explainReply, type ExplainReply } from '../../app/commands/explain.ts';
import { balancesOf, type Movements } from '../../app/profit/balance.ts';
import type { Judged } from '../../app/profit/channel-figures.ts';
import { daysBack } from '../../app/profit/period.ts';
import { feeTerms } from '../../app/policy-terms.ts';
import {
  addMsat,
  dayOf,
  dayStart,
  msatToSats,
  SECONDS_PER_DAY,
  subMsat,
  unixSec,
  ZERO_MSAT,
  type Msat,
} from '../../core/units.ts';
import type { ActionFilter, Policy, Store } from '../../ports.ts';
import {
  CHANNEL_DAY_COLUMNS,
  FEE_CHANGE_COLUMNS,
  tableOf,
  type BalanceHistory,
  type ChannelDayRow,
  type ChannelPage,
  type FeeChangeRow,
  type OwnPolicy,
} from '../api.ts';
import type { Readings } from '../readings.ts';
import { channelRows } from './channels.ts';
import { feeChangeRow, rebalanceTable } from './rows.ts';

/** As far back as the page looks: two years, in days. */
const DAYS_SHOWN = 730;
/** Six changes a day would be 4,380 in that time. */
const MOST_CHANGES = 5000;
const MOST_REBALANCES = 100;

/** @throws CommandError unknown-channel */
export async function channelPageOf(readings: Readings, name: string): Promise<ChannelPage> {
  const gathered = await readings.profits();
  const { store } = readings.context;
  const { now } = gathered;
  const chosen = namedOnes(gathered.channels, name);
  // The open one where several had the name.
  const channel = chosen.find(({ view }) => view !== null) ?? chosen[0];
  if (channel === undefined) throw new RangeError('channel: expected at least one of that name');
  const { books, view } = channel;
  const nameOf = readings.nameOf(gathered);
  const filter: ActionFilter = {
    from: daysBack(now, DAYS_SHOWN),
    until: unixSec(now + SECONDS_PER_DAY),
    subjects: [books.channelId],
    by: null,
    text: null,
    before: null,
  };
  const own = store.fees.policies(now).find(({ subject }) => subject === books.channelId);
  const changes = store.history.feeChanges(filter, MOST_CHANGES).toReversed();
  const movements = movementsOf(store, channel);
  const explain: ExplainReply | null = view === null ? null : await explainReply(books.channelId, readings.context);
  return {
    as_of: now,
    channel_id: channel.name,
    peer_id: books.peerId,
    alias: view?.peerAlias ?? null,
    open: books.closing === null,
    row: view === null ? null : (channelRows(readings, gathered, books.channelId)[0] ?? null),
    profitability: channelAccountReply(gathered, [channel], 0),
    explain,
    own_policy: own === undefined ? null : ownPolicy(own),
    days: tableOf<ChannelDayRow>(CHANNEL_DAY_COLUMNS, dayRows(movements, filter.from)),
    fee_changes: tableOf<FeeChangeRow>(FEE_CHANGE_COLUMNS, changes.map(feeChangeRow)),
    balance: balanceHistory(channel, movements, filter.from),
    rebalances: rebalanceTable(store.history.rebalances(filter, MOST_REBALANCES), nameOf),
  };
}

const ownPolicy = (policy: Policy): OwnPolicy => ({
  ...feeTerms(policy),
  rebalance: policy.rebalance,
  expires_at: policy.expiresAt,
});

function movementsOf({ ledger }: Pick<Store, 'ledger'>, { books, days }: Judged): Movements {
  const payments = ledger.selfPayments();
  return {
    books,
    days,
    refills: payments.filter(({ inChannel }) => inChannel === books.channelId),
    drains: payments.filter(({ outChannel }) => outChannel === books.channelId),
  };
}

function dayRows({ days, refills }: Movements, from: number): ChannelDayRow[] {
  const costs = new Map<number, Msat>();
  for (const { time, fee } of refills) costs.set(dayOf(time), addMsat(costs.get(dayOf(time)) ?? ZERO_MSAT, fee));
  const carried = new Map(days.map((day) => [dayOf(day.time), day]));
  return [...new Set([...carried.keys(), ...costs.keys()])]
    .filter((day) => dayStart(day) >= from)
    .sort((a, b) => a - b)
    .map((day) => {
      const entry = carried.get(day);
      return {
        day: dayStart(day),
        revenue_sats: msatToSats(entry?.amount ?? ZERO_MSAT),
        sourced_revenue_sats: msatToSats(entry?.sourced ?? ZERO_MSAT),
        rebalance_cost_sats: msatToSats(costs.get(day) ?? ZERO_MSAT),
        forwards_out: entry?.sentCount ?? 0,
        forwards_in: entry?.receivedCount ?? 0,
        sats_out: msatToSats(entry?.sent ?? ZERO_MSAT),
        sats_in: msatToSats(entry?.received ?? ZERO_MSAT),
      };
    });
}

function balanceHistory({ view }: Judged, movements: Movements, from: number): BalanceHistory {
  const balances = balancesOf(movements);
  const last = balances.at(-1)?.balance ?? ZERO_MSAT;
  const rows = balances
    .filter(({ time }) => time >= from)
    .map(({ time, balance }) => ({ time, balance_sats: msatToSats(balance) }));
  return {
    capacity_sats: view === null ? null : msatToSats(view.capacity),
    points: tableOf<{ time: number; balance_sats: number }>(['time', 'balance_sats'], rows),
    unexplained_sats: view === null ? null : msatToSats(subMsat(view.toUs, last)),
  };
}
