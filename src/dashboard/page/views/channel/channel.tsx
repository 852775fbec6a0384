// What does this channel hold, charge, earn and cost, and why is it treated as it is?
import type { JSX } from 'preact';
import { rowsOf, type ChannelPage, type RebalanceRow } from '../../../api.ts';
import { useResource } from '../../data/resource.ts';
import { AsOf } from '../../ui/as-of.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Card, Empty, Ghost } from '../../ui/parts.tsx';
import { RebalanceTable } from '../rebalances/history.tsx';
import { ChannelActions } from './channel-actions.tsx';
import { BalanceOverTime } from './balance-over-time.tsx';
import { CashFlows } from './cash-flows.tsx';
import { Changes } from './changes.tsx';
import { FeeOverTime } from './fee-over-time.tsx';
import { FeeWhy } from './fee-why.tsx';
import { Figures } from './figures.tsx';
import { Lots } from './lots.tsx';
import { RebalanceWhy } from './rebalance-why.tsx';
import { Statement } from './statement.tsx';
import { Waterfall } from './waterfall.tsx';
import { Alerts } from '../../ui/alerts.tsx';

export function Channel({ name }: { readonly name: string }): JSX.Element {
  const state = useResource<ChannelPage>(`/api/channels/${encodeURIComponent(name)}`);
  const { data, error } = state;
  const isUnknown = data === null && (error?.status === 404 || error?.word === 'unknown-channel');
  return (
    <div class="view">
      <div class="view-head">
        <a class="back" href="#/channels" aria-label="All channels">
          <Icon name="back" />
        </a>
        <h1>{data?.alias ?? data?.channel_id ?? name}</h1>
        {data !== null && data.alias !== null && <span class="mono muted">{data.channel_id}</span>}
        <AsOf time={data?.as_of ?? null} />
        {data?.row != null && <ChannelActions page={data} row={data.row} />}
      </div>
      {isUnknown ? (
        <Card>
          <Empty title={`There is no channel ${name}`} icon="search">
            {error.message}
          </Empty>
        </Card>
      ) : (
        <Loaded
          state={state}
          ghost={
            <>
              <Ghost height={92} />
              <Ghost height={330} />
              <Ghost height={330} />
            </>
          }
        >
          {(page) => <Body page={page} />}
        </Loaded>
      )}
    </div>
  );
}

function Body({ page }: { readonly page: ChannelPage }): JSX.Element {
  const rebalances = rowsOf<RebalanceRow>(page.rebalances);
  return (
    <>
      <Alerts alerts={[]} warnings={page.profitability.warnings} />
      <Figures page={page} />
      <div class="columns wide-first">
        <FeeOverTime page={page} />
        <BalanceOverTime page={page} />
      </div>
      {page.explain !== null && (
        <div class="columns">
          <FeeWhy explain={page.explain} />
          <RebalanceWhy explain={page.explain} />
        </div>
      )}
      <div class="columns">
        <Statement page={page} />
        <Waterfall bars={page.profitability.waterfall} />
      </div>
      <CashFlows page={page} />
      <div class="columns">
        <Changes page={page} />
        <Lots lots={page.profitability.lots} />
      </div>
      <Card title="Rebalances" note="of the last two years" flush>
        {rebalances.length === 0 ? (
          <Empty title="It was never rebalanced" icon="rebalances" />
        ) : (
          <RebalanceTable rows={rebalances} />
        )}
      </Card>
    </>
  );
}
