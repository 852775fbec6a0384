// What does one call of revenue-policy ask for? Read and cross-checked before anything is looked up.
import type { NodeId, Ppm } from '../../core/units.ts';
import { POLICY_STRATEGIES, REBALANCE_POLICIES, type Policy } from '../../ports.ts';
import { choice, feePpm, hours, peerName } from './fee-params.ts';
import { channelName, optional, readParams, refuse, withDefault, type ParamKind, type Values } from './params.ts';

export type Subject = { readonly peer: NodeId } | { readonly channel: string };

/** What the operator lays down; the subject is still a name. */
export type WantedPolicy = Pick<Policy, 'strategy' | 'staticPpm' | 'minPpm' | 'maxPpm' | 'rebalance'> & {
  readonly expiresHours: number | null;
};

export type PolicyOrder =
  | { readonly action: 'list'; readonly subject: Subject | null }
  | { readonly action: 'delete'; readonly subject: Subject }
  | { readonly action: 'set'; readonly subject: Subject; readonly wanted: WantedPolicy };

const subjectName: ParamKind<Subject> = {
  expected: `${peerName.expected}, or ${channelName.expected}`,
  parse: (value) => {
    const peer = peerName.parse(value);
    if (peer !== undefined) return { peer };
    const channel = channelName.parse(value);
    return channel === undefined ? undefined : { channel };
  },
};

const PARAMS = {
  action: withDefault(choice(['list', 'set', 'delete']), 'list'),
  subject: optional(subjectName),
  strategy: optional(choice(POLICY_STRATEGIES)),
  fee_ppm: optional(feePpm),
  min_ppm: optional(feePpm),
  max_ppm: optional(feePpm),
  rebalance: optional(choice(REBALANCE_POLICIES)),
  expires_hours: optional(hours('above 0')),
};
const NAMES = Object.keys(PARAMS);
/** Those that only `set` knows. */
const DETAILS = ['strategy', 'fee_ppm', 'min_ppm', 'max_ppm', 'rebalance', 'expires_hours'] as const;

/**
 * `set 02ab… strategy=static fee_ppm=100` reaches us as an array of words: those of the form name=value are named, the
 * others go by their order.
 */
function named(raw: unknown): unknown {
  if (!Array.isArray(raw)) return raw;
  const values: Record<string, unknown> = {};
  for (const [i, word] of (raw as readonly unknown[]).entries()) {
    const parts = typeof word === 'string' ? /^([a-z_]+)=(.*)$/.exec(word) : null;
    const name = parts?.[1] ?? NAMES[i] ?? refuse(`parameter ${i + 1}: expected at most ${NAMES.length} values`);
    if (Object.hasOwn(values, name)) refuse(`${name}: expected one value, got it twice`);
    values[name] = parts === null ? word : parts[2];
  }
  return values;
}

/** @throws CommandError invalid-parameter */
export function readPolicyOrder(raw: unknown): PolicyOrder {
  const values = readParams(PARAMS, named(raw));
  const { action, subject } = values;
  if (action !== 'set') {
    const detail = DETAILS.find((name) => values[name] !== null);
    if (detail !== undefined) refuse(`${detail}: expected only with set, got it with ${action}`);
  }
  if (action === 'list') return { action, subject };
  if (subject === null) return refuse(`subject: expected ${subjectName.expected}, got nothing`);
  return action === 'delete' ? { action, subject } : { action, subject, wanted: wantedOf(values) };
}

function wantedOf(values: Values<typeof PARAMS>): WantedPolicy {
  const { fee_ppm: fee, min_ppm: min, max_ppm: max } = values;
  if (DETAILS.every((name) => values[name] === null))
    refuse(`set: expected at least one of ${DETAILS.join(', ')}, got none; delete takes a policy away`);
  const strategy = values.strategy ?? 'dynamic';
  if (strategy === 'static' && fee === null) refuse('fee_ppm: expected the fee of strategy=static, got nothing');
  if (strategy !== 'static' && fee !== null)
    refuse(`fee_ppm: expected only with strategy=static, got ${fee} with strategy=${strategy}`);
  if (min !== null && max !== null && min > max) refuse(`min_ppm: expected at most max_ppm (${max}), got ${min}`);
  if (fee !== null) requireBetween(fee, min, max);
  return {
    strategy,
    staticPpm: fee,
    minPpm: min,
    maxPpm: max,
    rebalance: values.rebalance ?? 'both',
    expiresHours: values.expires_hours,
  };
}

function requireBetween(fee: Ppm, min: Ppm | null, max: Ppm | null): void {
  if (min !== null && fee < min) refuse(`fee_ppm: expected at least min_ppm (${min}), got ${fee}`);
  if (max !== null && fee > max) refuse(`fee_ppm: expected at most max_ppm (${max}), got ${fee}`);
}
