// Where do node and database of the demonstration live? In a folder of their own that can be written.
import { mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { makeFolders } from '../sim/process/make-folders.ts';
import { UsageError } from './options.ts';
import { messageOf } from '../core/message-of.ts';

/**
 * @param keep where it is to be; null: a temporary one
 * @throws UsageError
 */
export function makeFolder(keep: string | null, temporary = tmpdir()): string {
  if (keep === null)
    return usable(temporary, 'expected a temporary folder', 'name one with --keep DIR, or set TMPDIR', () =>
      mkdtempSync(join(temporary, 'revenue-ops-')),
    );
  const folder = resolve(keep);
  const entries = usable(folder, '--keep: expected a folder', 'name another one', () => {
    makeFolders(folder);
    const { length } = readdirSync(folder);
    // One that was there already need not take anything.
    if (length === 0) rmdirSync(mkdtempSync(join(folder, 'try-')));
    return length;
  });
  if (entries > 0) throw new UsageError(`--keep: expected a new or empty folder, got ${folder}`);
  return folder;
}

/** What `make` returns. @throws UsageError with the system's reason */
function usable<T>(folder: string, expected: string, remedy: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    const reason = messageOf(error);
    throw new UsageError(`${expected} that can be written, got ${folder}: ${reason}; ${remedy}`, { cause: error });
  }
}
