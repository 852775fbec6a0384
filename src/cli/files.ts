// How are files read and written for a person? What goes wrong is said with the file's name.
import type { Terminal } from './command.ts';
import { InputError } from './input-error.ts';
import { messageOf } from '../core/message-of.ts';

/** Names the file in what is wrong with it. */
export async function inFile<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof InputError)
      throw new InputError(`${file === '-' ? 'standard input' : file}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** @throws InputError, which `inFile` completes */
export async function readText(file: string, { read }: Pick<Terminal, 'read'>): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await read(file);
  } catch (error) {
    throw new InputError(`cannot be read: ${messageOf(error)}`, { cause: error });
  }
  // Excel saves "Unicode text" as UTF-16 with a byte order mark.
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    throw new InputError(`expected UTF-8 or UTF-16 text, got bytes that are neither`, { cause: error });
  }
}

/** @param option as typed, such as `--svg`. @throws InputError */
export async function save(option: string, file: string, text: string, { write }: Terminal): Promise<void> {
  try {
    await write(file, text);
  } catch (error) {
    throw new InputError(`${option} ${file}: cannot be written: ${messageOf(error)}`, { cause: error });
  }
}
