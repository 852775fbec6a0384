// Which small integer stands for a channel's name, and whose name is it?
import type { ChannelIdentity } from '../ports.ts';
import { channelId, type ChannelId, type Scid, type UnixSec } from '../core/units.ts';
import type { Connection } from './connection.ts';
import type { Statement } from './engine.ts';
import { numberOf, textOrNull } from './rows.ts';

/** Short channel ids, aliases and channel ids as integers; those not yet known to belong to a channel have no owner. */
export class ChannelNames {
  /** Another one each time an owner has become known. */
  revision = 0;
  readonly #ids = new Map<string, number>();
  readonly #find: Statement;
  readonly #add: Statement;
  readonly #own: Statement;
  readonly #owners: Statement;
  readonly #remember: Statement;

  constructor(connection: Connection) {
    connection.onRollback(() => {
      this.#ids.clear();
    });
    this.#find = connection.prepare('SELECT id FROM channel_names WHERE name = ?');
    this.#add = connection.prepare('INSERT INTO channel_names (name) VALUES (?) RETURNING id');
    this.#own = connection.prepare('UPDATE channel_names SET channel_id = ?2 WHERE id = ?1 AND channel_id IS NOT ?2');
    this.#owners = connection.prepare('SELECT id, channel_id FROM channel_names');
    // What is known is not forgotten: the peer of a closed channel may be absent, and closed it stays.
    this.#remember = connection.prepare(`
      INSERT INTO channels VALUES (?1, ?2, ?3, ?4, ?5)
      ON CONFLICT (channel_id) DO UPDATE SET
        peer_id = coalesce(excluded.peer_id, peer_id),
        capacity_msat = excluded.capacity_msat,
        closed = excluded.closed
      WHERE coalesce(excluded.peer_id, peer_id) IS NOT peer_id
        OR excluded.capacity_msat <> capacity_msat OR excluded.closed <> closed`);
  }

  /** The integer of a name, made on first sight. Only within a write. */
  idOf(name: Scid | ChannelId): number {
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    const id = numberOf(this.#find.get(name) ?? this.#add.get(name), 'id');
    this.#ids.set(name, id);
    return id;
  }

  /** The integer by which moves name a channel: its channel id is a name that is its own. Only within a write. */
  idOfChannel(channel: ChannelId): number {
    const id = this.idOf(channel);
    this.#ownedBy(id, channel);
    return id;
  }

  /** Writes down the channels, and that their names are theirs. Only within a write. */
  remember(channels: readonly ChannelIdentity[], at: UnixSec): void {
    for (const channel of channels) {
      this.#remember.run(channel.channelId, channel.peerId, channel.capacity, channel.closed ? 1 : 0, at);
      for (const name of channel.scids) this.#ownedBy(this.idOf(name), channel.channelId);
    }
  }

  /** Owner by integer, for all names that have one. */
  owners(): Map<number, ChannelId> {
    const owners = new Map<number, ChannelId>();
    for (const row of this.#owners.all()) {
      const owner = textOrNull(row, 'channel_id');
      if (owner !== null) owners.set(numberOf(row, 'id'), channelId(owner));
    }
    return owners;
  }

  #ownedBy(id: number, channel: ChannelId): void {
    if (Number(this.#own.run(id, channel).changes) > 0) this.revision++;
  }
}
