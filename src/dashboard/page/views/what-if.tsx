// What would other settings have earned? The last backtest of this node's own history, and the benchmark of the release.
import type { JSX } from 'preact';
import type { WhatIf as Reply } from '../../api.ts';
import { useResource } from '../data/resource.ts';
import { Loaded } from '../ui/loaded.tsx';
import { Card, Empty, Ghost } from '../ui/parts.tsx';

export function WhatIf(): JSX.Element {
  const state = useResource<Reply>('/api/whatif');
  return (
    <div class="view">
      <div class="view-head">
        <h1>What if</h1>
        <span class="as-of">Other settings, on this node's own past and on a model market</span>
      </div>
      <Loaded state={state} ghost={<Ghost height={420} />}>
        {(reply) => (
          <Card title="Backtest">
            {reply.backtest === null ? (
              <Empty title="No backtest since the plugin started" icon="whatif">
                <code>lightning-cli -k revenue-backtest</code>
              </Empty>
            ) : null}
          </Card>
        )}
      </Loaded>
    </div>
  );
}
