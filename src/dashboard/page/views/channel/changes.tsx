// Which fees did it have, and why was each given?
import type { JSX } from 'preact';
import { rowsOf, type ChannelPage, type FeeChangeRow } from '../../../api.ts';
import { capital, exactly, since } from '../../format.ts';
import { FeeStep } from '../../ui/fee-step.tsx';
import { Badge, Card, Empty } from '../../ui/parts.tsx';

/** The newest; all of them are on the page of decisions. */
const MOST = 40;
const BY: Readonly<Record<string, string>> = { hand: 'by hand', other: 'somebody else', 'dry-run': 'dry-run' };

export function Changes({ page }: { readonly page: ChannelPage }): JSX.Element {
  const changes = rowsOf<FeeChangeRow>(page.fee_changes).reverse();
  return (
    <Card
      title="Changes of the fee"
      note={changes.length === 0 ? undefined : String(changes.length)}
      tools={
        <a class="link" href={`#/decisions?channel=${encodeURIComponent(page.channel_id)}`}>
          Search
        </a>
      }
      flush
    >
      {changes.length === 0 ? (
        <Empty title="None yet" icon="fee" />
      ) : (
        <ol class="events tall" tabIndex={0} aria-label="Changes of the fee">
          {changes.slice(0, MOST).map((change) => (
            <li key={`${change.timestamp} ${change.new_fee_ppm}`}>
              <div>
                <p>
                  <FeeStep from={change.old_fee_ppm} to={change.new_fee_ppm} />
                  <span class="faint"> ppm</span> <code>{change.reason}</code>
                  {change.by !== 'us' && (
                    <Badge tone={change.by === 'other' ? 'caution' : 'plain'}>{BY[change.by]}</Badge>
                  )}
                </p>
                <p class="muted">{capital(change.sentence)}</p>
              </div>
              <time title={exactly(change.timestamp)}>{since(change.timestamp, page.as_of)}</time>
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}
