// The command `cl-revenue-ops`: composition root of the command line.
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { run } from './cli/run.ts';

declare const __VERSION__: string;

process.exitCode = await run(process.argv.slice(2), {
  read: (file) => (file === '-' ? buffer(process.stdin) : readFile(file)),
  out: (text) => process.stdout.write(text),
  error: (text) => process.stderr.write(text),
  version: __VERSION__,
});
