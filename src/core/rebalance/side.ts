// Which channels may give, or take, and what became of their pairs?
import type { ChannelId } from '../units.ts';
import type { Gate } from './gates.ts';
import type { PlanChannel } from './plan-types.ts';
import { Tally } from './verdicts.ts';

/** The channels in one role: what keeps each out, and its pairs. Each is worked out once somebody asks. */
export class Side {
  readonly #channels: readonly PlanChannel[];
  readonly #gate: (channel: PlanChannel) => Gate | null;
  readonly #gates = new Map<PlanChannel, Gate | null>();
  #open: readonly PlanChannel[] | null = null;
  #tallies = new Map<ChannelId, Tally>();

  constructor(channels: readonly PlanChannel[], gate: (channel: PlanChannel) => Gate | null) {
    this.#channels = channels;
    this.#gate = gate;
  }

  /** As before the first order. */
  gateOf(channel: PlanChannel): Gate | null {
    let gate = this.#gates.get(channel);
    if (gate === undefined) {
      gate = this.#gate(channel);
      this.#gates.set(channel, gate);
    }
    return gate;
  }

  get open(): readonly PlanChannel[] {
    return (this.#open ??= this.#channels.filter((channel) => this.gateOf(channel) === null));
  }

  forget(): void {
    this.#tallies = new Map();
  }

  tally({ view }: PlanChannel): Tally {
    const known = this.#tallies.get(view.channelId);
    if (known !== undefined) return known;
    const fresh = new Tally();
    this.#tallies.set(view.channelId, fresh);
    return fresh;
  }
}
