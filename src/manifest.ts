// What do our options look like to lightningd?
import type { OptionDeclaration } from './cln/plugin.ts';
import { expectation } from './core/config/validate.ts';
import { LEGACY_OPTIONS, OPTIONS, type Option } from './core/config/options.ts';

function declare(option: Option): OptionDeclaration {
  const { name, description, dynamic } = option;
  const shared = { name, description, dynamic, expected: expectation(option) };
  switch (option.type) {
    case 'int':
      return { type: 'int', ...shared, default: option.default };
    case 'bool':
      return { type: 'bool', ...shared, default: option.default };
    case 'string':
      return { type: 'string', ...shared, default: option.default };
  }
}

/** The legacy ones have no default: lightningd kills a plugin for a deprecated option with one, and absent means unset. */
export const OPTION_DECLARATIONS: readonly OptionDeclaration[] = [
  ...Object.values(OPTIONS).map(declare),
  ...LEGACY_OPTIONS.map(({ name, description, dynamic, type }) => ({ type, name, description, dynamic })),
];

/** Names of the legacy options among those that lightningd handed over. */
export const legacyOptionsIn = (given: Readonly<Record<string, unknown>>): string[] =>
  LEGACY_OPTIONS.map(({ name }) => name).filter((name) => given[name] !== undefined && given[name] !== null);
