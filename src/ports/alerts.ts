// What is remembered of alerts from one run to the next?
import type { UnixSec } from '../core/units.ts';

export interface RememberedAlert {
  readonly kind: string;
  readonly subject: string | null;
  readonly text: string;
  readonly since: UnixSec;
  /** Not where it came back so soon after its end that nobody was told. */
  readonly told: boolean;
  /** Null while it goes on. */
  readonly overAt: UnixSec | null;
}
