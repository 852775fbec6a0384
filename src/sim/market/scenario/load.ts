// What does a scenario's file say? Read strictly: a field that is unknown, missing or out of range is an error that
// names it (docs/scenarios.md).
import { withPartsThatFit } from '../demand/bank-parts.ts';
import schema from '../../../../scenarios/schema.json' with { type: 'json' };
import type { DemandBank, Scenario } from '../scenario.ts';
import { faultsOf, type Fault, type JsonSchema } from './json-schema.ts';

/** Where the files are that another one names. Null: there is none of that name. */
export interface ScenarioLibrary {
  /** Text of a scenario's file, by its name without `.json`. */
  scenario(name: string): string | null;
  /** A demand bank, by its path from the scenarios' folder; it throws an error that tells what is wrong with the bank. */
  bank(path: string): DemandBank | null;
}

export class ScenarioError extends Error {
  override name = 'ScenarioError';
}

const SCHEMA: JsonSchema = schema as JsonSchema;
const ABOUT_THE_FILE: ReadonlySet<string> = new Set(['extends', '$schema']);
/** Of the fields of what is extended all but these are taken over. */
const OWN: ReadonlySet<string> = new Set(['about', 'suit']);
/** Where no file of the line says anything. */
const OFF: Readonly<Record<string, unknown>> = {
  shifts: null,
  shocks: null,
  drift: null,
  jumps: [],
  hours: null,
  whale: null,
  rival: null,
  outages: null,
  htlcs: null,
  memory: null,
  storm: null,
  noise: null,
  liquidity: 'coupled',
  bank: null,
  suit: null,
};

/**
 * @param name what it is called: its file's name without `.json`
 * @throws ScenarioError naming every field at fault, what was expected there and what was got
 */
export function loadScenario(text: string, name: string, library: ScenarioLibrary): Scenario {
  const fields = fieldsOf(text, name, library, []);
  const { bank, ...rest } = { ...OFF, ...fields };
  // The schema has seen every field of every file of the line, and that the first of them leaves nothing out.
  const scenario = { ...rest, name, bank: bankOf(bank, name, library) } as Scenario;
  refuse(name, contradictions(scenario));
  return scenario;
}

type Fields = Readonly<Record<string, unknown>>;

/** What the file says, and where it says nothing what that says which it extends. */
function fieldsOf(text: string, name: string, library: ScenarioLibrary, line: readonly string[]): Fields {
  if (line.includes(name))
    throw new ScenarioError(`scenario ${name}: extends: expected no circle, got ${[...line, name].join(' -> ')}`);
  const fields = parse(text, name);
  refuse(name, faultsOf(SCHEMA, fields));
  const own = without(fields, ABOUT_THE_FILE);
  const base = fields['extends'];
  if (typeof base !== 'string') return own;
  const found = library.scenario(base);
  if (found === null)
    throw new ScenarioError(`scenario ${name}: extends: expected the name of a scenario beside it, got "${base}"`);
  return { ...without(fieldsOf(found, base, library, [...line, name]), OWN), ...own };
}

const without = (fields: Fields, names: ReadonlySet<string>): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.has(name)));

function parse(text: string, name: string): Fields {
  try {
    return JSON.parse(text) as Fields;
  } catch (error) {
    throw new ScenarioError(`scenario ${name}: expected JSON, got ${error instanceof Error ? error.message : 'none'}`);
  }
}

function bankOf(path: unknown, name: string, library: ScenarioLibrary): DemandBank | null {
  if (typeof path !== 'string') return null;
  const bank = library.bank(path);
  if (bank !== null) return withPartsThatFit(bank);
  throw new ScenarioError(`scenario ${name}: bank: expected the path of a demand bank, got "${path}"`);
}

/** What no single field can tell. */
function contradictions(scenario: Scenario): Fault[] {
  const { capacity, channels, hours, rival, outages, whale, willingness, bank, storm, liquidity } = scenario;
  const faults: Fault[] = [];
  const unless = (right: boolean, path: string, expected: string, got: string | number): void => {
    if (!right) faults.push({ path, expected, got: String(got) });
  };
  const { minSats, maxSats } = capacity;
  unless(minSats <= maxSats, 'capacity.minSats', `at most maxSats, ${maxSats}`, minSats);
  // What only leaves is gone for ever: nothing can be earned in the long run, and every share of that bound is infinite.
  if (bank === null && channels === 1)
    unless(liquidity === 'unlimited', 'liquidity', '"unlimited" of the only channel', `"${liquidity}"`);
  if (hours !== null) unless(hours.from < hours.until, 'hours.until', `more than from, ${hours.from}`, hours.until);
  if (rival !== null) {
    const { leastHours, mostHours } = rival;
    unless(leastHours <= mostHours, 'rival.mostHours', `at least leastHours, ${leastHours}`, mostHours);
    const { kind } = willingness.family;
    unless(kind === 'kink', 'rival', 'senders of family "kink", who compare', `family "${kind}"`);
  }
  if (outages !== null) {
    const count = bank?.channels.length ?? channels;
    unless(outages.peers <= count, 'outages.peers', `at most the channels, ${count}`, outages.peers);
  }
  if (bank !== null)
    for (const [field, given] of Object.entries({ hours, whale, rival, storm }))
      unless(given === null, field, 'null beside a bank, whose payments are as they were recorded', 'an object');
  return faults;
}

function refuse(name: string, faults: readonly Fault[]): void {
  if (faults.length === 0) return;
  const told = faults.map(({ path, expected, got }) => {
    return `${path === '' ? 'the whole' : path}: expected ${expected}, got ${got}`;
  });
  throw new ScenarioError(`scenario ${name}: ${told.join('; ')}`);
}
