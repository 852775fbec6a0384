// Does the command line answer, and say clearly why when it does not?
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { CSV_HEADER } from '../../src/sim/graph/csv-file.ts';
import { terminalWith } from './terminal.ts';
import fixture from '../fixtures/xirr-cases.json' with { type: 'json' };

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const MICROSOFT =
  'Dates,Values\n2008-01-01,-10000\n2008-03-01,2750\n2008-10-30,4250\n2009-02-15,3250\n2009-04-01,2750\n';

async function ask(args: readonly string[], content: string | Uint8Array = MICROSOFT) {
  const said = { out: '', error: '' };
  const terminal = terminalWith({
    read: (file) =>
      file === 'missing.csv'
        ? Promise.reject(new Error("ENOENT: no such file or directory, open 'missing.csv'"))
        : Promise.resolve(typeof content === 'string' ? bytes(content) : content),
    out: (text) => (said.out += text),
    error: (text) => (said.error += text),
    version: '1.2.3',
  });
  const code = await run(args, terminal);
  return { code, ...said };
}

describe('carr', () => {
  it('prints one line of JSON', async () => {
    const { code, out } = await ask(['carr', 'flows.csv', '--json', '--rate', '9%']);
    expect(code).toBe(0);
    expect(out.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(out)).toEqual({
      carr: expect.closeTo(0.373362533518, 10) as number,
      reason: null,
      // Microsoft's documentation of XNPV, the same flows at 9 %.
      npv: expect.closeTo(2086.647602, 6) as number,
      roi: 0.3,
      flows: 5,
    });
  });

  it('prints what people read', async () => {
    const { code, out } = await ask(['carr', '-']);
    expect(code).toBe(0);
    expect(out).toBe(
      'CARR   37.336 % a year\nNPV    3,000 at 0.000 % a year\nROI    30.000 % of what was paid in\n' +
        'Flows  5 from 2008-01-01 00:00:00 UTC to 2009-04-01 00:00:00 UTC\n',
    );
  });

  it('answers with the reason when there is no rate', async () => {
    const content = '2021-01-01,5\n2021-02-01,7';
    expect((await ask(['carr', '-', '--json'], content)).out).toBe(
      '{"carr":null,"reason":"no_sign_change","npv":12,"roi":null,"flows":2}\n',
    );
    // In the unit of the file, however many decimals its amounts have.
    const { out: cents } = await ask(['carr', '-', '--json'], '2021-01-01,5.25\n2021-02-01,7');
    expect(JSON.parse(cents)).toMatchObject({ npv: 12.25 });
    const { code, out } = await ask(['carr', '-'], content);
    expect(code).toBe(0);
    expect(out).toMatch(/CARR +none: all cash flows have one sign/);
    expect(out).toMatch(/ROI +none: nothing was paid in/);
  });

  it('says so when several rates would do', async () => {
    const { out } = await ask(['carr', '-'], '2021-01-01,-100\n2022-01-01,230\n2023-01-01,-132');
    expect(out).toMatch(/CARR +10\.000 %/);
    expect(out).toMatch(/2 rates make the net present value zero/);
  });

  it('never prints what is no JSON, however steep the flows', async () => {
    const { out } = await ask(['carr', '-', '--json', '--rate=-0.9999999999'], '1000-01-01,-1\n2022-01-01,1e99');
    expect(JSON.parse(out)).toMatchObject({ npv: null });
    expect((await ask(['carr', '-', '--rate=-0.9999999999'], '1000-01-01,-1\n2022-01-01,1e99')).out).toMatch(
      /beyond numbers/,
    );
    expect((await ask(['carr', '-'], '2021-01-01,-1\n2021-01-02,5')).out).toMatch(/CARR +\d\.\d{3}e\+257 %/);
  });

  it('reads UTF-16 as Excel writes it, and refuses what is no text', async () => {
    const text = '\uFEFF' + MICROSOFT.replaceAll(',', '\t');
    expect((await ask(['carr', 'x.txt'], Buffer.from(text, 'utf16le'))).code).toBe(0);
    const { code, error } = await ask(['carr', 'x.csv'], new Uint8Array([0x50, 0x4b, 0xff, 0x00]));
    expect([code, error]).toEqual([
      1,
      'cl-revenue-ops: x.csv: expected UTF-8 or UTF-16 text, got bytes that are neither\n',
    ]);
  });
});

