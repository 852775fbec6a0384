// What does revenue-explain say of a channel and its fee?
import { explain } from '../../core/fee/explain.ts';
import { policyOf } from '../../core/fee/policy.ts';
import { stepText } from '../../core/fee/step-texts.ts';
import { FEE_REASONS, FEE_STEPS } from '../../core/reasons.ts';
import type { NameOf } from '../channel-names.ts';
import { displayId, type ChannelView } from '../../core/snapshot.ts';
import { msatToSats, ratio, safeNumber, type UnixSec } from '../../core/units.ts';
import type { FeeStore, KeptDecision, Policy } from '../../ports.ts';
import type { ClbossView } from '../clboss.ts';
import { feeTerms } from '../policy-terms.ts';

/** Rows of fee_changes shown. */
const LAST_CHANGES = 5;

export interface ExplainedFrom {
  readonly now: UnixSec;
  readonly channel: ChannelView;
  /** All usable channels of the node. */
  readonly channels: readonly ChannelView[];
  readonly store: FeeStore;
  /** Null where clboss could not be asked. */
  readonly clboss: ClbossView | null;
  readonly clbossEnabled: boolean;
  readonly nameOf: NameOf;
}

export function feeExplained({ now, channel, channels, store, clboss, clbossEnabled, nameOf }: ExplainedFrom) {
  const { peerId } = channel;
  const theirs = channels.filter((one) => one.peerId === peerId);
  const open = theirs.filter((one) => !one.private);
  // A private channel beside public ones has no part in what is decided on those.
  const isApart = channel.private && open.length > 0;
  const decision = isApart ? null : store.decision(peerId);
  const policy = policyOf(
    peerId,
    open.map(({ channelId }) => channelId),
    store.policies(now),
  );
  // A static fee is set back at once, whoever changed it.
  const externalUntil = policy?.strategy === 'static' ? 0 : (store.pricing().get(peerId)?.state.externalUntil ?? 0);
  const hold = store.holds(now).get(peerId);
  return {
    channel_id: displayId(channel),
    peer_id: peerId,
    alias: channel.peerAlias,
    as_of: now,
    fee_ppm: channel.feePpm,
    base_fee_msat: safeNumber(channel.feeBase, 'base fee'),
    local_ratio: ratio(channel.toUs, channel.capacity),
    capacity_sats: msatToSats(channel.capacity),
    connected: channel.connected,
    private: channel.private,
    priced_with: isApart ? [] : open.filter((one) => one !== channel).map(displayId),
    fee: decision && feeReply(decision, nameOf),
    fee_note: isApart
      ? `a private channel, whose fee is not ours to set; see the public ones to this peer: ${open.map(displayId).join(', ')}`
      : decision === null
        ? 'no fee cycle has decided on this channel yet; see loops.fees in revenue-status'
        : null,
    policy: policy && policyReply(policy, nameOf),
    hold: hold === undefined ? null : { until: hold.until, by: hold.by },
    external_until: externalUntil > now ? externalUntil : null,
    clboss: clbossReply(clboss, clbossEnabled, peerId),
    last_changes: store.changesOf(channel.channelId, LAST_CHANGES).map((change) => ({
      old_fee_ppm: change.oldFeePpm,
      new_fee_ppm: change.newFeePpm,
      reason: change.reason,
      manual: change.manual,
      timestamp: change.timestamp,
    })),
  };
}
export type FeeExplained = ReturnType<typeof feeExplained>;

function feeReply({ at, decision, price, outcome }: KeptDecision, nameOf: NameOf) {
  const { decidedBy, rejected, wouldChange } = explain(decision);
  return {
    decided_at: at,
    decision: decision.kind,
    reason: decision.reason,
    sentence: FEE_REASONS[decision.reason],
    wanted_ppm: decision.kind === 'set' ? decision.ppm : decision.wantedPpm,
    outcome,
    decided_by: decidedBy,
    bid_price: price && {
      price_ppm: price.price,
      slow_ppm: price.slow,
      level_ppm: price.level,
      scale_ppm: price.scale,
    },
    steps: decision.trail.map((step) => ({
      step: step.step,
      about: FEE_STEPS[step.step],
      text: withNames(stepText(step), nameOf),
      values: step.values,
    })),
    rejected: rejected.map(({ ppm, because }) => ({ fee_ppm: ppm, because })),
    would_change: wouldChange,
  };
}

/** People know channels by short channel id. */
const withNames = (text: string, nameOf: NameOf): string => text.replaceAll(/[0-9a-f]{64}/gu, nameOf);

const policyReply = (policy: Policy, nameOf: NameOf) => ({
  subject: nameOf(policy.subject),
  ...feeTerms(policy),
  expires_at: policy.expiresAt,
});

function clbossReply(view: ClbossView | null, enabled: boolean, peer: ChannelView['peerId']) {
  const theirs = view?.peers.find(({ peerId }) => peerId === peer);
  return {
    enabled,
    available: view && view.available,
    unmanaged_tags: theirs?.tags ?? [],
    ours: theirs?.ours ?? [],
  };
}
