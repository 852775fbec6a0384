// How is a file replaced so that it is the one before or the new one, whatever happens meanwhile? Written beside, then renamed.
import { constants } from 'node:fs';
import { access, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';

/** @throws the system's error; an earlier file is as it was then */
export async function writeWhole(file: string, text: string): Promise<void> {
  const before = await stat(file).catch(() => null);
  // A pipe or /dev/stdout is written into.
  if (before?.isFile() === false) return writeFile(file, text);
  if (before !== null) await access(file, constants.W_OK);
  // A link stays one.
  const target = before === null ? file : await realpath(file);
  const beside = `${target}.${process.pid}.new`;
  const handle = await open(beside, 'wx', before?.mode);
  try {
    await handle.writeFile(text);
    await handle.sync();
    await handle.close();
    await rename(beside, target);
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(beside, { force: true });
    throw error;
  }
}
