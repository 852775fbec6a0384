// What would it do, or what has it done? The command's own reply, in words.
import type { JSX } from 'preact';
import type { ActionReply } from '../../api.ts';
import { capital, exactly, NOTHING, ppm, sats, words } from '../format.ts';

interface Props {
  readonly reply: ActionReply;
  readonly isDone: boolean;
}

export function Preview({ reply: { reply, command }, isDone }: Props): JSX.Element {
  const lines = linesOf(reply);
  return (
    <div class="preview" role="status" data-preview={isDone ? 'done' : 'dry-run'}>
      <h3>{isDone ? 'Done' : 'This is what it would do'}</h3>
      <dl class="pairs">
        {lines.map(([name, value]) => (
          <Line key={name} name={name} value={value} />
        ))}
      </dl>
      <p class="note">
        {isDone ? 'Reply of ' : 'Nothing has been changed yet. Preview by '}
        <code>{command}</code>
      </p>
    </div>
  );
}

const Line = ({ name, value }: { readonly name: string; readonly value: string }): JSX.Element => (
  <>
    <dt>{labelOf(name)}</dt>
    <dd data-reply={name}>{value}</dd>
  </>
);

/** Within what they belong to, such as a policy. */
function linesOf(reply: Readonly<Record<string, unknown>>, prefix = ''): [string, string][] {
  return Object.entries(reply).flatMap(([name, value]): [string, string][] => {
    // The dialog says it already, by its heading.
    if (name === 'dry_run') return [];
    if (Array.isArray(value)) return value.length === 0 ? [] : [[prefix + name, value.map(String).join(', ')]];
    if (typeof value === 'object' && value !== null)
      return linesOf(value as Readonly<Record<string, unknown>>, `${name}: `);
    return [[prefix + name, textOf(name, value)]];
  });
}

function textOf(name: string, value: unknown): string {
  if (value === null || value === undefined) return NOTHING;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') {
    if (name.endsWith('_sats')) return `${sats(value)} sats`;
    if (name.endsWith('_ppm')) return `${ppm(value)} ppm`;
    if (/(_at|_until)$/.test(name)) return exactly(value);
    return String(value);
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const labelOf = (name: string): string => capital(words(name.replace(/_(sats|ppm|at)$/, '').replace(/_id$/, '')));
