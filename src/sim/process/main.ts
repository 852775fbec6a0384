// The program that is lightningd to a plugin: `simulated-node --help` says how to start it.
import { parseCommandLine, USAGE } from './command-line.ts';
import { EXIT, Fatal } from './fatal.ts';
import { SimulatedNode } from './node.ts';

/** Ends at once, without a word to anyone: a crash of lightningd is the end of its plugins' standard input. */
function die(fatal: Fatal): never {
  process.stderr.write(`simulated-node: ${fatal.message}\n`);
  process.exit(fatal.exitCode);
}

try {
  const command = parseCommandLine(process.argv.slice(2), Date.now());
  if (command === null) {
    process.stdout.write(USAGE);
    process.exit(EXIT.clean);
  }
  const node = new SimulatedNode(command.options, { exit: (code) => process.exit(code), die });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void node.stop());
  if (command.untilStdinEnds) process.stdin.on('end', () => void node.stop()).resume();
  await node.start();
  process.stdout.write(`${node.socketPath}\n`);
} catch (error) {
  die(error instanceof Fatal ? error : new Fatal(EXIT.fatal, error instanceof Error ? (error.stack ?? '') : ''));
}
