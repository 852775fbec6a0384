// revenue-policy: the operator's word on a peer or a channel: who sets its fees, between which bounds, who rebalances it.
import { CommandError } from '../../core/errors.ts';
import { policyOf } from '../../core/fee/policy.ts';
import { displayId, type ChannelView } from '../../core/snapshot.ts';
import { channelId, SECONDS_PER_HOUR, unixSec, type ChannelId, type NodeId } from '../../core/units.ts';
import type { Policy } from '../../ports.ts';
import { isNamed, namedChannel } from '../named-channel.ts';
import { feeTerms } from '../policy-terms.ts';
import { requireReady } from '../readiness.ts';
import { command } from './command.ts';
import type { CommandContext } from './context.ts';
import { readPolicyOrder, type PolicyOrder, type Subject } from './policy-params.ts';

export const policyCommand = command({
  name: 'revenue-policy',
  usage: '[action] [subject] [strategy] [fee_ppm] [min_ppm] [max_ppm] [rebalance] [expires_hours]',
  description:
    'List, set or delete the policy of a peer or channel: strategy (dynamic, static, passive), own bounds, rebalancing',
  read: readPolicyOrder,
  run: async (order, context) => {
    requireReady(context.readiness());
    switch (order.action) {
      case 'list':
        return list(order.subject, context);
      // A cycle that is under way decides by the policies it has read: the word counts from its end on.
      case 'set':
        return context.exclusive(() => set(order, context));
      case 'delete':
        return context.exclusive(() => remove(order.subject, context));
    }
  },
  preview: async (order, context) => {
    requireReady(context.readiness());
    switch (order.action) {
      case 'list':
        return list(order.subject, context);
      case 'set':
        return (await wanted(order, context)).reply;
      case 'delete':
        return (await found(order.subject, context)).reply;
    }
  },
});

async function list(asked: Subject | null, context: CommandContext): Promise<object> {
  const { channels } = await context.node.readSnapshot();
  const policies = context.store.fees.policies(context.clock.now());
  const subject = asked === null ? null : await subjectOf(asked, channels, policies, context);
  const chosen = policies.filter((policy) => subject === null || policy.subject === subject);
  return { policies: chosen.map((policy) => describe(policy, policies, channels)) };
}

async function set(order: Extract<PolicyOrder, { action: 'set' }>, context: CommandContext): Promise<object> {
  const { policy, reply } = await wanted(order, context);
  context.store.fees.savePolicy(policy);
  return reply;
}

/** The policy as it will be, and what replies of it and of the one that it replaces. */
async function wanted(
  { subject: asked, wanted }: Extract<PolicyOrder, { action: 'set' }>,
  context: CommandContext,
): Promise<{ policy: Policy; reply: object }> {
  const { fees } = context.store;
  const { channels } = await context.node.readSnapshot();
  const subject = 'peer' in asked ? asked.peer : (await usable(asked.channel, channels, context)).channelId;
  const now = context.clock.now();
  const { expiresHours, ...rest } = wanted;
  const expiresAt = expiresHours === null ? null : unixSec(now + Math.ceil(expiresHours * SECONDS_PER_HOUR));
  const before = fees.policies(now);
  const policy: Policy = { ...rest, subject, expiresAt, setAt: now };
  const replaced = before.find((each) => each.subject === subject);
  const after = [...before.filter((each) => each !== replaced), policy];
  return {
    policy,
    reply: {
      policy: describe(policy, after, channels),
      replaced: replaced === undefined ? null : describe(replaced, before, channels),
    },
  };
}

async function remove(asked: Subject, context: CommandContext): Promise<object> {
  const { policy, reply } = await found(asked, context);
  if (!context.store.fees.deletePolicy(policy.subject)) throw noPolicy(asked);
  return reply;
}

/** @throws CommandError no-policy */
async function found(asked: Subject, context: CommandContext): Promise<{ policy: Policy; reply: object }> {
  const { fees } = context.store;
  const { channels } = await context.node.readSnapshot();
  const policies = fees.policies(context.clock.now());
  const subject = await subjectOf(asked, channels, policies, context);
  const policy = policies.find((each) => each.subject === subject);
  if (policy === undefined) throw noPolicy(asked);
  return { policy, reply: { deleted: describe(policy, policies, channels) } };
}

const usable = (
  name: string,
  channels: readonly ChannelView[],
  { node, store }: CommandContext,
): Promise<ChannelView> => namedChannel('subject', name, channels, node, store.ledger);

const noPolicy = (asked: Subject): CommandError =>
  new CommandError('no-policy', `subject: expected a peer or channel with a policy, got ${nameOf(asked)}`);

const nameOf = (subject: Subject): string => ('peer' in subject ? subject.peer : subject.channel);

/** A policy may outlive its channel; then the channel id it is listed by names it, and its name as long as the node knows it. */
async function subjectOf(
  asked: Subject,
  channels: readonly ChannelView[],
  policies: readonly Policy[],
  context: CommandContext,
): Promise<NodeId | ChannelId> {
  if ('peer' in asked) return asked.peer;
  const open = channels.find((channel) => isNamed(channel, asked.channel));
  if (open) return open.channelId;
  if (policies.some(({ subject }) => subject === asked.channel)) return channelId(asked.channel);
  // One that is closing, or closed, is still known by its name.
  const named = (await context.node.readChannelIdentities()).find(({ scids }) =>
    scids.some((scid) => scid === asked.channel),
  );
  if (named && policies.some(({ subject }) => subject === named.channelId)) return named.channelId;
  return (await usable(asked.channel, channels, context)).channelId;
}

/** Which channels a policy means: fees are one price per peer, and a peer's own policy beats those of its channels. */
function describe(policy: Policy, policies: readonly Policy[], channels: readonly ChannelView[]): object {
  const own = channels.find((channel) => channel.channelId === policy.subject);
  const ofPeer = channels.filter((channel) => channel.peerId === (own?.peerId ?? policy.subject));
  const priced = ofPeer.filter((channel) => !channel.private);
  const ids = priced.map((channel) => channel.channelId);
  const [first] = ofPeer;
  const counts = first === undefined ? null : policyOf(first.peerId, ids, policies);
  return {
    subject: own === undefined ? policy.subject : displayId(own),
    ...feeTerms(policy),
    rebalance: policy.rebalance,
    set_at: policy.setAt,
    expires_at: policy.expiresAt,
    fees_of: counts?.subject === policy.subject ? priced.map(displayId) : [],
    rebalance_of: (own === undefined ? ofPeer : [own]).map(displayId),
  };
}
