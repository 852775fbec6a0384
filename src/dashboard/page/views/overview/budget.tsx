// How much may still be spent on rebalancing, and is there enough left in the wallet for it to be allowed at all?
import type { JSX } from 'preact';
import type { Overview } from '../../../api.ts';
import { NOTHING, sats, short } from '../../format.ts';
import { Badge, Card, Meter } from '../../ui/parts.tsx';

export function Budget({ status }: { readonly status: Pick<Overview['status'], 'budget' | 'reserve'> }): JSX.Element {
  const { budget, reserve } = status;
  const { daily_sats: daily, spent_24h_sats: spent, reserved_sats: reserved } = budget;
  const funds =
    reserve.onchain_sats === null || reserve.channels_sats === null
      ? null
      : reserve.onchain_sats + reserve.channels_sats;
  const kept = funds === null || funds === 0 ? 0 : Math.min(1, reserve.minimum_sats / funds);
  const share = (amount: number): number => (daily === 0 ? 0 : amount / daily);
  return (
    <Card title="Budget and reserve" note="of rebalancing">
      <div class="gauges">
        <div>
          <p class="gauge-head">
            <span>Spent in 24 hours</span>
            <span>
              <b data-figure="spent_24h_sats">{sats(spent)}</b> <span class="faint">of {sats(daily)} sats</span>
            </span>
          </p>
          <Meter
            label={`${sats(spent)} sats spent and ${sats(reserved)} reserved of ${sats(daily)} a day`}
            parts={[
              { share: share(spent), tone: share(spent) >= 1 ? 'caution' : 'accent', label: 'spent' },
              { share: share(reserved), tone: 'plain', label: 'reserved' },
            ]}
          />
          <p class="note">
            {sats(budget.available_sats)} left{reserved > 0 ? `, ${sats(reserved)} reserved for what is under way` : ''}
          </p>
        </div>
        <div>
          <p class="gauge-head">
            <span>Wallet reserve</span>
            {reserve.ok === null ? (
              <Badge tone="caution">not known</Badge>
            ) : (
              <Badge tone={reserve.ok ? 'gain' : 'loss'}>{reserve.ok ? 'enough' : 'too low'}</Badge>
            )}
          </p>
          <Meter
            label={
              funds === null
                ? 'The funds could not be read'
                : `${short(funds)} sats at hand, ${short(reserve.minimum_sats)} have to stay`
            }
            parts={[
              {
                share: kept,
                tone: reserve.ok === true ? 'plain' : 'loss',
                label: 'reserve',
              },
              { share: funds === null ? 0 : 1 - kept, tone: 'gain', label: 'free' },
            ]}
          />
          <p class="note">
            {short(reserve.onchain_sats)} on chain and {short(reserve.channels_sats)} in channels;{' '}
            {reserve.minimum_sats === 0 ? NOTHING : short(reserve.minimum_sats)} have to stay
          </p>
        </div>
      </div>
    </Card>
  );
}
