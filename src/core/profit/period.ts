// Which of an account's cash flows belong to a period, as if it had been bought at its beginning and sold at its end?
import type { ChannelAccount } from './account.ts';
import { incurredFlows, inOrder, isCapital, type CashFlow } from './cash-flow.ts';
import { negMsat, sumMsat, type UnixSec } from '../units.ts';

/**
 * What happened at `from` or later. Capital that was in by then goes in at `from`; what is still in comes back at `until`.
 * A closing fee counts only once it is paid: an estimate of it, spread over a week, would be all that one sees.
 * @param until no earlier than the last flow
 */
export function periodFlows(account: ChannelAccount, from: UnixSec, until: UnixSec): CashFlow[] {
  const incurred = incurredFlows(account);
  const before = incurred.filter((flow) => flow.time < from && isCapital(flow));
  const left = account.end.state === 'open' ? incurred.filter(isCapital) : [];
  return inOrder([
    atOnce(before, from, 'capital_in', sumMsat(before.map(({ amount }) => amount))),
    ...incurred.filter(({ time }) => time >= from),
    atOnce(left, until, 'capital_out', negMsat(sumMsat(left.map(({ amount }) => amount)))),
  ]);
}

const atOnce = (
  flows: readonly CashFlow[],
  time: UnixSec,
  kind: CashFlow['kind'],
  amount: CashFlow['amount'],
): CashFlow => ({ time, amount, kind, estimated: flows.some(({ estimated }) => estimated) });
