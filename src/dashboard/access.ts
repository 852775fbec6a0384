// May this request do what it asks? Its rune says, and lightningd says what the rune is worth.
import { createHash } from 'node:crypto';
import { NodeError, type RuneChecker, type RuneVerdict } from '../ports.ts';
import { exclusive } from '../app/exclusive.ts';
import { Refusal } from './failure.ts';
import type { FailureLimit } from './failure-limit.ts';

/** Milliseconds for which an answer of lightningd's to a reading holds: a page asks for several things at once. */
const READ_VERDICT_MS = 5000;
/** Verdicts kept; more runes than these within five seconds are nobody's daily use. */
const MOST_KEPT = 200;
/** Runes nobody knows that wait for lightningd to look at them; more than these are no person's. */
const MOST_WAITING = 20;
/** The longest rune that anybody would make: each restriction takes some tens of characters. */
const LONGEST_RUNE = 4096;

interface Kept {
  readonly verdict: RuneVerdict;
  readonly until: number;
}

export type CommandParams = Readonly<Record<string, unknown>>;

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64');

export interface AccessPorts {
  readonly runes: RuneChecker;
  readonly failures: FailureLimit;
  /** Milliseconds that only grow. */
  readonly elapsed: () => number;
}

export class Access {
  readonly #ports: AccessPorts;
  /** By what was asked; the rune itself is not kept. */
  readonly #kept = new Map<string, Kept>();
  /** Hashes of runes that lightningd has accepted: their holders are not kept out by others who guess. */
  readonly #known = new Set<string>();
  /** Unknown runes are looked at one at a time, or many at once would all be looked at before the first is found wrong. */
  readonly #oneAtATime = exclusive();
  #waiting = 0;

  constructor(ports: AccessPorts) {
    this.#ports = ports;
  }

  /**
   * For reading: lightningd's answer may be some seconds old.
   * @throws Refusal
   */
  async requireRead(headers: Headers, commands: readonly string[], params: CommandParams = {}): Promise<void> {
    const rune = this.#runeIn(headers);
    for (const command of commands) this.#require(await this.#readVerdict(rune, command, params), command);
  }

  /** For acting: asked at once, with the very parameters. @throws Refusal */
  async requireAct(headers: Headers, command: string, params: CommandParams): Promise<void> {
    this.#require(await this.#ask(this.#runeIn(headers), command, params), command);
  }

  /** For what comes before the real question: whether it is a rune of this node at all. @throws Refusal */
  async requireOurs(headers: Headers, command: string): Promise<void> {
    const verdict = await this.#readVerdict(this.#runeIn(headers), command, {});
    if (verdict.kind === 'invalid') this.#require(verdict, command);
  }

  /** Whether a rune of this node allows each of these. @throws Refusal where it is no rune of this node */
  async allowed(headers: Headers, commands: readonly string[]): Promise<Map<string, string | null>> {
    const rune = this.#runeIn(headers);
    const ask = async (command: string): Promise<[string, string | null]> => {
      const verdict = await this.#readVerdict(rune, command, {});
      if (verdict.kind === 'invalid') this.#require(verdict, command);
      return [command, verdict.kind === 'allowed' ? null : verdict.reason];
    };
    // A wrong rune is one failure, not one for each command.
    const [first, ...others] = commands;
    const found = first === undefined ? [] : [await ask(first)];
    return new Map([...found, ...(await Promise.all(others.map(ask)))]);
  }

  #runeIn(headers: Headers): string {
    const bearer = /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1];
    const rune = headers.get('rune') ?? bearer;
    if (rune === undefined || rune === '')
      throw new Refusal(
        'rune-missing',
        `expected a rune in the header Rune; make one with lightning-cli createrune restrictions='[["method^revenue-"]]'`,
      );
    if (!this.#isKnown(rune)) this.#ports.failures.require();
    if (rune.length <= LONGEST_RUNE) return rune;
    this.#ports.failures.count();
    throw invalid('longer than any rune');
  }

  #require(verdict: RuneVerdict, command: string): void {
    switch (verdict.kind) {
      case 'allowed':
        return;
      case 'not-permitted':
        throw new Refusal('rune-not-permitted', `the rune does not allow ${command}: ${verdict.reason}`);
      case 'invalid':
        throw invalid(verdict.reason);
    }
  }

  #isKnown(rune: string): boolean {
    return this.#known.has(hashOf(rune));
  }

  async #readVerdict(rune: string, command: string, params: CommandParams): Promise<RuneVerdict> {
    const key = hashOf(JSON.stringify([rune, command, params]));
    const now = this.#ports.elapsed();
    const kept = this.#kept.get(key);
    if (kept !== undefined && kept.until > now) return kept.verdict;
    const verdict = await this.#ask(rune, command, params);
    // Refusals are asked anew: each wrong rune is to count.
    if (verdict.kind === 'allowed') {
      if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
      this.#kept.set(key, { verdict, until: now + READ_VERDICT_MS });
    }
    return verdict;
  }

  async #ask(rune: string, command: string, params: CommandParams): Promise<RuneVerdict> {
    if (this.#isKnown(rune)) return this.#check(rune, command, params);
    if (this.#waiting >= MOST_WAITING)
      throw new Refusal('too-many-failures', `${MOST_WAITING} runes wait to be looked at: try again in a second`, 1);
    this.#waiting++;
    try {
      return await this.#oneAtATime(() => {
        if (!this.#isKnown(rune)) this.#ports.failures.require();
        return this.#check(rune, command, params);
      });
    } finally {
      this.#waiting--;
    }
  }

  async #check(rune: string, command: string, params: CommandParams): Promise<RuneVerdict> {
    try {
      const verdict = await this.#ports.runes.check(rune, command, params);
      if (verdict.kind === 'invalid') {
        this.#known.delete(hashOf(rune));
        this.#ports.failures.count();
      } else if (this.#known.size < MOST_KEPT) this.#known.add(hashOf(rune));
      return verdict;
    } catch (error) {
      if (!(error instanceof NodeError)) throw error;
      throw new Refusal(
        'runes-unavailable',
        error.kind === 'unknown-command'
          ? 'expected lightningd v23.08 or later, got one without checkrune: without it nobody can be let in'
          : `lightningd could not be asked what the rune allows: ${error.message}`,
      );
    }
  }
}

const invalid = (reason: string): Refusal =>
  new Refusal(
    'rune-invalid',
    `expected a rune of this node that has not been taken back, got one that is not: ${reason}`,
  );
