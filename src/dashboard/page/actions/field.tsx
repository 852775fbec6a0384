// How is one thing asked?
import type { JSX } from 'preact';
import { rowsOf, type ChannelRow, type Channels } from '../../api.ts';
import { useResource } from '../data/resource.ts';
import { share } from '../format.ts';
import type { Field } from './forms.ts';

interface Props {
  readonly field: Field;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function FieldInput({ field, value, onChange }: Props): JSX.Element {
  const { name, label, hint, kind, options, whole = false, required = false, least } = field;
  const id = `field-${name}`;
  const described = hint === undefined ? undefined : `${id}-hint`;
  return (
    <div class={`field${whole ? ' whole' : ''}`}>
      <label for={id}>{label}</label>
      {kind === 'select' ? (
        <select
          id={id}
          value={value}
          onChange={(event) => {
            onChange(event.currentTarget.value);
          }}
        >
          {options?.map(([option, text]) => (
            <option key={option} value={option}>
              {text}
            </option>
          ))}
        </select>
      ) : (
        <input
          id={id}
          type={kind === 'number' ? 'number' : 'text'}
          inputMode={kind === 'number' ? 'numeric' : undefined}
          step="any"
          min={least}
          required={required}
          autocomplete="off"
          spellcheck={false}
          list={kind === 'channel' ? `${id}-list` : undefined}
          aria-describedby={described}
          value={value}
          onInput={(event) => {
            onChange(event.currentTarget.value);
          }}
        />
      )}
      {kind === 'channel' && <ChannelList id={`${id}-list`} />}
      {hint !== undefined && <small id={described}>{hint}</small>}
    </div>
  );
}

function ChannelList({ id }: { readonly id: string }): JSX.Element {
  const { data } = useResource<Channels>('/api/channels');
  const rows = data === null ? [] : rowsOf<ChannelRow>(data.channels);
  return (
    <datalist id={id}>
      {rows.map((row) => (
        <option key={row.channel_id} value={row.channel_id}>
          {row.alias ?? row.peer_id} · {share(row.local_ratio)} ours
        </option>
      ))}
    </datalist>
  );
}
