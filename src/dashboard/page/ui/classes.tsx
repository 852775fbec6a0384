// How are a channel's class and flow told, in one word and one colour everywhere?
import type { JSX } from 'preact';
import { Badge, type Tone } from './parts.tsx';

export const CLASS_TEXTS = {
  profitable: 'Profitable',
  break_even: 'Break-even',
  underwater: 'Underwater',
  zombie: 'Zombie',
} as const;
export type ClassName = keyof typeof CLASS_TEXTS;

const CLASS_TONES: Readonly<Record<ClassName, Tone>> = {
  profitable: 'gain',
  break_even: 'accent',
  underwater: 'loss',
  zombie: 'plain',
};
const CLASS_HINTS: Readonly<Record<ClassName, string>> = {
  profitable: 'Return on costs above 5 %',
  break_even: 'Return on costs within 5 % either way',
  underwater: 'It has cost more than it earned',
  zombie: 'No forward in or out within the window',
};

export const ClassBadge = ({ name }: { readonly name: ClassName }): JSX.Element => (
  <Badge tone={CLASS_TONES[name]} title={CLASS_HINTS[name]}>
    {CLASS_TEXTS[name]}
  </Badge>
);

const FLOW_HINTS: Readonly<Record<string, string>> = {
  source: 'More leaves than comes in: it drains',
  sink: 'More comes in than leaves: it fills',
  balanced: 'About as much comes in as leaves',
};

export const FlowBadge = ({ state }: { readonly state: string }): JSX.Element => (
  <span class={`flow flow-${state}`} title={FLOW_HINTS[state]}>
    {state}
  </span>
);

const STATUS_TONES: Readonly<Record<string, Tone>> = {
  success: 'gain',
  failed: 'loss',
  unknown: 'caution',
  pending: 'accent',
  'dry-run': 'plain',
};

/** Of a rebalance. */
export const StatusBadge = ({
  status,
  message,
}: {
  readonly status: string;
  readonly message: string | null;
}): JSX.Element => (
  <Badge tone={STATUS_TONES[status] ?? 'plain'} title={message ?? undefined}>
    {status}
  </Badge>
);
