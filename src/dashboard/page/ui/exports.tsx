// How does one take the figures along? As CSV for the books; the rune travels in a header, so that a plain link would not do.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { EXPORTS, type ExportName } from '../../api.ts';
import { ApiError, download } from '../data/client.ts';
import { Icon } from './icons.tsx';

const TEXTS: Readonly<Record<ExportName, string>> = {
  forwards: 'Forwards',
  rebalances: 'Rebalances',
  cashflows: 'Cash flows',
};

export function Exports(): JSX.Element {
  const [error, setError] = useState<string | null>(null);
  const save = async (name: ExportName): Promise<void> => {
    setError(null);
    try {
      const address = URL.createObjectURL(await download(`/export/${name}.csv`));
      Object.assign(document.createElement('a'), { href: address, download: `${name}.csv` }).click();
      // The browser has taken it by then, or asks where to put it, for which it needs no address.
      setTimeout(() => {
        URL.revokeObjectURL(address);
      }, 60_000);
    } catch (caught) {
      if (!(caught instanceof ApiError)) throw caught;
      setError(caught.message);
    }
  };
  return (
    <div class="tools" role="group" aria-label="Export as CSV">
      {error !== null && (
        <span class="tone-loss" role="alert">
          {error}
        </span>
      )}
      {EXPORTS.map((name) => (
        <button key={name} type="button" class="quiet" onClick={() => void save(name)}>
          <Icon name="download" />
          {TEXTS[name]}
          <span class="only-read"> as CSV</span>
        </button>
      ))}
    </div>
  );
}
