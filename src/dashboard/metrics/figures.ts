// From which replies do the figures of the moment come?
import type { StatusReply } from '../../app/commands/status.ts';
import type { ChannelRow } from '../api.ts';
import type { Readings, Sums } from '../readings.ts';
import { channelRows } from '../views/channels.ts';

export interface MetricFigures {
  readonly status: StatusReply;
  /** Processor time of this process. */
  readonly cpuSeconds: number;
  /** Null before the history of forwards has been read: what is not known yet is not zero. */
  readonly earnings: Pick<Sums, 'lifetime' | 'open'> | null;
  readonly channels: readonly ChannelRow[];
}

/** @throws NodeError, StoreError */
export async function metricFigures(readings: Readings, cpuSeconds: number): Promise<MetricFigures> {
  const status = await readings.status();
  if (readings.context.readiness().phase !== 'ready') return { status, cpuSeconds, earnings: null, channels: [] };
  const gathered = await readings.profits();
  const earnings = await readings.sums(gathered);
  return { status, cpuSeconds, earnings, channels: channelRows(readings, gathered) };
}