describe('what cannot be answered', () => {
  it.each([
    [['carr', 'flows.csv'], '2021-01-01,a', /flows\.csv: line 1, column 2: expected a decimal number/],
    [['carr', '-'], '', /standard input: expected lines/],
    [['carr', 'missing.csv'], '', /missing\.csv: cannot be read: ENOENT/],
  ])('%j with %j exits with 1', async (args, content, message) => {
    const { code, out, error } = await ask(args, content);
    expect([code, out]).toEqual([1, '']);
    expect(error).toMatch(message);
  });
  it('quotes nothing that would move the cursor', async () => {
    const { code, error } = await ask(['backtest', '--export', 'evil.json'], '\x1b[2Jevil');
    expect(code).toBe(1);
    expect(error.trimEnd()).not.toMatch(/\p{C}/u);
  });
  it.each([
    [[], /expected one of the commands carr, pnl.*, got none/],
    [['cars'], /got "cars"/],
    [['carr'], /expected one file, got 0/],
    [['carr', 'a', 'b'], /expected one file, got 2/],
    [['carr', 'a', '--jason'], /carr: expected --json, --rate, got --jason/],
    [['carr', 'a', '--rate', 'x'], /--rate: expected a number above -1.*got x/],
    [['carr', 'a', '--rate', '5%', '--rate=6%'], /--rate: expected once, got it twice/],
    [['backtest', '--db', 'a', '--db', 'a'], /--db: expected once, got it twice/],
    [['carr', 'a', '--rate=-100%'], /above -100%, got -100%/],
    [['carr', 'a', '--db', 'x'], /carr: expected --json, --rate, got --db/],
    [['pnl'], /pnl: expected --db FILE/],
    [['pnl', 'revenue_ops.db'], /pnl: expected options only, got "revenue_ops.db"/],
    [['pnl', '--db', 'revenue_ops.db', '--svg', 'revenue_ops.db'], /--svg: expected a file name that ends in \.svg/],
    [['pnl', '--db', 'revenue_ops.db', '--html', 'x.svg'], /--html: expected a file name that ends in \.html/],
  ])('%j exits with 2 and the usage', async (args, message) => {
    const { code, out, error } = await ask(args);
    expect([code, out]).toEqual([2, '']);
    expect(error).toMatch(message);
    expect(error).toMatch(/usage:/);
    // What is wrong stays in sight on the smallest terminal.
    expect(error.split('\n').length).toBeLessThan(24);
  });
  it('but help and version are answers', async () => {
    expect((await ask(['--help'])).out).toMatch(/^cl-revenue-ops: what channels really earn/);
    expect((await ask(['--version'])).out).toBe('1.2.3\n');
    const { out } = await ask(['pnl', '--help']);
    expect(out).toMatch(/^usage:\n {2}cl-revenue-ops pnl --db FILE/);
    expect(out).toContain('--channel NAME');
    expect(out).not.toContain('--graph');
  });
  it('is followed by no more than it needs: the mistake stays on the screen', async () => {
    expect((await ask(['cars'])).error.split('\n').length).toBeLessThan(20);
    const { error } = await ask(['top', '--interval', 'x']);
    expect(error).toContain('--interval SECONDS  between two looks');
    expect(error).not.toContain('cl-revenue-ops pnl');
    expect((await ask(['pnl', '--help'])).out).toMatch(
      /^usage:\n {2}cl-revenue-ops pnl .*\n\npnl .*[^]*--html FILE[^\n]*\n$/,
    );
  });
  it('a defect of ours is not dressed up as the input of the user', async () => {
    const broken = terminalWith({
      read: () => Promise.resolve(bytes(MICROSOFT)),
      out: () => {
        throw new TypeError('broken');
      },
      error: () => undefined,
      version: '',
    });
    await expect(run(['carr', '-'], broken)).rejects.toThrow(TypeError);
  });
});

