// Is there what a real regtest network needs?
import { execFileSync } from 'node:child_process';

/** Those of the programs that are not on PATH. @throws Error where one is there and does not start: nothing may be skipped for that */
export const missingPrograms = (): string[] =>
  ['lightningd', 'bitcoind', 'bitcoin-cli'].filter((program) => {
    try {
      execFileSync(program, ['--version'], { stdio: 'ignore' });
      return false;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
      throw error;
    }
  });
