// Is there what a real regtest network needs?
import { execFileSync } from 'node:child_process';

/** Those of the programs that are not on PATH. */
export const missingPrograms = (): string[] =>
  ['lightningd', 'bitcoind', 'bitcoin-cli'].filter((program) => {
    try {
      execFileSync(program, ['--version'], { stdio: 'ignore' });
      return false;
    } catch {
      return true;
    }
  });
