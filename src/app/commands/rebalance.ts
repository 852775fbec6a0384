// revenue-rebalance: the operator's own rebalance, through the same capital controls as ours.
import type { ManualRequest } from '../../core/rebalance/manual.ts';
import type { DriverOutcome } from '../../core/rebalance/types.ts';
import { msatToSats, satsToMsat, type Msat } from '../../core/units.ts';
import { channelNames, inNames, type NameOf } from '../channel-names.ts';
import { namedChannel } from '../named-channel.ts';
import { requireReady } from '../readiness.ts';
import type { ByHand } from '../rebalance/manual-rebalance.ts';
import { command, type Progress } from './command.ts';
import type { CommandContext } from './context.ts';
import { channelName, optional, readParams, refuse, required, type Values } from './params.ts';
import { sats } from './rebalance-params.ts';

const PARAMS = {
  from_channel: required(channelName),
  to_channel: required(channelName),
  amount_sats: required(sats),
  max_fee_sats: optional(sats),
};

/** Seconds from one sign of life to the next: lightning-cli shows them. */
const PROGRESS_SECONDS = 1;

export const rebalanceCommand = command({
  name: 'revenue-rebalance',
  usage: 'from_channel to_channel amount_sats [max_fee_sats]',
  description:
    'Move liquidity from one channel to another, for at most max_fee_sats (default: what the arithmetic says it is worth)',
  read: readRequest,
  run: async (params, context, progress) => {
    const { request, nameOf } = await asked(params, context);
    return reply(await withProgress(context, progress, () => context.rebalancer.byHand(request)), nameOf);
  },
  preview: async (params, context) => {
    const { request, nameOf } = await asked(params, context);
    return reply(await context.rebalancer.preview(request), nameOf);
  },
});

/** @throws CommandError invalid-parameter */
function readRequest(params: unknown): Values<typeof PARAMS> {
  const values = readParams(PARAMS, params);
  const { amount_sats, max_fee_sats } = values;
  // No liquidity is worth that, so it is a slip of the finger, such as two figures exchanged.
  if (max_fee_sats !== null && max_fee_sats >= amount_sats)
    refuse(`max_fee_sats: expected less than amount_sats (${amount_sats}), got ${max_fee_sats}`);
  return values;
}

/** @throws CommandError not-ready, invalid-parameter, unknown-channel; NodeError */
async function asked(
  { from_channel, to_channel, amount_sats, max_fee_sats }: Values<typeof PARAMS>,
  { readiness, node, store }: CommandContext,
): Promise<{ request: ManualRequest; nameOf: NameOf }> {
  requireReady(readiness());
  const { channels } = await node.readSnapshot();
  const from = await namedChannel('from_channel', from_channel, channels, node, store.ledger);
  const to = await namedChannel('to_channel', to_channel, channels, node, store.ledger);
  // Only here: one channel has several names.
  if (from.channelId === to.channelId)
    refuse(`to_channel: expected another channel than from_channel (${from_channel}), got ${to_channel}`);
  const request = {
    from: from.channelId,
    to: to.channelId,
    amountMsat: satsToMsat(amount_sats),
    maxFeeMsat: max_fee_sats === null ? null : satsToMsat(max_fee_sats),
  };
  return { request, nameOf: channelNames(channels, store.ledger) };
}

/** Tells how much of a driver's time has passed, as long as the work lasts. */
async function withProgress<T>(
  { clock, config }: CommandContext,
  { progress }: Progress,
  work: () => Promise<T>,
): Promise<T> {
  const total = config().rebalanceTimeout;
  const done = new AbortController();
  const tell = async (): Promise<void> => {
    for (let second = 0; !done.signal.aborted; second += PROGRESS_SECONDS) {
      progress(Math.min(second, total - 1), total);
      await clock.sleep(PROGRESS_SECONDS, done.signal);
    }
  };
  const telling = tell();
  try {
    return await work();
  } finally {
    done.abort();
    await telling;
  }
}

function reply({ proposal, driver, outcome }: ByHand, nameOf: NameOf): object {
  const { evaluation, maxFeeMsat } = proposal;
  return {
    ...outcomeReply(outcome, nameOf),
    max_fee_sats: msatToSats(maxFeeMsat),
    expected_fee_sats: msatToSats(evaluation.expectedFeeMsat),
    expected_profit_sats: msatToSats(evaluation.expectedProfitMsat),
    driver,
  };
}

/** Per million of what has arrived; null where nothing has. */
const feePpm = (fee: Msat, moved: Msat): number | null =>
  moved === 0n ? null : Number((fee * 1_000_000_000n) / moved) / 1000;

function outcomeReply(outcome: DriverOutcome | null, nameOf: NameOf): object {
  if (outcome === null)
    return {
      status: 'dry-run',
      moved_sats: 0,
      fee_sats: 0,
      fee_ppm: null,
      payment_hash: null,
      message: 'dry-run: nothing was sent',
      attempts: 0,
    };
  const { status, movedMsat, feeMsat, paymentHash, reason, attempts } = outcome;
  return {
    status,
    moved_sats: msatToSats(movedMsat),
    fee_sats: msatToSats(feeMsat),
    fee_ppm: feePpm(feeMsat, movedMsat),
    payment_hash: paymentHash,
    message: inNames(reason, nameOf),
    attempts,
  };
}
