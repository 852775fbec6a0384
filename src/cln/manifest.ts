// What do we answer to getmanifest, and would lightningd take it?
import { optionFaults } from './options.ts';
import { DefinitionError, type PluginDefinition } from './plugin-definition.ts';
import { isReservedCommand, NATIVE_TOPICS } from './reserved-names.ts';

/**
 * Refuses what lightningd would kill the plugin for, or worse, crash over. Runs when the plugin is defined, so that its
 * author meets it and not an operator. @throws DefinitionError with every fault.
 */
export function checkDefinition(definition: PluginDefinition): void {
  const faults = [
    ...definition.options.flatMap(optionFaults),
    ...repeated(definition.options.map((option) => option.name)).map((name) => `option ${name}: declared twice`),
    ...definition.methods.flatMap(methodFaults),
    ...repeated(definition.methods.map((method) => method.name)).map((name) => `method ${name}: declared twice`),
    ...(definition.notifications ?? [])
      .filter((topic) => NATIVE_TOPICS.has(topic))
      .map((topic) => `notification ${topic}: is lightningd's own`),
  ];
  if (!definition.setOption && definition.options.some((option) => option.dynamic === true))
    faults.push('setOption: expected because an option is dynamic, got nothing');
  if ('shutdown' in definition.subscriptions)
    faults.push('subscription shutdown: expected the shutdown function to be used, got a handler');
  if (faults.length > 0) throw new DefinitionError(faults);
}

function methodFaults(method: PluginDefinition['methods'][number]): string[] {
  const faults: string[] = [];
  if (!/^[a-zA-Z][\w-]*$/.test(method.name))
    faults.push(`method ${method.name}: expected a name of letters, digits, - and _`);
  if (isReservedCommand(method.name)) faults.push(`method ${method.name}: is a command of lightningd or its plugins`);
  if (typeof method.usage !== 'string') faults.push(`method ${method.name}: expected a usage, if only an empty text`);
  if (typeof method.description !== 'string') faults.push(`method ${method.name}: expected a description`);
  return faults;
}

const repeated = (names: readonly string[]): string[] => [
  ...new Set(names.filter((name, index) => names.indexOf(name) !== index)),
];

/** The reply to getmanifest. Pure: lightningd asks it of plugins it will not run, too. */
export function manifestOf(definition: PluginDefinition): object {
  return {
    // How we word refusals is nothing to lightningd; undefined does not go into JSON.
    options: definition.options.map((option) => ({ ...option, expected: undefined })),
    rpcmethods: definition.methods.map(({ name, usage, description, category }) => ({
      name,
      usage,
      // Up to v24.05 lightningd requires a description here; later it ignores it.
      description,
      ...(category === undefined ? {} : { category }),
    })),
    subscriptions: [...new Set([...Object.keys(definition.subscriptions), 'shutdown'])],
    hooks: [],
    notifications: (definition.notifications ?? []).map((method) => ({ method })),
    nonnumericids: true,
    cancheck: true,
    // Without it lightningd refuses `plugin start` and `plugin stop`.
    dynamic: true,
  };
}
