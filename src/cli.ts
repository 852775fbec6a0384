// The command `cl-revenue-ops`: composition root of the command line.
import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { NodeCaller } from './cli/command.ts';
import { InputError } from './cli/input-error.ts';
import { run } from './cli/run.ts';
import { openScreen } from './cli/screen.ts';
import { writeWhole } from './cli/whole-file.ts';
import { RpcFailure } from './cln/errors.ts';
import { RpcClient } from './cln/rpc-client.ts';
import { unixSec } from './core/units.ts';
import { takeOverPython } from './store/python/take-over.ts';
import { readHistory, readLedger } from './store/read-only.ts';

declare const __VERSION__: string;

/** Where a mainnet node with default options has its socket. */
const USUAL_SOCKET = join(homedir(), '.lightning', 'bitcoin', 'lightning-rpc');
/** Longer than any of the plugin's own replies takes on a large node. */
const RPC_TIMEOUT_MS = 60_000;

function callNode(socket: string | null): NodeCaller {
  const socketPath = socket ?? USUAL_SOCKET;
  const client = new RpcClient({ socketPath, idPrefix: 'cl-revenue-ops', timeoutMs: RPC_TIMEOUT_MS });
  return {
    async call(method, params = {}, filter) {
      try {
        return await client.call(method, params, filter === undefined ? {} : { filter });
      } catch (error) {
        if (!(error instanceof RpcFailure)) throw error;
        throw new InputError(`node at ${socketPath}: ${error.message}`, { cause: error });
      }
    },
    close() {
      client.close();
    },
  };
}

// Node 22 warns that its SQLite is experimental, of which nobody at a shell can make use.
process.removeAllListeners('warning').on('warning', ({ name, message }) => {
  if (name !== 'ExperimentalWarning') process.stderr.write(`${name}: ${message}\n`);
});

// Whoever reads may have had enough (`| head`), which is nobody's fault; but without ears for it nothing is reckoned on.
for (const [stream, name, unheard] of [
  [process.stdout, 'standard output', 0],
  [process.stderr, 'standard error', 1],
] as const)
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(unheard);
    process.stderr.write(`cl-revenue-ops: ${name}: cannot be written: ${error.message}\n`);
    process.exit(1);
  });

process.exitCode = await run(process.argv.slice(2), {
  read: (file) => (file === '-' ? buffer(process.stdin) : readFile(file)),
  write: writeWhole,
  readLedger,
  readHistory,
  takeOverPython,
  node: callNode,
  screen: openScreen,
  now: () => unixSec(Math.floor(Date.now() / 1000)),
  dice: () => randomInt(2 ** 48 - 1) / (2 ** 48 - 1),
  out: (text) => process.stdout.write(text),
  error: (text) => process.stderr.write(text),
  version: __VERSION__,
});
