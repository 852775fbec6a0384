// Bundles each program into one file under dist/. Runs on `npm install` too (prepare), so that an install from git
// works without committed build output.
import { build } from 'esbuild';
import { chmodSync, existsSync, readFileSync } from 'node:fs';

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

/** The dashboard's page as one document: whatever it needs is in it. */
async function page() {
  const { outputFiles } = await build({
    entryPoints: ['src/dashboard/page/main.tsx'],
    bundle: true,
    write: false,
    outdir: 'page',
    minify: true,
    format: 'esm',
    target: ['es2022'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    logLevel: 'warning',
  });
  const textOf = (extension) =>
    outputFiles
      .filter(({ path }) => path.endsWith(extension))
      .map(({ text }) => text.trim())
      .join('');
  // What would end the element early.
  const script = textOf('.js').replaceAll('</script', '<\\/script');
  // Functions, because a text may hold what replace takes for a pattern.
  return readFileSync('src/dashboard/page/index.html', 'utf8')
    .replace('<!-- style -->', () => `<style>${textOf('.css')}</style>`)
    .replace('<!-- script -->', () => `<script type="module">${script}</script>`);
}

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
