// How is the plugin, whatever view one is in?
import type { Overview } from '../../api.ts';
import { useResource } from './resource.ts';

/** The overview's own default period, so that both ask the same question. */
export const DEFAULT_PERIOD = '30d';
export const overviewPath = (period: string): string => `/api/overview?period=${period}`;

export const useStatus = (): Overview['status'] | null =>
  useResource<Overview>(overviewPath(DEFAULT_PERIOD)).data?.status ?? null;
