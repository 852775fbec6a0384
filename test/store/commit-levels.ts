// How safely is each transaction written? What SQLite's `synchronous` stands at when it commits: 2 survives power loss.
import { Connection } from '../../src/store/connection.ts';
import { openDatabase } from '../../src/store/engine.ts';

export interface CommitLevels {
  readonly connection: Connection;
  /** One for each commit so far. */
  readonly levels: readonly unknown[];
}

/** Opens a database that is there already, as the plugin does: NORMAL unless a transaction asks for more. */
export function commitLevels(path: string): CommitLevels {
  const file = openDatabase(path, { busyMs: 0 });
  file.exec('PRAGMA synchronous = NORMAL');
  const levels: unknown[] = [];
  const connection = new Connection({
    exec(sql) {
      if (sql === 'COMMIT') levels.push(file.prepare('PRAGMA synchronous').get());
      file.exec(sql);
    },
    prepare: (sql) => file.prepare(sql),
    close() {
      file.close();
    },
  });
  return { connection, levels };
}
