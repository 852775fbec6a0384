// Is this a phone, or a tablet? What does not fit there is left out of tables, not squeezed.
import { signal, type Signal } from '@preact/signals';

function below(width: number): Signal<boolean> {
  const query = matchMedia(`(max-width: ${width - 1}px)`);
  const is = signal(query.matches);
  query.addEventListener('change', ({ matches }) => {
    is.value = matches;
  });
  return is;
}

/** The same width as in the styles. */
export const narrow = below(720);
/** Less than a small notebook, on which the longest row fits. */
export const tight = below(1280);
