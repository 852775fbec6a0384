// Which scenarios lie in the repository?
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const SCENARIO_FOLDER = resolve(import.meta.dirname, '../../../../scenarios');

/** Texts by name. */
export const scenarioFiles = (): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(SCENARIO_FOLDER)
      .filter((name) => name.endsWith('.json') && name !== 'schema.json')
      .map((name) => [name.replace(/\.json$/, ''), readFileSync(join(SCENARIO_FOLDER, name), 'utf8')]),
  );
