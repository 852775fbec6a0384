// Which channels does the network have, by a file of a person's? The CSV of a snapshot, or what listchannels prints.
import { gunzipSync } from 'node:zlib';
import type { ChannelRecord } from '../sim/graph/channel-record.ts';
import { parseChannelsCsv } from '../sim/graph/csv-file.ts';
import { parseListchannels } from '../sim/graph/listchannels-file.ts';
import type { Terminal } from './command.ts';
import { inFile, readText } from './files.ts';
import { asInput } from './usable.ts';

export interface GraphFile {
  readonly records: readonly ChannelRecord[];
  /** The day it tells of, such as 2026-02-03; null where that is unknown. */
  readonly date: string | null;
}

/** May be compressed by gzip. @throws InputError that names the file */
export function readGraphFile(file: string, terminal: Terminal): Promise<GraphFile> {
  const read = async (name: string): Promise<Uint8Array> => unzipped(await terminal.read(name));
  return inFile(file, async () => {
    const text = await readText(file, { read });
    return asInput(() => parse(text, file));
  });
}

function parse(text: string, file: string): GraphFile {
  if (!text.trimStart().startsWith('{'))
    return { records: parseChannelsCsv(text), date: /\d{4}-\d\d-\d\d/.exec(file)?.[0] ?? null };
  const { records, newest } = parseListchannels(text);
  return { records, date: newest === 0 ? null : new Date(newest * 1000).toISOString().slice(0, 10) };
}

const unzipped = (bytes: Uint8Array): Uint8Array =>
  bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
