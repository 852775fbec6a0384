// What was decided, by whom, and why? The audit trail, by whatever it is searched for.
import type { JSX } from 'preact';
import type { Decisions as Reply } from '../../api.ts';
import { useResource } from '../data/resource.ts';
import { route } from '../router.ts';
import { Exports } from '../ui/exports.tsx';
import { Loaded } from '../ui/loaded.tsx';
import { Ghost } from '../ui/parts.tsx';
import { FILTERS, Filters } from './decisions/filters.tsx';
import { Trail } from './decisions/trail.tsx';

/** Enough for an evening's reading; more on demand. */
const PAGE = 100;

export function Decisions(): JSX.Element {
  const { query } = route.value;
  const asked = new URLSearchParams({ limit: String(PAGE) });
  for (const name of FILTERS) {
    const value = query.get(name)?.trim();
    if (value !== undefined && value !== '') asked.set(name, value);
  }
  const path = `/api/decisions?${asked.toString()}`;
  const state = useResource<Reply>(path);
  return (
    <div class="view">
      <div class="view-head">
        <h1>Decisions</h1>
        <span class="as-of">Fees and rebalances, newest first</span>
        <Exports />
      </div>
      <Filters />
      <Loaded state={state} ghost={<Ghost height={600} />}>
        {(reply) => <Trail key={path} path={path} first={reply} />}
      </Loaded>
    </div>
  );
}
