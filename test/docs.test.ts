// Do the documents list exactly what the code has? The tables are written from the code by `npm run docs`.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ALERTS } from '../src/app/alerts/alert.ts';
import { API_ERRORS } from '../src/dashboard/api.ts';
import { EXPORT_COLUMNS } from '../src/dashboard/export/exports.ts';
import { METRICS } from '../src/dashboard/metrics/names.ts';
import { ERRORS } from '../src/core/errors.ts';
import { boundsFor, clampFee } from '../src/core/fee/bounds.ts';
import { DYNAMIC_POLICY, type UnitEconomics, type UnitPolicy } from '../src/core/fee/types.ts';
import { FEE_BOUND_RULES, FEE_REASONS, FEE_STEPS } from '../src/core/reasons.ts';
import { REBALANCE_REASONS, REBALANCE_STEPS } from '../src/core/rebalance/reasons.ts';
import { msat, ppm, satsToMsat } from '../src/core/units.ts';
import { LEGACY_OPTIONS, OPTIONS, type Option } from '../src/core/config/options.ts';
import { checkGenerated, code, sentence, table, type Generated } from './generated-parts.ts';

const ROOT = resolve(import.meta.dirname, '..');
const DOCS = resolve(ROOT, 'docs');

function allowed(option: Option): string {
  switch (option.type) {
    case 'int':
      return `${String(option.min)} to ${String(option.max)} ${option.unit}`;
    case 'bool':
      return `${code(true)}, ${code(false)}`;
    case 'string':
      return option.choices ? option.choices.map(code).join(', ') : (option.form?.expected ?? 'any text');
  }
}

const BOUGHT: UnitEconomics = {
  chainCostMsat: msat(0),
  profitClass: 'profitable',
  lots: { costPpm: 300, remainingMsat: satsToMsat(1_000_000), ageDays: 0 },
};
const WANTED = 40;

/** A row of the worked example, reckoned by the code itself. */
function bounded(what: string, policy: Partial<UnitPolicy>, economics: UnitEconomics | null, maxPpm = 5000): string[] {
  const config = {
    minPpm: 10,
    maxPpm,
    targetFlowSats: 100_000,
    algorithm: 'hill-climb',
    dryRun: false,
    window: { forwards: 30, minHours: 6, maxHours: 240 },
  } as const;
  const bounds = boundsFor(config, { ...DYNAMIC_POLICY, ...policy }, economics, 5_000_000, 100_000);
  if (policy.staticPpm !== undefined) return [what, '', '', `${String(policy.staticPpm)} ppm`];
  const fee = clampFee(WANTED, bounds);
  return [what, `${bounds.lower} (${bounds.lowerRule})`, `${bounds.upper} (${bounds.upperRule})`, `${fee} ppm`];
}
const EXAMPLE = [
  bounded('nothing bought, no policy', {}, null),
  bounded('the purchase', {}, BOUGHT),
  bounded('and `revenue-ops-max-fee-ppm` 250', {}, BOUGHT, 250),
  bounded('and a policy with `max_ppm` 200: the operator may sell at a loss', { maxPpm: ppm(200) }, BOUGHT),
  bounded('or a policy with `min_ppm` 400', { minPpm: ppm(400) }, BOUGHT),
  bounded('or a static policy of 0', { strategy: 'static', staticPpm: ppm(0) }, BOUGHT),
];

const options: readonly Option[] = Object.values(OPTIONS);

const GENERATED: Generated = {
  options: {
    file: 'options.md',
    text: table(
      ['option', 'type', 'default', 'allowed', 'dynamic', 'meaning'],
      options.map((option) => [
        code(option.name),
        option.type,
        code(option.default),
        allowed(option),
        option.dynamic ? 'yes' : 'no',
        sentence(option.description),
      ]),
    ),
  },
  'legacy options': {
    file: 'options.md',
    text: LEGACY_OPTIONS.map(({ name }) => `- ${code(name)}`).join('\n'),
  },
  'fee reasons': {
    file: 'reasons.md',
    text: table(
      ['reason', 'meaning'],
      Object.entries(FEE_REASONS).map(([name, text]) => [code(name), sentence(text)]),
    ),
  },
  'fee steps': {
    file: 'reasons.md',
    text: table(
      ['step', 'meaning'],
      Object.entries(FEE_STEPS).map(([name, text]) => [code(name), sentence(text)]),
    ),
  },
  'rebalance reasons': {
    file: 'reasons.md',
    text: table(
      ['reason', 'meaning'],
      Object.entries(REBALANCE_REASONS).map(([name, text]) => [code(name), sentence(text)]),
    ),
  },
  'rebalance steps': {
    file: 'reasons.md',
    text: table(
      ['step', 'meaning'],
      Object.entries(REBALANCE_STEPS).map(([name, text]) => [code(name), sentence(text)]),
    ),
  },
  'fee bounds': {
    file: 'reasons.md',
    text: Object.entries(FEE_BOUND_RULES)
      .map(([name, text], i) => `${i + 1}. ${code(name)}: ${text}`)
      .join('\n'),
  },
  'worked example': {
    file: 'reasons.md',
    text: table(['with', 'at least', 'at most', 'fee'], EXAMPLE),
  },
  metrics: {
    file: 'dashboard.md',
    text: table(
      ['metric', 'type', 'labels', 'meaning'],
      Object.entries(METRICS).map(([name, { type, labels, help }]) => [
        code(name),
        type,
        labels.map(code).join(', '),
        sentence(help),
      ]),
    ),
  },
  'export columns': {
    file: 'dashboard.md',
    text: Object.entries(EXPORT_COLUMNS)
      .map(([name, columns]) => `- ${name}: ${columns.map(code).join(', ')}`)
      .join('\n'),
  },
  alerts: {
    file: 'dashboard.md',
    text: table(
      ['alert', 'severity', 'meaning'],
      Object.entries(ALERTS).map(([name, { severity, meaning }]) => [code(name), severity, sentence(meaning)]),
    ),
  },
  'dashboard errors': {
    file: 'dashboard.md',
    text: table(
      ['error', 'status'],
      Object.entries(API_ERRORS).map(([name, status]) => [code(name), code(status)]),
    ),
  },
  errors: {
    file: 'errors.md',
    text: table(
      ['error', 'code', 'meaning', 'what to do'],
      Object.entries(ERRORS).map(([name, error]) => [code(name), code(error.code), error.meaning, error.remedy]),
    ),
  },
};

