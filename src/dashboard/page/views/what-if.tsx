// What would other settings have earned? The last backtest of this node's own history, and the benchmark of the release.
import type { JSX } from 'preact';
import type { WhatIf as Reply } from '../../api.ts';
import { useResource } from '../data/resource.ts';
import { Loaded } from '../ui/loaded.tsx';
import { Card, Empty, Ghost } from '../ui/parts.tsx';
import { Backtest } from './what-if/backtest.tsx';
import { BenchmarkCard } from './what-if/benchmark.tsx';

export function WhatIf(): JSX.Element {
  const state = useResource<Reply>('/api/whatif');
  return (
    <div class="view">
      <div class="view-head">
        <h1>What if</h1>
        <span class="as-of">Other settings, on this node’s own past and on model markets</span>
      </div>
      <Loaded state={state} ghost={<Ghost height={420} />}>
        {({ backtest, benchmark }) => (
          <>
            {backtest === null ? <NoBacktest /> : <Backtest ranAt={backtest.ran_at} report={backtest.report} />}
            <BenchmarkCard benchmark={benchmark} />
          </>
        )}
      </Loaded>
    </div>
  );
}

const NoBacktest = (): JSX.Element => (
  <Card title="Backtest">
    <Empty title="No backtest since the plugin started" icon="whatif">
      It plays this node’s own history again with other settings and says what they would have earned, with intervals,
      or that the data cannot tell. It takes minutes of one core, beside the node. Ask in a shell; the answer appears
      here:
    </Empty>
    <div class="examples">
      <pre tabIndex={0} aria-label="Examples">
        {'lightning-cli -k revenue-backtest fee_algorithm=bayes\n' +
          'lightning-cli -k revenue-backtest daily_budget_sats=0\n' +
          'lightning-cli -k revenue-backtest min_fee_ppm=50 days=60'}
      </pre>
    </div>
  </Card>
);
