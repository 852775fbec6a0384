// What is shown while there is nothing yet, and when the plugin does not answer?
import type { ComponentChildren, JSX } from 'preact';
import type { ApiError } from '../data/client.ts';
import { refresh, type State } from '../data/resource.ts';
import { Icon } from './icons.tsx';

interface Props<T> {
  readonly state: State<T>;
  /** Of the size of what is to come. */
  readonly ghost: ComponentChildren;
  readonly children: (data: T) => ComponentChildren;
}

/** What was heard last stays in sight while newer cannot be had, and says so. */
export function Loaded<T>({ state: { data, error }, ghost, children }: Props<T>): JSX.Element {
  return (
    <>
      {error !== null && <Failure error={error} stale={data !== null} />}
      {data !== null && children(data)}
      {data === null && error === null && (
        <>
          <span class="only-read" role="status">
            Loading
          </span>
          {ghost}
        </>
      )}
    </>
  );
}

const TITLES: Readonly<Record<string, string>> = {
  'not-ready': 'The plugin is still reading the history',
  'rune-not-permitted': 'This rune does not allow it',
  unreachable: 'No answer',
};

export const Failure = ({ error, stale }: { readonly error: ApiError; readonly stale: boolean }): JSX.Element => {
  const isWaiting = error.word === 'not-ready';
  return (
    <div class={`notice ${isWaiting ? 'plain' : 'loss'}`} role="alert">
      <Icon name="alert" />
      <div>
        <strong>{(error.word !== null && TITLES[error.word]) || 'That did not work'}</strong>
        <p>{error.message}</p>
        {stale && <p class="muted">What you see is what was heard before.</p>}
      </div>
      <button type="button" onClick={refresh}>
        Try again
      </button>
    </div>
  );
};
