// Do the layers hold? Imports point downward only, and the pure rooms touch neither clock nor chance.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = resolve(import.meta.dirname, '../src');

/** What each folder of src may import from (itself always). Files directly in src are composition roots, but ports. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  cln: [],
  'ports.ts': ['core', 'ports'],
  // Where the ports are; others import them from ports.ts.
  ports: ['core'],
  node: ['core', 'ports.ts', 'cln'],
  store: ['core', 'ports.ts'],
  app: ['core', 'ports.ts'],
  sim: ['core', 'ports.ts', 'app'],
  dashboard: ['core', 'ports.ts', 'app'],
  cli: ['core', 'ports.ts', 'app', 'sim'],
};

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name));
const roomOf = (path: string): string => path.split('/')[0] ?? path;
/** Statements only: words such as "from 'a'" within a text are none. */
const importsOf = (path: string): string[] =>
  [
    ...readFileSync(join(SRC, path), 'utf8').matchAll(
      /^(?:import|export|\}).*?\bfrom\s*'([^'\s]+)'|^import\s*'([^'\s]+)'|\bimport\s*\(\s*'([^'\s]+)'/gm,
    ),
  ].map((match) => match[1] ?? match[2] ?? match[3] ?? '');

describe('layers', () => {
  it('has sources to look at', () => {
    expect(files.length).toBeGreaterThan(10);
  });

  it.each(files.filter((path) => roomOf(path) in MAY_IMPORT))('%s imports downward only', (path) => {
    const room = roomOf(path);
    const allowed = [room, ...(MAY_IMPORT[room] ?? [])];
    const wrong = importsOf(path)
      .filter((target) => target.startsWith('.'))
      .map((target) => relative(SRC, resolve(join(SRC, dirname(path)), target)))
      // Data for people to write, beside the sources: part of the market.
      .filter((target) => !(room === 'sim' && /^\.\.\/scenarios\/[^/]+\.json$/.test(target)))
      .filter((target) => !allowed.includes(roomOf(target)));
    expect(wrong).toEqual([]);
  });

  it.each(files.filter((path) => roomOf(path) === 'core'))('%s does no I/O', (path) => {
    expect(importsOf(path).filter((target) => !target.startsWith('.'))).toEqual([]);
  });

  // The simulated node's process runs in real time like the plugin; everything it computes is pure again.
  const timeless = files.filter(
    (path) => ['core', 'app', 'store', 'sim'].includes(roomOf(path)) && !path.startsWith('sim/process/'),
  );
  it.each(timeless)('%s reads no clock and throws no dice', (path) => {
    expect(readFileSync(join(SRC, path), 'utf8')).not.toMatch(/Date\.now|new Date\(\)|Math\.random|performance\.now/);
  });

  it.each(files)('%s has at most 400 lines', (path) => {
    expect(readFileSync(join(SRC, path), 'utf8').split('\n').length).toBeLessThanOrEqual(400);
  });
});