describe('as a process', () => {
  const folder = mkdtempSync(join(tmpdir(), 'revenue-ops-cli-'));
  const program = join(folder, 'cli.mjs');
  beforeAll(async () => {
    await build({
      entryPoints: [resolve(import.meta.dirname, '../../src/cli.ts')],
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      define: { __VERSION__: '"9.9.9"' },
      external: ['node:sqlite', '@photostructure/sqlite'],
    });
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('agrees with XIRR on files', () => {
    const one = fixture.cases.find(({ name }) => name === '1,000 random flows');
    const file = join(folder, 'random.csv');
    writeFileSync(file, (one?.flows ?? []).map((line) => line.join(',')).join('\r\n'));
    const reply = JSON.parse(
      execFileSync(process.execPath, [program, 'carr', file, '--json'], { encoding: 'utf8' }),
    ) as {
      carr: number;
      flows: number;
    };
    expect(reply.carr).toBeCloseTo(one?.expected ?? NaN, 9);
    expect(reply.flows).toBe(1000);
  });
  it('reads standard input, and exits with 1 and 2', () => {
    const start = (...args: string[]) =>
      spawnSync(process.execPath, [program, ...args], { input: MICROSOFT, encoding: 'utf8' });
    expect(start('carr', '-').stdout).toMatch(/37\.336 %/);
    expect(start('--version').stdout).toBe('9.9.9\n');
    expect(start('carr', join(folder, 'none.csv'))).toMatchObject({ status: 1, stdout: '' });
    expect(start('nonsense')).toMatchObject({ status: 2, stdout: '' });
  });
  it.each([
    ['stdout', ['--help'], 0],
    ['stderr', ['nonsense'], 1],
  ] as const)('ends quietly where nobody reads on at %s', async (deaf, args, code) => {
    const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    // Closed long before the program has started.
    child[deaf].destroy();
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (said += data.toString()));
    expect(await once(child, 'close')).toEqual([code, null]);
    expect(said).toBe('');
  });
  it('leaves an earlier file as it was where a new one cannot be written', () => {
    const [graph, bank] = [join(folder, 'graph.csv'), join(folder, 'bank.json')];
    const ends = Array.from({ length: 8 }, (_, i) => [`${i},${(i + 1) % 8}`, `${i},${(i + 2) % 8}`]).flat();
    const rows = ends.map((both, i) => `${i},${both},5000000,0,1,4900000000,0,10,34,0,1,4900000000,0,30,34`);
    writeFileSync(graph, [CSV_HEADER, ...rows].join('\n'));
    writeFileSync(bank, 'earlier');
    // No file may grow: as on a disk that is full, or in a process that is killed.
    const limited = ['-c', 'ulimit -f 0; exec "$@"', 'sh', process.execPath, program];
    const asked = ['market', '--graph', graph, '--node', '0', '--payments', '1000', '--out', bank];
    expect(spawnSync('sh', [...limited, ...asked]).status).not.toBe(0);
    expect(readFileSync(bank, 'utf8')).toBe('earlier');
    expect(spawnSync(process.execPath, [program, ...asked]).status).toBe(0);
    expect(JSON.parse(readFileSync(bank, 'utf8'))).toMatchObject({ provenance: { payments: 1000 } });
  });
  it('says so where the disk is full', () => {
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, [program, '--help'], { stdio: ['ignore', full, 'pipe'] });
    closeSync(full);
    expect(status).toBe(1);
    expect(stderr.toString()).toMatch(/^cl-revenue-ops: standard output: cannot be written: ENOSPC.*\n$/);
  });
});
