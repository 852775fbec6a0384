// How is sling spoken to? It serves one command at a time, and `sling-stop` holds all others up until its payment has ended.
import { array, decode, int, nullable, object, oneOf, str, type Decoder } from '../../../cln/decode.ts';
import { DecodeError } from '../../../cln/decode.ts';
import type { Scid } from '../../../core/units.ts';
import type { Ask, Params } from '../../ask.ts';
import { amount, shortChannelId } from '../../values.ts';

export const SLING_COMMANDS = ['sling-once', 'sling-stop', 'sling-stats', 'sling-jobsettings'] as const;

/** A stop waits for the payment under way, which sling gives `sling-timeoutpay` seconds, 120 by default; and half a minute. */
const TIMEOUT_MS = 150_000;
/** A look that is only a hint. */
const GLANCE_MS = 10_000;

const job = object({
  sat_direction: oneOf('Pull', 'Push', 'pull', 'push'),
  amount_msat: amount,
  maxppm: int,
  candidates: nullable(array(str)),
});
export type SlingJob = ReturnType<typeof job>;

/** Keyed by short channel id. */
const jobs: Decoder<ReadonlyMap<string, SlingJob>> = (value, path) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new DecodeError(path, 'an object', value);
  return new Map(Object.entries(value).map(([id, each]) => [id, job(each, path === '' ? id : `${path}.${id}`)]));
};

/** `1:Rebalancing` for each of its parallel tasks. */
const summary = array(object({ scid: shortChannelId, status: array(str) }));

export interface SlingTask {
  readonly scid: Scid;
  /** Without their numbers. */
  readonly states: readonly string[];
}

/** @throws NodeError from every method. */
export class SlingCommands {
  readonly #ask: Ask;
  #tail: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  /** Those that are stored, which `sling-go` and `sling-autogo` start: the operator's. */
  storedJobs(): Promise<ReadonlyMap<string, SlingJob>> {
    return this.#inTurn(() => this.#call('sling-jobsettings', {}, (reply) => decode(jobs, reply, 'sling-jobsettings')));
  }

  tasks(): Promise<readonly SlingTask[]> {
    return this.#inTurn(() => this.#stats(TIMEOUT_MS));
  }

  /** As `tasks`, but null where sling is busy: nothing may depend on it. */
  async glance(): Promise<readonly SlingTask[] | null> {
    return this.#waiting > 0 ? null : this.#stats(GLANCE_MS);
  }

  /** @param proceed asked once it is our turn: a minute or two later it may be too late */
  async once(params: Params, proceed: () => boolean): Promise<'started' | 'too-late'> {
    return this.#inTurn(async () => {
      if (!proceed()) return 'too-late';
      return this.#call('sling-once', params, () => 'started' as const);
    });
  }

  /** Only that channel's; returns once its task has ended. */
  stop(scid: Scid): Promise<void> {
    return this.#inTurn(() => this.#call('sling-stop', { scid }, () => undefined));
  }

  #stats(timeoutMs: number): Promise<readonly SlingTask[]> {
    const read = (reply: unknown): SlingTask[] =>
      decode(summary, reply, 'sling-stats').map(({ scid, status }) => ({
        scid,
        states: status.map((state) => state.slice(state.indexOf(':') + 1)),
      }));
    return this.#ask('sling-stats', { json: true }, read, { timeoutMs, connection: 'own' });
  }

  #call<T>(method: string, params: Params, read: (reply: unknown) => T): Promise<T> {
    return this.#ask(method, params, read, { timeoutMs: TIMEOUT_MS, connection: 'own' });
  }

  /** One after another: sling would hold them up anyway, and each of ours would lose its time by it. */
  async #inTurn<T>(act: () => Promise<T>): Promise<T> {
    this.#waiting++;
    const turn = this.#tail.then(act);
    this.#tail = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.#waiting--;
    }
  }
}
