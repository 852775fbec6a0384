// What is measured of every contestant (quant 4.7), and in which unit?

const metric = <Key extends string>(key: Key, label: string, unit: string, about: string) => ({
  key,
  label,
  unit,
  about,
});

export const METRICS = [
  metric('ofBound', 'of bound', 'ratio', 'net profit over the most that any fees and rebalances could earn'),
  metric('ofOracle', 'of oracle', 'ratio', 'net profit over that of the realisable oracle'),
  metric(
    'net',
    'net',
    'sats/day',
    'fees less rebalance fees, plus what the balances gained at the plan\u2019s prices; less 0.2 % of fees for each update a channel and day beyond 4',
  ),
  metric('fees', 'fees', 'sats/day', 'fees of settled forwards'),
  metric('costShare', 'cost/revenue', 'ratio', 'rebalance fees over fees'),
  metric('yield', 'yield', '%/year', 'net profit on the capacity of all channels'),
  metric('carr', 'CARR', '%/year', 'annualised return on the half of a channel that was ours, of the median channel'),
  metric('carrP10', 'p10 CARR', '%/year', 'the same of the channel that nine tenths surpass'),
  metric(
    'p10',
    'p10 channel',
    '%/year',
    'fees less rebalance fees on its capacity, of the channel that nine tenths surpass',
  ),
  metric('worst', 'worst channel', '%/year', 'the same of the worst channel'),
  metric('updates', 'gossip', '1/channel/day', 'channel_update messages'),
  metric('mostUpdates', 'most gossip', '1/day', 'most of one channel within any 24 hours, of all seeds'),
  metric('failed', 'failed', 'share', 'payments that reached us and were refused'),
  metric('low', 'below 5 %', 'share', 'time of a channel with less than 5 % on our side'),
  metric(
    'adaptation',
    'days to 90 %',
    'days',
    'median time after a change of demand until the fee earns 90 % of what it ends up at',
  ),
  metric('success', 'arrived', 'share', 'payments to ourselves that arrived, of those sent'),
  metric('cpu', 'CPU', 's/node-year', 'processor time of the run'),
] as const;

export type MetricKey = (typeof METRICS)[number]['key'];
