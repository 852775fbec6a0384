// What does each action ask, and what does it say of itself?
import type { ActionName } from '../../api.ts';

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly kind: 'number' | 'text' | 'select' | 'channel';
  readonly options?: readonly (readonly [string, string])[];
  readonly required?: boolean;
  readonly least?: number;
  /** Shown only where these hold. */
  readonly when?: (values: Values) => boolean;
  readonly whole?: boolean;
}
/** As typed. */
export type Values = Readonly<Record<string, string>>;
export type Params = Readonly<Record<string, string | number | null>>;

export interface Form {
  readonly title: string;
  /** What it does, in a sentence. */
  readonly text: string;
  /** On the button that really does it. */
  readonly doIt: string;
  /** Where one sees whether it was done, should the answer be lost. */
  readonly seenAt: string;
  readonly danger?: boolean;
  readonly fields: readonly Field[];
  /** What is sent whatever is typed. */
  readonly fixed?: Params;
}

const CHANNEL: Field = { name: 'channel_id', label: 'Channel', kind: 'channel', required: true, whole: true };
const isSet = ({ action }: Values): boolean => action !== 'delete';

export const FORMS: Readonly<Record<ActionName, Form>> = {
  'set-fee': {
    title: 'Set the fee',
    text: 'Sets the fee rate by hand. The controller leaves the channel alone while it is held, and starts from your fee after.',
    doIt: 'Set fee',
    seenAt: 'the page of the channel tells its fee.',
    fields: [
      CHANNEL,
      { name: 'fee_ppm', label: 'Fee, ppm', kind: 'number', required: true, least: 0 },
      {
        name: 'hold_hours',
        label: 'Hold for, hours',
        kind: 'number',
        hint: '24 unless you say otherwise; 0: not at all',
        least: 0,
      },
    ],
  },
  hold: {
    title: 'Hold the fee',
    text: 'Leaves the fee as it is for so many hours: the controller does not move it. 0 gives it back at once.',
    doIt: 'Hold',
    seenAt: 'the page of the channel tells whether its fee is held.',
    fields: [CHANNEL, { name: 'hold_hours', label: 'Hours', kind: 'number', required: true, least: 0 }],
  },
  policy: {
    title: 'Policy',
    text: 'Your standing word on a channel or a peer. It beats the options and the search, and stays until you take it back or it expires.',
    doIt: 'Apply policy',
    seenAt: 'the page of the channel tells its policy.',
    fields: [
      { name: 'subject', label: 'Channel or node id', kind: 'text', required: true, whole: true },
      {
        name: 'action',
        label: 'Do',
        kind: 'select',
        options: [
          ['set', 'Set this policy'],
          ['delete', 'Take it back'],
        ],
      },
      {
        name: 'strategy',
        label: 'Fees',
        kind: 'select',
        when: isSet,
        options: [
          ['dynamic', 'Dynamic: the search'],
          ['static', 'Static: always this fee'],
          ['passive', 'Passive: left alone'],
        ],
      },
      {
        name: 'fee_ppm',
        label: 'Fee, ppm',
        kind: 'number',
        least: 0,
        required: true,
        when: (values) => isSet(values) && values['strategy'] === 'static',
      },
      {
        name: 'min_ppm',
        label: 'No less than, ppm',
        kind: 'number',
        least: 0,
        when: (values) => isSet(values) && values['strategy'] === 'dynamic',
      },
      {
        name: 'max_ppm',
        label: 'No more than, ppm',
        kind: 'number',
        least: 0,
        when: (values) => isSet(values) && values['strategy'] === 'dynamic',
      },
      {
        name: 'rebalance',
        label: 'Rebalancing',
        kind: 'select',
        when: isSet,
        options: [
          ['both', 'Both ways'],
          ['source_only', 'Only take from it'],
          ['sink_only', 'Only bring to it'],
          ['none', 'None'],
        ],
      },
      {
        name: 'expires_hours',
        label: 'Expires in, hours',
        kind: 'number',
        hint: 'Never, if left empty',
        least: 1,
        when: isSet,
      },
    ],
  },
  rebalance: {
    title: 'Rebalance',
    text: 'Moves your own liquidity from one channel to the other by paying yourself. Budget, reserve and the limits of the channels bind it; targets and profit do not.',
    doIt: 'Send it',
    seenAt: 'the page of rebalances tells what is under way and what became of it.',
    fields: [
      { name: 'from_channel', label: 'From', kind: 'channel', required: true },
      { name: 'to_channel', label: 'To', kind: 'channel', required: true },
      { name: 'amount_sats', label: 'Amount, sats', kind: 'number', required: true, least: 1 },
      { name: 'max_fee_sats', label: 'At most, sats', kind: 'number', hint: 'Left empty: what it is worth', least: 1 },
    ],
  },
  pause: {
    title: 'Pause',
    text: 'Stops everything that acts. Reading and recording go on, and a restart stays paused.',
    doIt: 'Pause',
    seenAt: 'the mode beside the menu tells.',
    fields: [],
  },
  resume: {
    title: 'Resume',
    text: 'Starts acting again: fees are set, and rebalances are sent where they pay.',
    doIt: 'Resume',
    seenAt: 'the mode beside the menu tells.',
    fields: [],
  },
};

export const shownFields = (form: Form, values: Values): readonly Field[] =>
  form.fields.filter(({ when }) => when?.(values) ?? true);

/** What the command gets: numbers as numbers, and nothing for what was left empty. */
export const paramsOf = (form: Form, values: Values): Params =>
  Object.fromEntries(
    shownFields(form, values).flatMap(({ name, kind }) => {
      const text = (values[name] ?? '').trim();
      if (text === '') return [];
      return [[name, kind === 'number' ? Number(text) : text]];
    }),
  );

/** Before it is asked of the plugin, which knows more. Null: nothing is wrong. */
export function complaintOf(form: Form, values: Values): string | null {
  for (const { name, label, kind, required = false, least } of shownFields(form, values)) {
    const text = (values[name] ?? '').trim();
    if (text === '') {
      if (required) return `${label}: something is expected here.`;
    } else if (kind === 'number' && !(Number(text) >= (least ?? -Infinity)))
      return `${label}: expected a number from ${least ?? 0} on, got ${text}.`;
  }
  return null;
}

/** Where no select was touched, its first option is what is shown. */
export function beginning(form: Form, given: Params): Values {
  const values: Record<string, string> = {};
  for (const { name, kind, options } of form.fields) {
    const value = given[name];
    values[name] =
      value === undefined || value === null ? (kind === 'select' ? (options?.[0]?.[0] ?? '') : '') : String(value);
  }
  return values;
}
