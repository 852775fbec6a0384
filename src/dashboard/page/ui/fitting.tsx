// Does a table fit into its place? Where it does not, something else stands for it: what would be cut is not seen.
import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';
import { useWidth } from './width.ts';

interface Props {
  readonly label: string;
  readonly children: ComponentChildren;
  readonly otherwise: ComponentChildren;
}

/** How much room a table needs depends on what is in it, and is known once it has been tried; nobody sees that. */
export function Fitting({ label, children, otherwise }: Props): JSX.Element {
  const [place, room] = useWidth<HTMLDivElement>();
  const [needed, setNeeded] = useState(0);
  const fits = room >= needed;
  useLayoutEffect(() => {
    const { current } = place;
    if (fits && current !== null && current.scrollWidth > current.clientWidth) setNeeded(current.scrollWidth);
  });
  return (
    <div class="scroll" ref={place} role="region" aria-label={label} tabIndex={0}>
      {fits ? children : otherwise}
    </div>
  );
}
