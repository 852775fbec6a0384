// What does the reason of a decision mean? In the core's own words.
import { FEE_REASONS } from '../../core/reasons.ts';
import { capital } from './format.ts';

const OTHERS: Readonly<Record<string, string>> = {
  'revenue-set-fee': 'set by hand',
  'external-change': FEE_REASONS['external-change'],
};
const DRY_RUN = 'dry-run: ';

/** Of a row of fee_changes. */
export function feeSentence(reason: string): string {
  if (reason.startsWith(DRY_RUN))
    return `Not sent (dry-run): ${feeSentence(reason.slice(DRY_RUN.length)).toLowerCase()}`;
  return capital((FEE_REASONS as Readonly<Record<string, string>>)[reason] ?? OTHERS[reason] ?? reason);
}
