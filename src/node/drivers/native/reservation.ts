// How do other payments of this node, xpay's above all, learn that ours is using up a path?
import { safeNumber } from '../../../core/units.ts';
import type { Ask } from '../../ask.ts';
import type { Path } from './path.ts';

const done = (): undefined => undefined;

/** askrene keeps a reservation until it is told the very same amounts again, or lightningd restarts. */
export class Reservation {
  readonly #ask: Ask;
  readonly #path: readonly { readonly short_channel_id_dir: string; readonly amount_msat: number }[];
  #held = false;

  constructor(ask: Ask, path: Path) {
    this.#ask = ask;
    this.#path = path.map(({ direction, outMsat }) => ({
      short_channel_id_dir: direction,
      amount_msat: safeNumber(outMsat, 'amount'),
    }));
  }

  /** @throws NodeError */
  async take(): Promise<void> {
    // Noted first: one that was not confirmed may be there, and giving back what is not there is an error, no harm.
    this.#held = true;
    await this.#ask('askrene-reserve', { path: this.#path }, done);
  }

  /** Until it has been confirmed. @throws NodeError */
  async release(): Promise<void> {
    if (!this.#held) return;
    await this.#ask('askrene-unreserve', { path: this.#path }, done);
    this.#held = false;
  }
}
