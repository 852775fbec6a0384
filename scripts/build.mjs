// Bundles each program into one file under dist/. Runs on `npm install` too (prepare), so that an install from git
// works without committed build output.
import { build } from 'esbuild';
import { chmodSync, existsSync, readFileSync } from 'node:fs';

import { page } from './page.mjs';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

const programs = {
  plugin: 'src/main.ts',
  cli: 'src/cli.ts',
  demo: 'src/demo.ts',
  'simulated-node': 'src/sim/process/main.ts',
  clboss: 'src/clboss.ts',
  circular: 'src/imitators/circular.ts',
  sling: 'src/imitators/sling.ts',
  rebalance: 'src/imitators/rebalance.ts',
};

await build({
  entryPoints: Object.fromEntries(Object.entries(programs).filter(([, source]) => existsSync(source))),
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  // Libraries that are CommonJS ask for node's own modules by it.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
  // The SQLite engine is chosen at run time: node's own where there is one, else the package.
  external: ['node:sqlite', '@photostructure/sqlite'],
  define: { __VERSION__: JSON.stringify(version), __PAGE__: JSON.stringify(await page()) },
  sourcemap: true,
  logLevel: 'warning',
});

// Started by lightningd itself, like any plugin.
for (const plugin of ['clboss', 'circular', 'sling', 'rebalance']) chmodSync(`dist/${plugin}.js`, 0o755);
