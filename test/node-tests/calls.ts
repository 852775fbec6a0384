// Which calls of the plugin might have changed something?
import { readFileSync } from 'node:fs';

export interface Call {
  readonly method: string;
  readonly params: unknown;
}
/** As the node has written it down. */
export interface BookedCall extends Call {
  readonly id: unknown;
}

/** Begins the id of every request that the plugin makes. */
const OURS = 'cl-revenue-ops:';

/** What only asks, whoever answers. Everything else may change something. */
const QUESTIONS =
  /^(list|get|wait|feerates$|decode|sql$|check|help$|bkpr-(?!edit)|clboss-status$|askrene-list|sling-(stats|version|jobsettings)$)/;

export const stateChanging = (calls: readonly BookedCall[]): Call[] =>
  calls
    .filter(({ id, method }) => typeof id === 'string' && id.startsWith(OURS) && !QUESTIONS.test(method))
    .map(({ method, params }) => ({ method, params }));

/** Those that real/recorder.js has written down. */
export const readCalls = (file: string): BookedCall[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as BookedCall);
