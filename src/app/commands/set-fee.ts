// revenue-set-fee: the operator's own fee, which the controller then leaves alone for a while.
import { displayId } from '../../core/snapshot.ts';
import type { Ppm } from '../../core/units.ts';
import { previewFeeByHand, setFeeByHand, type ManualFee, type ManualFeePorts } from '../manual-fee.ts';
import { requireReady } from '../readiness.ts';
import { command } from './command.ts';
import type { CommandContext } from './context.ts';
import { feePpm, hours } from './fee-params.ts';
import { channelName, readParams, required, withDefault } from './params.ts';

/** Long enough to see what a day's traffic makes of it. */
const DEFAULT_HOLD_HOURS = 24;

const PARAMS = {
  channel_id: required(channelName),
  fee_ppm: required(feePpm),
  hold_hours: withDefault(hours('from 0'), DEFAULT_HOLD_HOURS),
};

export const setFeeCommand = command({
  name: 'revenue-set-fee',
  usage: 'channel_id fee_ppm [hold_hours]',
  description: `Set the fee rate of one channel by hand; the controller leaves its peer alone for hold_hours (${String(DEFAULT_HOLD_HOURS)})`,
  read: (params) => readParams(PARAMS, params),
  run: async ({ channel_id, fee_ppm, hold_hours }, context) => {
    requireReady(context.readiness());
    const order = { channel: channel_id, feePpm: fee_ppm, holdHours: hold_hours };
    return reply(await context.exclusive(() => setFeeByHand(portsOf(context), context.config(), order)), fee_ppm);
  },
  preview: async ({ channel_id, fee_ppm, hold_hours }, context) => {
    requireReady(context.readiness());
    const order = { channel: channel_id, feePpm: fee_ppm, holdHours: hold_hours };
    return reply(await previewFeeByHand(portsOf(context), context.config(), order), fee_ppm);
  },
});

const portsOf = (context: CommandContext): ManualFeePorts => ({
  ...context,
  store: context.store.fees,
  ledger: context.store.ledger,
});

const reply = ({ channel, oldPpm, clbossUnmanaged, heldUntil, dryRun }: ManualFee, feePpm: Ppm): object => ({
  channel_id: displayId(channel),
  peer_id: channel.peerId,
  old_fee_ppm: oldPpm,
  new_fee_ppm: feePpm,
  clboss_unmanaged: clbossUnmanaged,
  held_until: heldUntil,
  dry_run: dryRun,
});
