// How does one get in? With a rune, which the node itself makes; this page only explains how, and keeps it for the tab.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { refusal, signIn } from '../session.ts';
import { Icon } from '../ui/icons.tsx';

const WAYS: readonly { readonly title: string; readonly text: string; readonly command: string }[] = [
  {
    title: 'To look and to act',
    text: 'Allows every command of this plugin and nothing else of the node.',
    command: `lightning-cli createrune restrictions='[["method^revenue-"]]'`,
  },
  {
    title: 'To look only',
    text: 'Allows what the pages show. No fee and no sat can be moved with it.',
    command: `lightning-cli createrune restrictions='[["method=revenue-status","method=revenue-analyze","method=revenue-profitability","method=revenue-history","method=revenue-explain"]]'`,
  },
];

export function SignIn(): JSX.Element {
  const [value, setValue] = useState('');
  const text = value.trim();
  document.title = 'Sign in · cl-revenue-ops';
  return (
    <main class="sign-in" id="main">
      <div class="sign-in-box">
        <div class="brand">
          <svg viewBox="0 0 16 16" width="26" height="26" aria-hidden="true">
            <rect width="16" height="16" rx="4" />
            <path d="M3.5 11.5 6.5 7l3 2.5 3-5" />
          </svg>
          <h1>revenue-ops</h1>
        </div>
        <p class="muted">What each channel earns, and why each decision was taken. A rune of your node opens it.</p>
        {refusal.value !== null && (
          <div class="notice loss" role="alert">
            <Icon name="alert" />
            <div>
              <strong>The rune was not accepted</strong>
              <p>{refusal.value}</p>
            </div>
          </div>
        )}
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (text !== '') signIn(text);
          }}
        >
          <label for="rune">Rune</label>
          <div class="sign-in-row">
            <input
              id="rune"
              type="password"
              autocomplete="off"
              spellcheck={false}
              placeholder="Paste it here"
              value={value}
              onInput={(event) => {
                setValue(event.currentTarget.value);
              }}
            />
            <button type="submit" class="primary" disabled={text === ''}>
              Open
            </button>
          </div>
          <p class="note">It stays in this tab, goes to your own node only, and is forgotten when the tab closes.</p>
        </form>
      </div>
      <section class="sign-in-box" aria-label="How to make a rune">
        <h2>Make a rune on the machine of the node</h2>
        {WAYS.map((way) => (
          <Way key={way.title} {...way} />
        ))}
        <p class="note">
          Copy the <code>rune</code> of the reply. To take it back later:{' '}
          <code>lightning-cli blacklistrune start=ID end=ID</code> with its <code>unique_id</code>.
        </p>
      </section>
    </main>
  );
}

function Way({ title, text, command }: (typeof WAYS)[number]): JSX.Element {
  const [copied, setCopied] = useState(false);
  return (
    <div class="way">
      <h3>{title}</h3>
      <p class="muted">{text}</p>
      <div class="command">
        <pre tabIndex={0} aria-label={`Command: ${title}`}>
          {command}
        </pre>
        {/* Only over HTTPS or loopback do browsers lend their clipboard. */}
        {isSecureContext && (
          <button
            type="button"
            onClick={() => {
              void navigator.clipboard.writeText(command).then(() => {
                setCopied(true);
              });
            }}
          >
            {copied ? 'Copied' : 'Copy'}
          </button>
        )}
      </div>
    </div>
  );
}
