// Where is the database, and may only its owner read it?
import { chmodSync, closeSync, existsSync, openSync, readSync, realpathSync, statSync, type Stats } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { StoreError } from '../ports.ts';
import { messageOf } from '../core/message-of.ts';

/** The ledger says whom one routes for and what it earns: owner only. */
const OWNER_ONLY = 0o600;
/** Every SQLite file begins with these 16 bytes (file format, 1.3). */
const MAGIC = 'SQLite format 3\0';

/** `~` and `~/x` as the home directory, relative paths from the given directory. */
export function expandPath(path: string, base: string): string {
  if (path === '~') return homedir();
  if (path.startsWith('~/')) return join(homedir(), path.slice(2));
  return resolve(base, path);
}

/**
 * The one path of the file, by whatever links it was named: who opens it by another must meet the same lock.
 * @throws StoreError when the directory is absent or the path is no file
 */
export function realPath(path: string): string {
  const directory = dirname(path);
  if (!existsSync(directory))
    throw new StoreError(
      'failed',
      `database ${path}: expected an existing directory, ${directory} is absent; create it`,
    );
  if (!existsSync(path)) return join(realpathSync(directory), basename(path));
  fileFacts(path);
  return realpathSync(path);
}

function fileFacts(path: string): Stats {
  const facts = statSync(path);
  if (!facts.isFile()) throw new StoreError('failed', `database ${path}: expected a file, got something else`);
  return facts;
}

/**
 * Makes the file with mode 0600 before SQLite would make it with the umask's, or tightens an existing one. SQLite gives
 * -wal and -shm the mode of the database; those a crash has left are tightened too.
 * @throws StoreError when permissions forbid.
 */
export function secureFile(path: string): void {
  try {
    // Never opened when it exists: closing any descriptor of a file drops this process' locks on it (fcntl(2)).
    if (!existsSync(path)) closeSync(openSync(path, 'wx', OWNER_ONLY));
    for (const file of [path, `${path}-wal`, `${path}-shm`]) if (existsSync(file)) chmodSync(file, OWNER_ONLY);
  } catch (error) {
    throw new StoreError('failed', `database ${path}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** Refuses a file that SQLite did not make, before SQLite touches it. @throws StoreError `corrupt`, `failed`. */
export function checkMagic(path: string): void {
  if (!existsSync(path)) return;
  if (fileFacts(path).size === 0) return;
  const head = Buffer.alloc(MAGIC.length);
  const file = openSync(path, 'r');
  try {
    readSync(file, head, 0, MAGIC.length, 0);
  } finally {
    closeSync(file);
  }
  if (head.toString('latin1') !== MAGIC)
    throw new StoreError(
      'corrupt',
      `database ${path}: expected an SQLite file, got something else; restore it from a backup or move it away`,
    );
}

/**
 * Says whether a path still leads to the file that is open now. SQLite writes on into one that was deleted or moved away,
 * and what it holds, money spent and reserved among it, would be gone with the process.
 * @returns a check that throws StoreError `failed` where it does not
 */
export function sameFile(path: string): () => void {
  const open = statSync(path, { bigint: true });
  return () => {
    const now = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (now?.ino === open.ino && now.dev === open.dev) return;
    const got = now === undefined ? 'it was deleted or moved away' : 'another file is there';
    throw new StoreError(
      'failed',
      `database ${path}: expected the file that was opened, but ${got}; nothing is written any more: put it back if you ` +
        'can, and restart the plugin',
    );
  };
}
