// What has the operator laid down for a peer or a channel?
import { channelId, nodeId, ppm, unixSec, type ChannelId, type NodeId, type Ppm, type UnixSec } from '../core/units.ts';
import { POLICY_STRATEGIES, REBALANCE_POLICIES, type Policy } from '../ports.ts';
import type { Connection } from './connection.ts';
import type { Statement } from './engine.ts';
import { choiceOf, numberOf, numberOrNull, textOf } from './rows.ts';

export class Policies {
  readonly #inForce: Statement;
  readonly #save: Statement;
  readonly #delete: Statement;

  constructor(connection: Connection) {
    this.#inForce = connection.prepare(
      'SELECT * FROM fee_policies WHERE expires_at IS NULL OR expires_at > ? ORDER BY subject',
    );
    this.#save = connection.prepare('INSERT OR REPLACE INTO fee_policies VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    this.#delete = connection.prepare('DELETE FROM fee_policies WHERE subject = ?');
  }

  /** Those that end after `now` or never, in order of their subject. */
  inForce(now: UnixSec): Policy[] {
    return this.#inForce.all(now).map(toPolicy);
  }

  /** Replaces the subject's. Only within a write. */
  save(policy: Policy): void {
    const { subject, strategy, staticPpm, minPpm, maxPpm, rebalance, expiresAt, setAt } = policy;
    this.#save.run(subject, strategy, staticPpm, minPpm, maxPpm, rebalance, expiresAt, setAt);
  }

  /** Whether there was one, expired or not. Only within a write. */
  delete(subject: NodeId | ChannelId): boolean {
    return Number(this.#delete.run(subject).changes) > 0;
  }
}

/** A channel id has 64 digits, a node id two more. */
const subjectOf = (text: string): NodeId | ChannelId => (text.length === 64 ? channelId(text) : nodeId(text));

function ppmOrNull(row: unknown, name: string): Ppm | null {
  const value = numberOrNull(row, name);
  return value === null ? null : ppm(value);
}

function toPolicy(row: unknown): Policy {
  const expiresAt = numberOrNull(row, 'expires_at');
  return {
    subject: subjectOf(textOf(row, 'subject')),
    strategy: choiceOf(row, 'strategy', POLICY_STRATEGIES),
    staticPpm: ppmOrNull(row, 'static_ppm'),
    minPpm: ppmOrNull(row, 'min_ppm'),
    maxPpm: ppmOrNull(row, 'max_ppm'),
    rebalance: choiceOf(row, 'rebalance', REBALANCE_POLICIES),
    expiresAt: expiresAt === null ? null : unixSec(expiresAt),
    setAt: unixSec(numberOf(row, 'set_at')),
  };
}
