// Which SQLite do we run on? Node's own where it has one that does what we ask, else the package with the same API.
import { createRequire } from 'node:module';

export type SqlValue = bigint | number | string | null;

/** What we use of the statements of either engine. */
export interface Statement {
  run(...values: SqlValue[]): { readonly changes: number | bigint };
  get(...values: SqlValue[]): unknown;
  all(...values: SqlValue[]): unknown[];
  /** Integers as bigint: without it both engines throw above 2^53 instead of rounding. */
  setReadBigInts(enabled: boolean): void;
}

/** What we use of the connections of either engine. */
export interface Database {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}

interface Engine {
  readonly DatabaseSync: new (path: string, options: { readOnly: boolean }) => Database;
}

// Looked up at run time: a static import of a built-in that Node 20 lacks would stop the plugin.
const load = createRequire(import.meta.url);

function loadEngine(): Engine {
  const own = builtIn();
  return own !== null && takesNumbers(own) ? own : (load('@photostructure/sqlite') as Engine);
}

function builtIn(): Engine | null {
  try {
    return load('node:sqlite') as Engine;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_UNKNOWN_BUILTIN_MODULE')) throw error;
    return null;
  }
}

/** The first releases bind nothing to `?1`, which many of our statements say: 22.13 to 22.19, 23, and 24 up to 24.6 at least. */
function takesNumbers({ DatabaseSync }: Engine): boolean {
  const probe = new DatabaseSync(':memory:', { readOnly: false });
  try {
    probe.prepare('SELECT ?1').get(1);
    return true;
  } catch {
    return false;
  } finally {
    probe.close();
  }
}

let engine: Engine | undefined;

/** Opens a database file, or makes it; waits `busyMs` for other connections' locks. @throws Error of SQLite's. */
export function openDatabase(
  path: string,
  options: { readonly readOnly?: boolean; readonly busyMs: number },
): Database {
  engine ??= loadEngine();
  const database = new engine.DatabaseSync(path, { readOnly: options.readOnly ?? false });
  // The option `timeout` is one that Node.js before 22.16 and 24.0 ignores. Neither opening nor this looks at the file.
  database.exec(`PRAGMA busy_timeout = ${options.busyMs}`);
  return database;
}

/** Names of the tables of a database. */
export const tablesOf = (database: Database): Set<string> =>
  new Set(
    database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .all()
      .map((row) => String((row as { readonly name: unknown }).name)),
  );
