// Is this file a program, is it the same as before, and does a name mean it?
import { accessSync, constants, readFileSync, realpathSync } from 'node:fs';
import { createHash } from 'node:crypto';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'No such file or directory',
  EACCES: 'Permission denied',
  ENOTDIR: 'Not a directory',
};

/** Null when the file can be run, else strerror's words for why not. */
export function whyNotExecutable(path: string): string | null {
  try {
    accessSync(path, constants.X_OK);
    return null;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    return REASONS[code] ?? code;
  }
}

/** Tells whether a file has changed since it was started. */
export const checksum = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

/** lightningd's rule: a name without a slash is a file name, any other a path. */
export function pathMatches(path: string, name: string): boolean {
  if (!name.includes('/')) return path.split('/').at(-1) === name;
  try {
    return path === name || realpathSync(name) === path;
  } catch {
    return false;
  }
}
