// Bundles bench/<name>.ts and runs it with this Node: `node scripts/bench.mjs intake --forwards 1000000`.
import { build } from 'esbuild';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

import { page } from './page.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const [name = '', ...options] = process.argv.slice(2);
const source = join(root, 'bench', `${name}.ts`);
if (!/^[a-z-]+$/.test(name) || !existsSync(source)) {
  console.error(`bench: expected the name of a file in bench/, got ${JSON.stringify(name)}`);
  process.exit(1);
}

// Within the repository, so that the bundle finds @photostructure/sqlite.
const parent = join(root, '.tmp');
mkdirSync(parent, { recursive: true });
const folder = mkdtempSync(join(parent, 'bench-'));
const bundle = join(folder, `${name}.mjs`);
await build({
  entryPoints: [source],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  // As scripts/build.mjs does.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
  external: ['node:sqlite', '@photostructure/sqlite'],
  define: name === 'dashboard' ? { __PAGE__: JSON.stringify(await page()) } : {},
  logLevel: 'warning',
});
// With the flags that cl-revenue-ops.js sets for the plugin, or memory would be another's.
const flags = ['--disable-warning=ExperimentalWarning', '--semi-space-growth-factor=1', '--heap-growing-percent=100'];
const child = spawn(process.execPath, [...flags, bundle, ...options], { stdio: 'inherit' });
child.on('exit', (code) => {
  rmSync(folder, { recursive: true, force: true });
  process.exitCode = code ?? 1;
});
