// How does a plugin come to be killed at a step? By moments.ts in its process, made ready here.
import { build } from 'esbuild';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plan } from './moments.ts';

export interface Killer {
  /** For the environment of the plugin, or of the node that starts it. */
  readonly env: Readonly<Record<'NODE_OPTIONS' | 'KILL_PLAN', string>>;
  /** From the next start on. @param at null: not at all; @param clock null: as its environment says */
  plan(after: readonly RegExp[], at: number | null, clock?: string | null): void;
  /** At which step the plugin ended; null where it did not end at one. */
  lastStep(): string | null;
  remove(): void;
}

export async function makeKiller(): Promise<Killer> {
  const folder = mkdtempSync(join(tmpdir(), 'killer-'));
  const outfile = join(folder, 'moments.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'moments.ts')],
    ...{ outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'warning' },
  });
  const [file, trace] = [join(folder, 'plan.json'), join(folder, 'trace')];
  const plan = (after: readonly RegExp[], at: number | null, clock: string | null = null): void => {
    const order: Plan = { after: after.map(({ source }) => source), at, trace, clock };
    writeFileSync(file, JSON.stringify(order));
    rmSync(trace, { force: true });
  };
  plan([], null);
  return {
    env: {
      NODE_OPTIONS: `--import=${pathToFileURL(outfile).href} --disable-warning=ExperimentalWarning`,
      KILL_PLAN: file,
    },
    plan,
    lastStep() {
      try {
        return readFileSync(trace, 'utf8');
      } catch {
        return null;
      }
    },
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
