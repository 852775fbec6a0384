// What is around every view: where one is, where one can go, how the plugin is, and how to leave?
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { ActionDialog } from './actions/dialog.tsx';
import { pollEvery } from './data/resource.ts';
import { useSession } from './data/session.ts';
import { go, route } from './router.ts';
import { rune, signOut } from './session.ts';
import { nextTheme, theme } from './theme.ts';
import { Icon, type IconName } from './ui/icons.tsx';
import { Mode } from './ui/mode.tsx';
import { Channel } from './views/channel/channel.tsx';
import { Channels } from './views/channels.tsx';
import { Decisions } from './views/decisions.tsx';
import { Overview } from './views/overview.tsx';
import { Rebalances } from './views/rebalances.tsx';
import { SignIn } from './views/sign-in.tsx';
import { WhatIf } from './views/what-if.tsx';

const VIEWS: readonly {
  readonly name: string;
  readonly title: string;
  readonly icon: IconName;
  readonly key: string;
}[] = [
  { name: 'overview', title: 'Overview', icon: 'overview', key: 'o' },
  { name: 'channels', title: 'Channels', icon: 'channels', key: 'c' },
  { name: 'rebalances', title: 'Rebalances', icon: 'rebalances', key: 'r' },
  { name: 'decisions', title: 'Decisions', icon: 'decisions', key: 'd' },
  { name: 'what-if', title: 'What if', icon: 'whatif', key: 'w' },
];

export const App = (): JSX.Element => (rune.value === null ? <SignIn /> : <Frame />);

function Frame(): JSX.Element {
  const { view, item } = route.value;
  const pollSeconds = useSession()?.poll_seconds;
  useEffect(() => {
    if (pollSeconds !== undefined) pollEvery(pollSeconds);
  }, [pollSeconds]);
  useShortcuts();
  useEffect(() => {
    const title = VIEWS.find(({ name }) => name === view)?.title ?? 'Not found';
    document.title = `${item ?? title} · cl-revenue-ops`;
    scrollTo(0, 0);
  }, [view, item]);
  return (
    <div class="frame">
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById('main')?.focus();
        }}
      >
        Skip to the figures
      </a>
      <Side view={view} />
      <main id="main" tabIndex={-1}>
        <View view={view} item={item} />
      </main>
      <ActionDialog />
    </div>
  );
}

function View({ view, item }: { readonly view: string; readonly item: string | null }): JSX.Element {
  switch (view) {
    case 'overview':
      return <Overview />;
    case 'channels':
      return item === null ? <Channels /> : <Channel key={item} name={item} />;
    case 'rebalances':
      return <Rebalances />;
    case 'decisions':
      return <Decisions />;
    case 'what-if':
      return <WhatIf />;
    default:
      return (
        <div class="empty">
          <strong>There is no such page.</strong>
          <p>
            <a href="#/">Overview</a>
          </p>
        </div>
      );
  }
}

function Side({ view }: { readonly view: string }): JSX.Element {
  const session = useSession();
  return (
    <header class="side">
      <a class="brand" href="#/">
        <svg viewBox="0 0 16 16" width="20" height="20" aria-hidden="true">
          <rect width="16" height="16" rx="4" />
          <path d="M3.5 11.5 6.5 7l3 2.5 3-5" />
        </svg>
        <span>revenue-ops</span>
      </a>
      <nav aria-label="Views">
        {VIEWS.map(({ name, title, icon, key }) => (
          <a
            key={name}
            href={`#/${name === 'overview' ? '' : name}`}
            aria-current={name === view ? 'page' : undefined}
            aria-keyshortcuts={`g ${key}`}
            title={`${title} (g ${key})`}
          >
            <Icon name={icon} />
            <span>{title}</span>
          </a>
        ))}
      </nav>
      <div class="side-foot">
        <Mode />
        <div class="side-tools">
          <span class="version" title={session?.node_id ?? undefined}>
            {session === null ? '' : `v${session.version}`}
          </span>
          <button
            type="button"
            class="quiet square"
            onClick={nextTheme}
            aria-label={`Colours: ${theme.value}. Change`}
            title={`Colours: ${theme.value}`}
          >
            <Icon name={theme.value === 'system' ? 'system' : theme.value === 'light' ? 'sun' : 'moon'} />
          </button>
          <button
            type="button"
            class="quiet square"
            onClick={() => {
              signOut();
            }}
            aria-label="Sign out"
            title="Sign out: forget the rune"
          >
            <Icon name="out" />
          </button>
        </div>
      </div>
    </header>
  );
}

/** How long after `g` the second key still counts, in milliseconds. */
const CHORD_MS = 1200;

/** `g o`, `g c`, …: as in the tools that operators know. `/` is for the view's own search. */
function useShortcuts(): void {
  useEffect(() => {
    let began = -Infinity;
    const onKey = (event: KeyboardEvent): void => {
      const { target } = event;
      const typing = target instanceof HTMLElement && target.matches('input, select, textarea, dialog *');
      if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === '/') {
        const search = document.querySelector<HTMLInputElement>('input[type="search"]');
        if (search === null) return;
        event.preventDefault();
        search.focus();
      } else if (event.key === 'g') began = event.timeStamp;
      else if (event.timeStamp - began < CHORD_MS) {
        const view = VIEWS.find(({ key }) => key === event.key);
        began = -Infinity;
        if (view !== undefined) go(`#/${view.name === 'overview' ? '' : view.name}`);
      }
    };
    addEventListener('keydown', onKey);
    return () => {
      removeEventListener('keydown', onKey);
    };
  }, []);
}
