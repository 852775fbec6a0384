// What have we taken out of clboss' hands, peer by peer?
import { nodeId, type NodeId } from '../core/units.ts';
import { CLBOSS_TAGS, type ClbossTag } from '../ports.ts';
import type { Connection } from './connection.ts';
import type { Statement } from './engine.ts';
import { choiceOf, textOf } from './rows.ts';

export class ClbossTags {
  readonly #all: Statement;
  readonly #add: Statement;
  readonly #drop: Statement;

  constructor(connection: Connection) {
    this.#all = connection.prepare('SELECT peer_id, tag FROM clboss_tags ORDER BY peer_id, tag');
    this.#add = connection.prepare('INSERT OR IGNORE INTO clboss_tags VALUES (?, ?)');
    this.#drop = connection.prepare('DELETE FROM clboss_tags WHERE peer_id = ?');
  }

  all(): Map<NodeId, ClbossTag[]> {
    const taken = new Map<NodeId, ClbossTag[]>();
    for (const row of this.#all.all()) {
      const peer = nodeId(textOf(row, 'peer_id'));
      const tag = choiceOf(row, 'tag', CLBOSS_TAGS);
      const tags = taken.get(peer);
      if (tags) tags.push(tag);
      else taken.set(peer, [tag]);
    }
    return taken;
  }

  /** Replaces the peer's. Only within a write. */
  save(peer: NodeId, tags: readonly ClbossTag[]): void {
    this.#drop.run(peer);
    for (const tag of tags) this.#add.run(peer, tag);
  }
}
