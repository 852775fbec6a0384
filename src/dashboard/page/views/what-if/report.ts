// What does a backtest report, and how is one of its intervals written?
import type { WhatIf } from '../../../api.ts';
import { sats } from '../../format.ts';

export type Report = NonNullable<WhatIf['backtest']>['report'];
export type Interval = Report['other']['net_sats'];

export const between = ({ low, high }: Interval): string => `95 %: ${sats(low)} to ${sats(high)}`;
