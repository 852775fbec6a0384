// The command `cl-revenue-ops`: composition root of the command line.
import { readFile, writeFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { run } from './cli/run.ts';
import { unixSec } from './core/units.ts';
import { takeOverPython } from './store/python/take-over.ts';
import { readLedger } from './store/read-only.ts';

declare const __VERSION__: string;

// Node 22 warns that its SQLite is experimental, of which nobody at a shell can make use.
process.removeAllListeners('warning').on('warning', ({ name, message }) => {
  if (name !== 'ExperimentalWarning') process.stderr.write(`${name}: ${message}\n`);
});

process.exitCode = await run(process.argv.slice(2), {
  read: (file) => (file === '-' ? buffer(process.stdin) : readFile(file)),
  write: (file, text) => writeFile(file, text),
  readLedger,
  takeOverPython,
  now: () => unixSec(Math.floor(Date.now() / 1000)),
  out: (text) => process.stdout.write(text),
  error: (text) => process.stderr.write(text),
  version: __VERSION__,
});
