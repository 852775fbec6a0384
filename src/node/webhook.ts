// How does an alert get to the operator's own service? Posted, signed, tried again, and never in anybody's way.
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Log } from '../ports.ts';

export interface WebhookConfig {
  /** `off`, or where alerts are posted. */
  readonly url: string;
  /** Absolute path of the file with the secret. */
  readonly secretFile: string;
}

export interface WebhookPorts {
  readonly fetch: typeof fetch;
  /** Resolves after so many milliseconds, or at once when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Unix seconds of the real world, by which the receiver tells old from new. */
  readonly now: () => number;
  readonly log: Log;
}

/** Milliseconds before each further try; the last comes twelve minutes after the first. */
const PAUSES_MS: readonly number[] = [1000, 5000, 30_000, 120_000, 600_000];
/** A receiver that takes longer has not taken it. */
const ANSWER_MS = 10_000;
/** Alerts waiting at once; more are dropped, and the log has them all. */
const MOST_WAITING = 50;
/** As GitHub and others write it, so that receivers are easily had. */
const SIGNATURE = 'X-Revenue-Ops-Signature';

/** Ids of nodes and channels, and payment hashes: errors of lightningd may hold them, and it is nobody else's business. */
const IDS = /\b[0-9a-f]{64,66}\b/g;

/** HMAC-SHA256 over the time, a dot and the body, in hex. */
const signatureOf = (secret: string, timestamp: number, body: string): string =>
  `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;

/** Read anew for each alert, so that it can be changed at any time; made where there is none. @throws Error of the file system */
function secretIn(file: string, log: Log): string {
  if (!existsSync(file)) {
    writeFileSync(file, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
    chmodSync(file, 0o600);
    log.info(`webhook: made the secret ${file}; give it to the receiver`);
  }
  const secret = readFileSync(file, 'utf8').trim();
  if (secret === '') throw new Error(`${file}: expected a secret, got an empty file`);
  return secret;
}

export class Webhook {
  readonly #ports: WebhookPorts;
  readonly #config: () => WebhookConfig;
  readonly #stop = new AbortController();
  #waiting = 0;
  #trouble: string | null = null;
  /** Why there is no secret, as far as that is known. */
  #unsigned: string | null = null;
  /** In the order in which they happened. */
  #turn: Promise<void> = Promise.resolve();

  constructor(ports: WebhookPorts, config: () => WebhookConfig) {
    this.#ports = ports;
    this.#config = config;
  }

  /** What keeps alerts from arriving; null when the last one did. */
  get trouble(): string | null {
    return this.#config().url === 'off' ? null : (this.#unsigned ?? this.#trouble);
  }

  /** Whether something is still to be delivered. */
  get busy(): boolean {
    return this.#waiting > 0;
  }

  /**
   * Begins anew, as when it is set, or set again once the receiver is mended: that the trouble is over is the next news, and
   * shows whether it is. Makes the secret as soon as there is a webhook: a receiver that does not have it refuses the first
   * alert. Never throws.
   */
  prepare(): void {
    const { url, secretFile } = this.#config();
    this.#trouble = this.#unsigned = null;
    if (url === 'off') return;
    try {
      secretIn(secretFile, this.#ports.log);
    } catch (error) {
      this.#unsigned = `alerts cannot be signed: ${(error as Error).message}; see revenue-ops-webhook-secret-file`;
      this.#ports.log.warn(`webhook: ${this.#unsigned}`);
    }
  }

  /** Delivers it in the background, without ids. Never throws. */
  send(news: object): void {
    if (this.#config().url === 'off' || this.#stop.signal.aborted) return;
    if (this.#waiting >= MOST_WAITING) {
      this.#trouble = `the webhook does not answer, and ${MOST_WAITING} alerts wait for it: later ones are only in the log`;
      return;
    }
    this.#waiting++;
    this.#turn = this.#turn
      .then(() => this.#deliver(JSON.stringify(news).replaceAll(IDS, '…')))
      .finally(() => {
        this.#waiting--;
      });
  }

  /** Gives up what has not been delivered. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#turn;
  }

  async #deliver(body: string): Promise<void> {
    const id = randomUUID();
    const { signal } = this.#stop;
    for (let attempt = 0; !signal.aborted; attempt++) {
      const { url } = this.#config();
      if (url === 'off') return;
      const why = await this.#post(url, id, body);
      if (why === null) {
        this.#trouble = this.#unsigned = null;
        return;
      }
      if (this.#stop.signal.aborted) return;
      // The path and what is behind it may be a secret of the receiver's.
      this.#trouble = `an alert could not be delivered to ${new URL(url).host}: ${why}; see revenue-ops-webhook`;
      const pause = PAUSES_MS[attempt];
      if (pause === undefined) {
        this.#ports.log.warn(`webhook: ${this.#trouble}; given up after ${attempt + 1} tries`);
        return;
      }
      this.#ports.log.debug(`webhook: ${this.#trouble}; tried again in ${pause / 1000} seconds`);
      await this.#ports.sleep(pause, signal);
    }
  }

  /** Null when it was taken. */
  async #post(url: string, id: string, body: string): Promise<string | null> {
    const { fetch, now, log } = this.#ports;
    try {
      const timestamp = now();
      const signature = signatureOf(secretIn(this.#config().secretFile, log), timestamp, body);
      const response = await fetch(url, {
        method: 'POST',
        body,
        redirect: 'error',
        signal: AbortSignal.any([this.#stop.signal, AbortSignal.timeout(ANSWER_MS)]),
        headers: {
          'Content-Type': 'application/json',
          'User-Agent': 'cl-revenue-ops',
          // The same for each try: a receiver that has it already need not tell twice.
          'X-Revenue-Ops-Id': id,
          'X-Revenue-Ops-Timestamp': String(timestamp),
          [SIGNATURE]: signature,
        },
      });
      await response.body?.cancel();
      return response.ok ? null : `it answered ${response.status}`;
    } catch (error) {
      const { message, cause } = error as Error;
      return cause instanceof Error ? `${message} (${cause.message})` : message;
    }
  }
}
