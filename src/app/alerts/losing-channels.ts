// Which channels were filled for more than they have earned since?
import { sats } from '../../core/in-words.ts';
import {
  addMsat,
  daysBefore,
  msatToSats,
  satsToMsat,
  subMsat,
  sumMsat,
  ZERO_MSAT,
  type ChannelId,
  type Msat,
} from '../../core/units.ts';
import type { Alert } from './alert.ts';
import type { BusinessFacts } from './business-facts.ts';

/** Days looked at; what was bought within the last of them has hardly had time to sell. */
const LOSS_DAYS = 30;
const SELLING_DAYS = 3;
/** Below it a loss is nothing that anybody would do something about. */
const LEAST_LOSS = satsToMsat(100);
/** Told of at once; the table of channels has the others. */
const MOST_LOSERS = 3;

/** @throws StoreError */
export function losing({ now, store, open, nameOf }: BusinessFacts): Alert[] {
  const from = daysBefore(now, LOSS_DAYS);
  const until = daysBefore(now, SELLING_DAYS);
  const costs = new Map<ChannelId, Msat>();
  for (const { time: at, inChannel, fee } of store.ledger.selfPayments())
    if (inChannel !== null && open.has(inChannel) && at >= from && at < until)
      costs.set(inChannel, addMsat(costs.get(inChannel) ?? ZERO_MSAT, fee));
  if (costs.size === 0) return [];
  const days = store.ledger.days();
  return [...costs]
    .map(([channel, cost]) => {
      const entries = (days.get(channel) ?? []).filter(({ time: at }) => at >= from);
      return { channel, cost, earned: sumMsat(entries.map(({ amount }) => amount)) };
    })
    .filter(({ cost, earned }) => subMsat(cost, earned) >= LEAST_LOSS)
    .sort((a, b) => Number(subMsat(b.cost, b.earned) - subMsat(a.cost, a.earned)))
    .slice(0, MOST_LOSERS)
    .map(({ channel, cost, earned }) => ({
      kind: 'channel-losing',
      subject: channel,
      text:
        `channel ${nameOf(channel)} loses money: within ${LOSS_DAYS} days rebalances into it cost ${sats(msatToSats(cost))}, and ` +
        `it earned ${sats(msatToSats(earned))}. See revenue-profitability for it; revenue-policy set … rebalance=none stops it`,
    }));
}
