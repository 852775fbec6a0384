// Does docs/scenarios.md tell of every field, scenario and error as they are?
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import schema from '../../../../scenarios/schema.json' with { type: 'json' };
import { loadScenario, type ScenarioLibrary } from '../../../../src/sim/market/scenario.ts';
import { SCENARIO_FOLDER, scenarioFiles } from './files.ts';

const text = readFileSync(resolve(SCENARIO_FOLDER, '../docs/scenarios.md'), 'utf8');
const files = scenarioFiles();
const LIBRARY: ScenarioLibrary = { scenario: (name) => files.get(name) ?? null, bank: () => null };
const example = /```json\n([^`]+)```/.exec(text)?.[1] ?? '';

describe('docs/scenarios.md', () => {
  it('has a row for each field of the schema', () => {
    const rows = new Set([...text.matchAll(/^\| `(\w+)`/gm)].map((match) => match[1]));
    for (const field of Object.keys(schema.properties)) if (field !== '$schema') expect(rows).toContain(field);
    for (const { properties } of schema.properties.willingness.properties.family.oneOf)
      expect(rows).toContain(properties.kind.const);
  });

  it('names each scenario that comes along', () => {
    const [table = ''] = text.split('## Those that come along').slice(1);
    for (const name of files.keys())
      if (!/^(H\d|S13|suits)/.test(name)) expect(table).toMatch(new RegExp(`[ ,]${name}[ ,]`));
  });

  it('has an example that is read as told', () => {
    const scenario = loadScenario(example, 'my-node', LIBRARY);
    expect(scenario).toMatchObject({ channels: 35, outages: { peers: 12 }, payment: { medianSats: 12_400 } });
  });

  it.each([
    ['"share": 0.15', '"share": 15'],
    ['"outages"', '"wale"'],
    ['"S1"', '"S0"'],
  ])('tells the error of %s written as %s', (right, wrong) => {
    let told = '';
    try {
      loadScenario(example.replace(right, wrong), 'my-node', LIBRARY);
    } catch (error) {
      told = error instanceof Error ? error.message : '';
    }
    const short = told.replace(/extends, channels, .*, got/, 'extends, channels, …, got');
    expect(short).not.toBe('');
    expect(text).toContain(short);
  });
});
