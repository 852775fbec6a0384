// What are the small parts that every view is made of?
import type { ComponentChildren, JSX } from 'preact';
import { Icon, type IconName } from './icons.tsx';

export type Tone = 'plain' | 'accent' | 'gain' | 'loss' | 'caution';

interface CardProps {
  readonly title?: string;
  /** Beside the title: what the figures are about. */
  readonly note?: ComponentChildren;
  /** At the far end of the title's line. */
  readonly tools?: ComponentChildren;
  readonly class?: string;
  /** Tables and charts reach to the edges. */
  readonly flush?: boolean;
  readonly children: ComponentChildren;
}

export function Card({ title, note, tools, class: more = '', flush = false, children }: CardProps): JSX.Element {
  return (
    <section class={`card ${more}`} aria-label={title}>
      {title !== undefined && (
        <header class="card-head">
          <h2>{title}</h2>
          {note !== undefined && <span class="note">{note}</span>}
          {tools !== undefined && <div class="card-tools">{tools}</div>}
        </header>
      )}
      <div class={flush ? 'card-flush' : 'card-body'}>{children}</div>
    </section>
  );
}

interface BadgeProps {
  readonly tone?: Tone;
  readonly title?: string | undefined;
  readonly dot?: boolean;
  readonly children: ComponentChildren;
}
export const Badge = ({ tone = 'plain', title, dot = false, children }: BadgeProps): JSX.Element => (
  <span class={`badge tone-${tone}`} title={title}>
    {dot && <span class="dot" aria-hidden="true" />}
    {children}
  </span>
);

interface FigureProps {
  readonly label: string;
  readonly value: string;
  readonly unit?: string;
  readonly tone?: Tone;
  /** Below: of what it is made, or why there is none. */
  readonly note?: ComponentChildren;
  readonly hint?: string | undefined;
  /** For tests and for those who read the page by program. */
  readonly name: string;
  readonly children?: ComponentChildren;
}

/** One large figure. */
export function Figure({ label, value, unit, tone = 'plain', note, hint, name, children }: FigureProps): JSX.Element {
  return (
    <div class="figure" title={hint}>
      <dt>{label}</dt>
      <dd>
        <span class={`figure-value tone-${tone}`} data-figure={name}>
          {value}
        </span>
        {unit !== undefined && <span class="unit">{unit}</span>}
        {note !== undefined && <div class="figure-note">{note}</div>}
        {children}
      </dd>
    </div>
  );
}

export const toneOf = (value: number | null | undefined): Tone =>
  value === null || value === undefined || Math.abs(value) < 0.0005 ? 'plain' : value > 0 ? 'gain' : 'loss';

interface MeterProps {
  readonly label: string;
  /** Shares of the whole, in order; what is left stays empty. */
  readonly parts: readonly { readonly share: number; readonly tone: Tone; readonly label: string }[];
}

/** A bar that is filled so far; its label says the same in words. */
export const Meter = ({ label, parts }: MeterProps): JSX.Element => (
  <div class="meter" role="img" aria-label={label}>
    {parts
      .filter((part) => part.share > 0)
      .map((part) => (
        <span
          key={part.label}
          class={`meter-part fill-${part.tone}`}
          style={{ width: `${Math.max(0, Math.min(1, part.share)) * 100}%` }}
        />
      ))}
  </div>
);

/** Our side of a channel on the left, the peer's on the right. */
export function Balance({ local, label }: { readonly local: number | null; readonly label?: string }): JSX.Element {
  const known = Math.max(0, Math.min(1, local ?? 0));
  return (
    <span
      class="balance"
      role="img"
      aria-label={label ?? (local === null ? 'balance unknown' : `${Math.round(known * 100)} % on our side`)}
    >
      <span class="balance-ours" style={{ width: `${known * 100}%` }} />
    </span>
  );
}

interface EmptyProps {
  readonly title: string;
  readonly icon?: IconName;
  readonly children?: ComponentChildren;
}
export const Empty = ({ title, icon = 'check', children }: EmptyProps): JSX.Element => (
  <div class="empty">
    <Icon name={icon} />
    <strong>{title}</strong>
    {children !== undefined && <p>{children}</p>}
  </div>
);

interface SegmentsProps<T extends string> {
  readonly label: string;
  readonly options: readonly { readonly value: T; readonly text: string; readonly hint?: string }[];
  readonly value: T;
  readonly onChange: (value: T) => void;
}

/** One of a few. */
export function Segments<T extends string>({ label, options, value, onChange }: SegmentsProps<T>): JSX.Element {
  return (
    <div class="segments" role="group" aria-label={label}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          title={option.hint}
          aria-pressed={option.value === value}
          onClick={() => {
            onChange(option.value);
          }}
        >
          {option.text}
        </button>
      ))}
    </div>
  );
}

/** A line of grey in the place of what is on its way, of the same size, so that nothing jumps. */
export const Ghost = ({ height }: { readonly height: number }): JSX.Element => (
  <div class="ghost" style={{ height: `${height}px` }} aria-hidden="true" />
);
