// What is left when the native driver is killed, at each of its moments in turn?
import { build } from 'esbuild';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { RebalanceOrder } from '../../../src/core/rebalance/types.ts';
import { wireOf, type Task } from '../native-child.ts';

export interface Killing {
  readonly task: Task;
  readonly socketPath: string;
  /** A new one for each life. */
  readonly order: () => RebalanceOrder;
  /** After each kill, and after the life that came to its end. */
  readonly afterwards: (moment: number) => Promise<void>;
}

/** Killed one moment later each time, until a life comes to its end. @returns what the last one said */
export async function killAtEachMoment({ task, socketPath, order, afterwards }: Killing): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'nk-'));
  const program = join(folder, 'native-child.mjs');
  try {
    await build({
      entryPoints: [resolve(import.meta.dirname, '../native-child.ts')],
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'warning',
    });
    for (let moment = 1; ; moment++) {
      const ended = await live([program, socketPath, task, wireOf(order()), String(moment)]);
      await afterwards(moment);
      if (ended !== null) return ended;
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What it said; null where it was killed. */
const live = (words: readonly string[]): Promise<string | null> =>
  new Promise((done) => {
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (text: Buffer) => (said += text.toString()));
    child.on('close', (_, signal) => {
      done(signal === 'SIGKILL' ? null : said || 'ended without a word');
    });
  });
