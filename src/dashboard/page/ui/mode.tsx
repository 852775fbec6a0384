// Does the plugin act? Its mode in every view, with the button that stops it.
import type { JSX } from 'preact';
import { askFor } from '../actions/requests.ts';
import { useAllowed, useSession } from '../data/session.ts';
import { useStatus } from '../data/status.ts';
import { Icon } from './icons.tsx';
import { Badge, type Tone } from './parts.tsx';

const TONES: Readonly<Record<string, Tone>> = { live: 'gain', 'dry-run': 'accent', paused: 'caution' };
const MEANINGS: Readonly<Record<string, string>> = {
  live: 'It sets fees and rebalances',
  'dry-run': 'It decides and records, and changes nothing',
  paused: 'It reads and records, and changes nothing until it is resumed',
};

export function Mode(): JSX.Element | null {
  const status = useStatus();
  const mayPause = useAllowed('pause');
  const mayResume = useAllowed('resume');
  const session = useSession();
  if (status === null || session === null) return <div class="mode" />;
  const { mode } = status;
  const isPaused = mode === 'paused';
  return (
    <div class="mode">
      <Badge tone={TONES[mode] ?? 'plain'} dot title={MEANINGS[mode]}>
        {mode}
      </Badge>
      {(isPaused ? mayResume : mayPause) && (
        <button
          type="button"
          class="quiet square"
          aria-label={isPaused ? 'Resume' : 'Pause'}
          title={isPaused ? 'Resume: act again' : 'Pause: stop everything that acts'}
          onClick={() => {
            askFor({ action: isPaused ? 'resume' : 'pause' });
          }}
        >
          <Icon name={isPaused ? 'play' : 'pause'} />
        </button>
      )}
    </div>
  );
}
