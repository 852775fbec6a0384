// What needs the operator? Each alert says what to do.
import type { JSX } from 'preact';
import { capital } from '../format.ts';
import { Icon } from './icons.tsx';

interface Props {
  readonly alerts: readonly string[];
  /** What the figures leave out. */
  readonly warnings: readonly string[];
}

export function Alerts({ alerts, warnings }: Props): JSX.Element {
  return (
    <>
      {alerts.length > 0 && <Notes label="Alerts" tone="" notes={alerts} />}
      {warnings.length > 0 && <Notes label="About these figures" tone="plain" notes={warnings} />}
    </>
  );
}

/** Of many, as many as do not push the figures out of sight. */
const MOST = 4;

function Notes({
  label,
  tone,
  notes,
}: {
  readonly label: string;
  readonly tone: string;
  readonly notes: readonly string[];
}): JSX.Element {
  const items = notes.map((note) => <li key={note}>{capital(note)}</li>);
  return (
    <section class={`notice ${tone}`} aria-label={label} data-notes={label}>
      <Icon name="alert" />
      <div>
        <ul>{items.slice(0, MOST)}</ul>
        {items.length > MOST && (
          <details>
            <summary class="muted">{items.length - MOST} more</summary>
            <ul>{items.slice(MOST)}</ul>
          </details>
        )}
      </div>
    </section>
  );
}
