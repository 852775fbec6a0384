// What happens next? What is due first, and of that what was scheduled first.
import type { Scheduled } from './state.ts';

export const sooner = (a: Scheduled, b: Scheduled): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