describe('generated tables', () => {
  checkGenerated(GENERATED);
});

const documents = [ROOT, DOCS, resolve(DOCS, 'adr')]
  .flatMap((folder) => readdirSync(folder).map((name) => resolve(folder, name)))
  .filter((path) => path.endsWith('.md'));

/** As GitHub names them in links. */
const headingsOf = (path: string): string[] =>
  [...readFileSync(path, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

describe('every document', () => {
  const known = new Set([...options, ...LEGACY_OPTIONS].map(({ name }) => name));

  it.each(documents)('%s names only options that exist', (path) => {
    // `revenue-ops-foo-*` and the like stand for several.
    const named = readFileSync(path, 'utf8').match(/revenue-ops-[a-z-]*[a-z](?![-*\w])/g) ?? [];
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });

  it.each(documents)('%s links to files that exist', (path) => {
    const links = [...readFileSync(path, 'utf8').matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(
      (match) => match[1] ?? '',
    );
    expect(links.filter((link) => !existsSync(resolve(dirname(path), link)))).toEqual([]);
  });

  it.each(documents)('%s links to headings that exist', (path) => {
    const links = [...readFileSync(path, 'utf8').matchAll(/\]\(([^)#:]*)#([^)]+)\)/g)];
    const broken = links.filter(([, file = '', anchor = '']) => {
      const target = file === '' ? path : resolve(dirname(path), file);
      return !headingsOf(target).includes(anchor);
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });

  it.each(documents)('%s leaves nothing for somebody to fill in first', (path) => {
    expect(readFileSync(path, 'utf8').match(/<(?:your|url|name|path)\b[^>]*>/gi) ?? []).toEqual([]);
  });
});

/** Files of code below a folder. */
const codeIn = (folder: string): string[] =>
  readdirSync(resolve(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => resolve(ROOT, folder, name));

it('sources.md has what each constant gives as its source', () => {
  const text = ['src', 'bench', 'docs/adr'].flatMap((folder) =>
    (folder === 'docs/adr' ? documents.filter((path) => path.includes('/adr/')) : codeIn(folder)).map((path) =>
      readFileSync(path, 'utf8'),
    ),
  );
  const named = text.flatMap((each) => [
    ...[
      ...each.matchAll(
        /\b(quant|design|python-original|peers-and-drivers) (\d(?:\.\d)?(?: [SW]\d| \(?[a-g]\b\)?)?(?:, \d(?:\.\d)?)*)/g,
      ),
    ].flatMap(([, of = '', numbers = '']) =>
      (numbers.match(/(?<![SW\d.])\d(?:\.\d)?/g) ?? []).map((number) => `${of} ${number}`),
    ),
    ...(each.match(/\bW\d\b/g) ?? []),
  ]);
  const sources = readFileSync(resolve(DOCS, 'sources.md'), 'utf8');
  expect([...new Set(named)].filter((name) => !sources.includes(`| ${name} |`))).toEqual([]);
  expect(new Set(named).size).toBeGreaterThan(20);
});

/** Names as `decideFees`, `Store.flows` or `#loops`; not paths, options or words in small letters alone. */
const NAME = /`(?:[A-Za-z]+\.)*([a-z]+[A-Z][A-Za-z]*|[A-Z][a-z]+[A-Z][A-Za-z]*)`/g;

it('architecture.md names only functions and types that the code has', () => {
  const code = codeIn('src')
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');
  const named = [...readFileSync(resolve(DOCS, 'architecture.md'), 'utf8').matchAll(NAME)].map(([, name = '']) => name);
  expect(named.length).toBeGreaterThan(20);
  expect([...new Set(named)].filter((name) => !new RegExp(`\\b${name}\\b`).test(code))).toEqual([]);
});

it('SECURITY.md names every package that is installed on a node', () => {
  const { dependencies } = JSON.parse(readFileSync(resolve(ROOT, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const text = readFileSync(resolve(ROOT, 'SECURITY.md'), 'utf8');
  expect(Object.keys(dependencies).filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});
