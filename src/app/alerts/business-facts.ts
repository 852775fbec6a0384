// What do alerts about the business look at?
import type { Config } from '../../core/config/options.ts';
import type { ChannelId, UnixSec } from '../../core/units.ts';
import type { Store } from '../../ports.ts';
import type { NameOf } from '../channel-names.ts';

export interface BusinessFacts {
  readonly now: UnixSec;
  /** When the plugin began to run; null while it has not. */
  readonly startedAt: UnixSec | null;
  readonly config: Config;
  readonly paused: boolean;
  readonly store: Store;
  /** Names of the usable channels. */
  readonly open: ReadonlySet<ChannelId>;
  readonly nameOf: NameOf;
}
