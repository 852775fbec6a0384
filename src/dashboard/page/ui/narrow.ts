// Is this a phone? What does not fit there is left out of tables, not squeezed.
import { signal } from '@preact/signals';

/** The same width as in the styles. */
const query = matchMedia('(max-width: 719px)');
export const narrow = signal(query.matches);
query.addEventListener('change', ({ matches }) => {
  narrow.value = matches;
});
