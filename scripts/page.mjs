// The dashboard's page, built into one document that the plugin carries within it.
import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The dashboard's page as one document: whatever it needs is in it. */
export async function page() {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
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
  return readFileSync(`${ROOT}src/dashboard/page/index.html`, 'utf8')
    .replace('<!-- style -->', () => `<style>${textOf('.css')}</style>`)
    .replace('<!-- script -->', () => `<script type="module">${script}</script>`);
}
