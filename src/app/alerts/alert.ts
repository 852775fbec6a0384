// What can an operator be told of, and how much does it matter? docs/dashboard.md is checked against this table.

/**
 * `note`: a state that somebody chose or that passes by itself; only revenue-status shows it.
 * `warning`: it costs money or will; `critical`: something that was asked for is not done.
 */
export type Severity = 'note' | 'warning' | 'critical';

const alert = (severity: Severity, meaning: string) => ({ severity, meaning });

export const ALERTS = {
  'cannot-run': alert('critical', 'the plugin cannot work with its database'),
  starting: alert('note', 'the history of forwards is still being read'),
  'loop-failing': alert('critical', 'a loop fails again and again'),
  'node-unread': alert('warning', 'a part of the node could not be asked'),
  'history-gap': alert('note', 'forwards were deleted before they were read and are being filled in'),
  'history-lost': alert('warning', 'forwards were deleted before they were read, and nothing tells of them'),
  'not-synced': alert('warning', 'the node is catching up with the chain'),
  driver: alert('critical', 'nothing can carry out rebalances, or what does goes wrong'),
  'reserve-low': alert('warning', 'the funds are below the wallet reserve'),
  'budget-used': alert('warning', 'the budget of rebalancing is used up'),
  'rebalance-unknown': alert('warning', 'nobody knows how a rebalance ended'),
  'foreign-rebalances': alert('warning', 'someone else rebalances channels that we rebalance'),
  'other-rebalancer': alert('warning', 'another rebalancer, or another instance of us, is set to work'),
  'clboss-rebalances': alert('warning', 'clboss may rebalance peers that we have rebalanced'),
  'fees-changed': alert('warning', 'somebody else has changed a fee'),
  'fees-changed-again': alert('critical', 'a program sets fees beside us'),
  'fee-setter': alert('critical', 'a plugin that sets fees by itself is loaded'),
  'fees-held': alert('note', 'fees that were set by hand are left alone'),
  idle: alert('warning', 'no fee was changed and nothing rebalanced for days'),
  'channel-losing': alert('warning', 'rebalancing into a channel costs more than the channel earns'),
  'forwards-falling': alert('warning', 'far fewer forwards than usual settle'),
  dashboard: alert('warning', 'the dashboard cannot be reached'),
  webhook: alert('warning', 'alerts cannot be delivered to the webhook'),
  paused: alert('note', 'nothing is changed until revenue-resume'),
  'dry-run': alert('note', 'decisions are recorded, and nothing is changed'),
  'old-options': alert('note', 'an option that is no longer used is set'),
} as const satisfies Record<string, { readonly severity: Severity; readonly meaning: string }>;
export type AlertKind = keyof typeof ALERTS;

export const isAlertKind = (kind: string): kind is AlertKind => Object.hasOwn(ALERTS, kind);

export interface Alert {
  readonly kind: AlertKind;
  /** What it is about, where several of the kind may be at once: a loop, a channel. Its figures may change meanwhile. */
  readonly subject: string | null;
  /** What is the matter, and what to do. */
  readonly text: string;
}

/** Sentences of one kind. */
export const told = (kind: AlertKind, texts: readonly string[], subject: string | null = null): Alert[] =>
  texts.map((text) => ({ kind, subject, text }));

export const severityOf = ({ kind }: Pick<Alert, 'kind'>): Severity => ALERTS[kind].severity;

/** The same thing, whatever its figures are by now. */
export const keyOf = ({ kind, subject }: Pick<Alert, 'kind' | 'subject'>): string => `${kind}/${subject ?? ''}`;
