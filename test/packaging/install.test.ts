// Does an install, the way reckless and people do it, yield a plugin that starts? On a copy of the tree, elsewhere.
import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const ENTRY = 'cl-revenue-ops.js';

/** What git would hand to a clone if everything were committed. */
const tracked = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\0')
  .filter((path) => path !== '' && existsSync(join(ROOT, path)));

function cloneTo(folder: string): string {
  for (const path of tracked) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    copyFileSync(join(ROOT, path), join(folder, path));
  }
  return folder;
}

/** npm, from the registry only for what its cache lacks; the error shows all it printed. */
function npm(folder: string, ...args: string[]): void {
  execFileSync('npm', [...args, '--prefer-offline', '--no-audit', '--no-fund'], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the plugin as reckless tests it: without arguments, for up to 10 s. Null code: it had to be stopped. */
async function runEntry(path: string, input: string): Promise<Ended> {
  const environment = { ...process.env };
  delete environment['LIGHTNINGD_PLUGIN'];
  const child = spawn(path, [], { env: environment, stdio: 'pipe', timeout: 10_000 });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  child.stdin.on('error', () => undefined); // it may have ended before it read everything
  child.stdin.end(input);
  const code = await new Promise<number | null>((done, failed) => child.on('close', done).on('error', failed));
  return { code, stdout, stderr };
}

const getmanifest = `${JSON.stringify({ jsonrpc: '2.0', id: 'cln:getmanifest#1', method: 'getmanifest', params: {} })}\n\n`;

it('the root has no Python project files, which reckless would try first', () => {
  const names = readdirSync(ROOT);
  expect(
    names.filter((name) => /^(requirements.*\.txt|pyproject\.toml|uv\.lock|poetry\.lock|setup\.py)$/.test(name)),
  ).toEqual([]);
  expect(names).toContain(ENTRY);
  expect(basename(ENTRY, '.js')).toBe('cl-revenue-ops');
});

describe.each([
  { how: 'npm install --omit=dev (reckless)', steps: [['install', '--omit=dev']] },
  {
    how: 'npm install --omit=dev --ignore-scripts, npm run build',
    steps: [
      ['install', '--omit=dev', '--ignore-scripts'],
      ['run', 'build'],
    ],
  },
])('$how', ({ steps }) => {
  const folder = mkdtempSync(join(tmpdir(), 'revops-install-'));
  const link = join(folder, ENTRY);

  beforeAll(() => {
    const source = cloneTo(join(folder, 'source', 'cl-revenue-ops'));
    for (const step of steps) npm(source, ...step);
    symlinkSync(join(source, ENTRY), link);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('leaves the development packages out', () => {
    const packages = readdirSync(join(folder, 'source', 'cl-revenue-ops', 'node_modules'));
    expect(packages).toContain('esbuild');
    expect(packages).not.toContain('typescript');
    expect(packages).not.toContain('vitest');
  });

  it.each([
    ['nothing at all', ''],
    ['what `yes | reckless` would answer', 'Y\n'],
  ])('ends by itself and says nothing when stdin holds %s', async (_, input) => {
    expect(await runEntry(link, input)).toMatchObject({ code: 0, stdout: '' });
  });

  it('introduces itself to lightningd through a symlink', async () => {
    const { code, stdout } = await runEntry(link, getmanifest);
    const reply = JSON.parse(stdout) as { id: string; result: { dynamic: boolean; rpcmethods: { name: string }[] } };
    expect(code).toBe(0);
    expect(reply.id).toBe('cln:getmanifest#1');
    expect(reply.result.dynamic).toBe(true);
    expect(reply.result.rpcmethods.map(({ name }) => name)).toContain('revenue-status');
  });
});
