// What does each channel hold, charge, earn and cost? All of them, sorted by whatever is asked.
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { rowsOf, type ChannelRow, type Channels as Reply } from '../../api.ts';
import { useResource } from '../data/resource.ts';
import { count } from '../format.ts';
import { route, setQuery } from '../router.ts';
import { AsOf } from '../ui/as-of.tsx';
import { CLASS_TEXTS, type ClassName } from '../ui/classes.tsx';
import { Icon } from '../ui/icons.tsx';
import { Loaded } from '../ui/loaded.tsx';
import { tight } from '../ui/narrow.ts';
import { Empty, Ghost } from '../ui/parts.tsx';
import { sorted, VirtualTable, type Order } from '../ui/virtual-table.tsx';
import { COLUMNS } from './channel-columns.tsx';

const DEFAULT_ORDER: Order = { by: 'net', down: true };

interface Filter {
  readonly text: string;
  readonly profitClass: string;
  readonly flow: string;
}

export function Channels(): JSX.Element {
  const state = useResource<Reply>('/api/channels');
  const { query } = route.value;
  const filter: Filter = {
    text: query.get('q') ?? '',
    profitClass: query.get('class') ?? '',
    flow: query.get('flow') ?? '',
  };
  const order = orderOf(query.get('sort')) ?? DEFAULT_ORDER;
  const rows = useMemo(() => (state.data === null ? [] : rowsOf<ChannelRow>(state.data.channels)), [state.data]);
  const shown = useMemo(
    () =>
      sorted(
        rows.filter((row) => matches(row, filter)),
        COLUMNS,
        order,
      ),
    [rows, filter.text, filter.profitClass, filter.flow, order.by, order.down],
  );
  const setOrder = ({ by, down }: Order): void => {
    setQuery({ sort: `${down ? '-' : ''}${by}` });
  };
  return (
    <div class="view fill">
      <div class="view-head">
        <h1>Channels</h1>
        <AsOf time={state.data?.as_of ?? null} />
        <span class="as-of" role="status" data-figure="shown">
          {state.data === null
            ? ''
            : shown.length === rows.length
              ? `${count(rows.length)} open`
              : `${count(shown.length)} of ${count(rows.length)}`}
        </span>
      </div>
      <Tools filter={filter} order={order} onOrder={setOrder} />
      <div class="fill-rest">
        <Loaded state={state} ghost={<Ghost height={560} />}>
          {({ window_days: days }) => (
            <VirtualTable
              label={`Channels; flow of the last ${days} days, figures of their whole life`}
              rows={shown}
              columns={COLUMNS}
              keyOf={keyOf}
              order={order}
              onOrder={setOrder}
              empty={
                rows.length === 0 ? (
                  <Empty title="No open channel yet" icon="channels">
                    Channels appear here as soon as they are usable.
                  </Empty>
                ) : (
                  <Empty title="No channel fits" icon="search">
                    Search looks at alias, short channel id and node id.
                  </Empty>
                )
              }
            />
          )}
        </Loaded>
      </div>
    </div>
  );
}

const keyOf = ({ channel_id: name }: ChannelRow): string => name;

function matches({ alias, channel_id, peer_id, state, class: profitClass }: ChannelRow, filter: Filter): boolean {
  if (filter.profitClass !== '' && profitClass !== filter.profitClass) return false;
  if (filter.flow !== '' && state !== filter.flow) return false;
  const text = filter.text.trim().toLowerCase();
  return text === '' || [alias ?? '', channel_id, peer_id].some((name) => name.toLowerCase().includes(text));
}

function orderOf(text: string | null): Order | null {
  if (text === null) return null;
  const down = text.startsWith('-');
  const by = down ? text.slice(1) : text;
  return COLUMNS.some(({ name }) => name === by) ? { by, down } : null;
}

interface ToolsProps {
  readonly filter: Filter;
  readonly order: Order;
  readonly onOrder: (order: Order) => void;
}

const CLASSES = Object.keys(CLASS_TEXTS) as ClassName[];

function Tools({ filter, order, onOrder }: ToolsProps): JSX.Element {
  return (
    <div class="filters" role="search">
      <span class="search">
        <Icon name="search" />
        <input
          type="search"
          aria-label="Search channels"
          placeholder="Search alias or id"
          aria-keyshortcuts="/"
          value={filter.text}
          onInput={(event) => {
            setQuery({ q: event.currentTarget.value });
          }}
        />
        <kbd class="kbd" aria-hidden="true">
          /
        </kbd>
      </span>
      <select
        aria-label="Class"
        value={filter.profitClass}
        onChange={(event) => {
          setQuery({ class: event.currentTarget.value });
        }}
      >
        <option value="">All classes</option>
        {CLASSES.map((name) => (
          <option key={name} value={name}>
            {CLASS_TEXTS[name]}
          </option>
        ))}
      </select>
      <select
        aria-label="Flow"
        value={filter.flow}
        onChange={(event) => {
          setQuery({ flow: event.currentTarget.value });
        }}
      >
        <option value="">All flows</option>
        <option value="source">Source</option>
        <option value="balanced">Balanced</option>
        <option value="sink">Sink</option>
      </select>
      {tight.value && (
        <select
          aria-label="Sort by"
          value={order.by}
          onChange={(event) => {
            const column = COLUMNS.find(({ name }) => name === event.currentTarget.value);
            if (column !== undefined) onOrder({ by: column.name, down: column.end === true });
          }}
        >
          {COLUMNS.map(({ name, head }) => (
            <option key={name} value={name}>
              by {head}
            </option>
          ))}
        </select>
      )}
    </div>
  );
}
