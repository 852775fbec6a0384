// Which action has somebody asked for? The dialog shows it, whichever view it came from.
import { signal } from '@preact/signals';
import type { ActionName } from '../../api.ts';
import { rune } from '../session.ts';

export interface Request {
  readonly action: ActionName;
  /** What it is about, as people know it. */
  readonly about?: string;
  /** What the form begins with. */
  readonly given?: Readonly<Record<string, string | number | null>>;
}

export const request = signal<Request | null>(null);

// What was begun with one rune is not for whoever comes with the next.
rune.subscribe(() => {
  request.value = null;
});

export function askFor(asked: Request): void {
  request.value = asked;
}
