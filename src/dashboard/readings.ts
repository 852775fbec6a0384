// What do all pages read from? The node and the ledger as the commands read them, once for everybody who looks.
import type { CommandContext } from '../app/commands/context.ts';
import { lifetimeOf, type HistoryReply } from '../app/commands/history.ts';
import { openOnes, summaryOf, type ProfitabilityReply } from '../app/commands/profitability.ts';
import { routedDays, type RoutedDays } from '../app/profit/routed-days.ts';
import { status, type StatusReply } from '../app/commands/status.ts';
import { breathe } from '../app/breathe.ts';
import { channelNames, type NameOf } from '../app/channel-names.ts';
import { gatherProfits, type Gathered } from '../app/profit/gather.ts';
import { Cached, type Meter } from './cached.ts';

/** Channel pages kept; more are open nowhere. */
const MOST_BODIES = 64;

/** A reply, ready to be sent, and what tells it from any other. */
export interface Body {
  readonly text: string;
  readonly etag: string;
}

export interface Sums {
  readonly lifetime: HistoryReply['lifetime'];
  readonly open: ProfitabilityReply['summary'];
  readonly days: RoutedDays;
}

export class Readings {
  readonly context: CommandContext;
  readonly #meter: Meter;
  readonly #profits: Cached<Gathered>;
  readonly #status: Cached<StatusReply>;
  readonly #sums = new WeakMap<Gathered, Promise<Sums>>();
  readonly #bodies = new Map<string, Cached<Body>>();

  constructor(context: CommandContext, meter: Meter) {
    this.context = context;
    this.#meter = meter;
    this.#profits = new Cached(meter, () => gatherProfits(context, 0));
    this.#status = new Cached(meter, () => status(context));
  }

  /** @throws CommandError while not ready, NodeError, StoreError */
  profits(): Promise<Gathered> {
    return this.#profits.get();
  }

  /** revenue-status. @throws StoreError */
  status(): Promise<StatusReply> {
    return this.#status.get();
  }

  /** The reply of that key, made at most as often as its cost allows. Rejects as `make` does. */
  body(key: string, make: () => Promise<Body>): Promise<Body> {
    let cached = this.#bodies.get(key);
    if (cached === undefined) {
      if (this.#bodies.size >= MOST_BODIES) this.#bodies.delete(this.#bodies.keys().next().value ?? '');
      this.#bodies.set(key, (cached = new Cached(this.#meter, make)));
    }
    return cached.get();
  }

  /** An action has been carried out: what was read before it is old. */
  forget(): void {
    this.#profits.forget();
    this.#status.forget();
    this.#bodies.clear();
  }

  /** What all of its pages add up anew otherwise. */
  sums(gathered: Gathered): Promise<Sums> {
    let sums = this.#sums.get(gathered);
    if (sums === undefined) this.#sums.set(gathered, (sums = this.#addUp(gathered)));
    return sums;
  }

  async #addUp(gathered: Gathered): Promise<Sums> {
    const days = await routedDays(gathered.days);
    await breathe();
    const lifetime = lifetimeOf(gathered, 0);
    await breathe();
    const open = openOnes(gathered.channels);
    // One that never closed a channel need not be added up twice.
    const summary = summaryOf(open.length === gathered.channels.length ? gathered.channels : open, gathered.now, 0);
    await breathe();
    return { lifetime, open: summary, days };
  }

  /**
   * Reads what the overview shows before anybody asks for it, and keeps none of it: all that was reckoned of days gone by is
   * known then, so that the first visitor waits for the present alone. Never rejects: who asks is told what is wrong.
   */
  async warm(): Promise<void> {
    try {
      await this.sums(await this.profits());
      await breathe();
      await this.status();
    } catch (error) {
      this.context.log.debug(`dashboard: read nothing ahead: ${String(error)}`);
    }
    this.forget();
  }

  nameOf({ snapshot }: Pick<Gathered, 'snapshot'>): NameOf {
    return channelNames(snapshot.channels, this.context.store.ledger);
  }
}
