// How is a folder made with all those above it?
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Not by `recursive` of mkdirSync: where the system answers ENOENT though the folder above is there, as in /proc, Node.js 20
 * tries for ever, in native code that no signal interrupts.
 * @throws Error of the system's
 */
export function makeFolders(path: string): void {
  if (existsSync(path)) return;
  makeFolders(dirname(path));
  mkdirSync(path);
}
