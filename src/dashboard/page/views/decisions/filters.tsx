// What is searched for among decisions? It stands in the address, so that it can be kept and sent.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { route, setQuery } from '../../router.ts';
import { Icon } from '../../ui/icons.tsx';

export const FILTERS = ['kind', 'channel', 'reason', 'by'] as const;
/** Milliseconds after the last letter before a search is sent. */
const TYPING_MS = 250;

export function Filters(): JSX.Element {
  const { query } = route.value;
  const select = (name: 'kind' | 'by', label: string, options: readonly (readonly [string, string])[]): JSX.Element => (
    <select
      aria-label={label}
      value={query.get(name) ?? ''}
      onChange={(event) => {
        setQuery({ [name]: event.currentTarget.value });
      }}
    >
      {options.map(([value, text]) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </select>
  );
  return (
    <div class="filters" role="search">
      <Typed name="channel" label="Channel or node id" placeholder="Channel or node id" search />
      <Typed name="reason" label="Reason" placeholder="Reason, such as drain" />
      {select('kind', 'Kind', [
        ['', 'Fees and rebalances'],
        ['fee', 'Fees'],
        ['rebalance', 'Rebalances'],
      ])}
      {select('by', 'By whom', [
        ['', 'By anybody'],
        ['us', 'By the plugin'],
        ['hand', 'By hand'],
        ['other', 'By somebody else'],
        ['dry-run', 'Dry-run'],
      ])}
      {FILTERS.some((name) => query.has(name)) && (
        <button
          type="button"
          class="quiet"
          onClick={() => {
            setQuery(Object.fromEntries(FILTERS.map((name) => [name, null])));
          }}
        >
          Clear
        </button>
      )}
    </div>
  );
}

interface TypedProps {
  readonly name: 'channel' | 'reason';
  readonly label: string;
  readonly placeholder: string;
  readonly search?: boolean;
}

function Typed({ name, label, placeholder, search = false }: TypedProps): JSX.Element {
  const settled = route.value.query.get(name) ?? '';
  const [text, setText] = useState(settled);
  useEffect(() => {
    setText(settled);
  }, [settled]);
  useEffect(() => {
    if (text === settled) return undefined;
    const timer = setTimeout(() => {
      setQuery({ [name]: text });
    }, TYPING_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [text]);
  const onInput = ({ currentTarget: { value } }: { readonly currentTarget: HTMLInputElement }): void => {
    setText(value);
  };
  const common = { 'aria-label': label, placeholder, value: text, onInput };
  if (!search) return <input type="text" {...common} />;
  return (
    <span class="search">
      <Icon name="search" />
      <input type="search" {...common} />
      <kbd class="kbd" aria-hidden="true">
        /
      </kbd>
    </span>
  );
}
