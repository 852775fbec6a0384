// Are definitions refused that lightningd would kill the plugin for, or crash over?
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkDefinition, manifestOf } from '../../src/cln/manifest.ts';
import { refuseText, refuseValue, type OptionDeclaration } from '../../src/cln/options.ts';
import { DefinitionError, type PluginDefinition } from '../../src/cln/plugin.ts';
import { isReservedCommand } from '../../src/cln/reserved-names.ts';
import { definition, Harness, method } from './harness.ts';

const run = () => Promise.resolve({});
const faultsOf = (given: Partial<PluginDefinition>): string => {
  try {
    checkDefinition(definition(given));
  } catch (error) {
    if (error instanceof DefinitionError) return error.message;
    throw error;
  }
  return '';
};
/** As a caller without the type checker might write it. */
const untyped = (option: object): OptionDeclaration => option as OptionDeclaration;

describe('methods', () => {
  it.each(['getinfo', 'pay', 'setconfig', 'xpay', 'dev-memleak', 'keysend', 'bkpr-listincome'])(
    "trap: %s collides with lightningd's own commands and would crash it",
    (name) => {
      expect(faultsOf({ methods: [method(name, run)] })).toContain(`method ${name}: is a command of lightningd`);
    },
  );

  it("refuses every command of a real node but its own plugin's (recorded help)", () => {
    const { result } = JSON.parse(
      readFileSync(new URL('../fixtures/recordings/help.json', import.meta.url), 'utf8'),
    ) as { result: { help: { command: string }[] } };
    const names = result.help.map(({ command }) => command.split(' ')[0] ?? '');
    expect(names.length).toBeGreaterThan(100);
    expect(names.filter((name) => !name.startsWith('rec-') && !isReservedCommand(name))).toEqual([]);
  });

  it('names of our own pass', () => {
    expect(faultsOf({ methods: [method('revenue-status', run), method('revenue-analyze', run)] })).toBe('');
  });

  it.each(['', 'two words', 'ümlaut'])('refuses the name %j', (name) => {
    expect(faultsOf({ methods: [method(name, run)] })).toContain('expected a name of letters');
  });

  it('refuses a method declared twice', () => {
    expect(faultsOf({ methods: [method('a-b', run), method('a-b', run)] })).toContain('method a-b: declared twice');
  });

  it('trap: usage and description must be there for old and new nodes', () => {
    const bare = { name: 'a-b', run } as unknown;
    expect(faultsOf({ methods: [bare as PluginDefinition['methods'][number]] })).toMatch(/usage.*description/);
  });
});

describe('option declarations', () => {
  const base = { name: 'my-option', description: 'x' };

  it('trap: deprecated together with a default kills the plugin on a node without deprecated features', () => {
    expect(faultsOf({ options: [{ ...base, type: 'string', deprecated: true, default: 'x' }] })).toContain(
      'option my-option: expected no default, because it is deprecated, got "x"',
    );
    expect(faultsOf({ options: [{ ...base, type: 'string', deprecated: true }] })).toBe('');
  });

  it('trap: an option declared twice is fatal to the node at startup', () => {
    const option: OptionDeclaration = { ...base, type: 'int' };
    expect(faultsOf({ options: [option, option] })).toContain('option my-option: declared twice');
  });

  it.each([
    ['a name in upper case', { ...base, name: 'My-Option', type: 'int' }, 'lower-case'],
    ['a type that does not exist', { ...base, type: 'float', default: 0.5 }, 'there is no float'],
    ['a fraction as default of an int', { ...base, type: 'int', default: 0.5 }, 'an integer within 2^53'],
    ['a text as default of an int', { ...base, type: 'int', default: '5' }, 'an integer within 2^53'],
    ['a text as default of a bool', { ...base, type: 'bool', default: 'true' }, 'true or false'],
    ['a number as default of a string', { ...base, type: 'string', default: 5 }, 'a text'],
    ['a flag set by default', { ...base, type: 'flag', default: true }, 'no default but false'],
    ['no description', { name: 'my-option', type: 'int' }, 'expected a description'],
    ['several of a bool', { ...base, type: 'bool', multi: true }, 'multi only'],
  ])('refuses %s', (_what, option, message) => {
    expect(faultsOf({ options: [untyped(option)] })).toContain(message);
  });

  it('refuses a dynamic option that nobody would hear of', () => {
    expect(faultsOf({ options: [{ ...base, type: 'int', dynamic: true }] })).toContain('setOption: expected');
  });

  it('tells all faults at once, and before anything is read or written', () => {
    const bad = definition({ options: [untyped({ name: 'A', type: 'float' })], methods: [method('getinfo', run)] });
    expect(() => new Harness(bad)).toThrow(/option A.*option A.*method getinfo/);
  });
});

describe('topics', () => {
  it("refuses to declare lightningd's own", () => {
    expect(faultsOf({ notifications: ['forward_event'] })).toContain("notification forward_event: is lightningd's own");
  });
  it('refuses a handler for shutdown, which has a function of its own', () => {
    expect(faultsOf({ subscriptions: { shutdown: () => undefined } })).toContain('shutdown function');
  });
});

describe('manifest', () => {
  const options: OptionDeclaration[] = [
    { name: 'p-int', type: 'int', default: 3600, description: 'an int', dynamic: true },
    { name: 'p-flag', type: 'flag', description: 'a flag' },
  ];
  const made = manifestOf(
    definition({
      options,
      methods: [{ ...method('p-do', run), usage: '[a]', category: 'p' }],
      subscriptions: { forward_event: () => undefined },
      notifications: ['p_done'],
    }),
  );

  it('says what lightningd asks for', () => {
    expect(made).toEqual({
      options,
      rpcmethods: [{ name: 'p-do', usage: '[a]', description: 'p-do', category: 'p' }],
      subscriptions: ['forward_event', 'shutdown'],
      hooks: [],
      notifications: [{ method: 'p_done' }],
      nonnumericids: true,
      cancheck: true,
      dynamic: true,
    });
  });

  it('trap: shutdown is subscribed to without being asked, or lightningd would just kill', () => {
    expect(manifestOf(definition())).toMatchObject({ subscriptions: ['shutdown'] });
  });
});

describe('option values', () => {
  const int: OptionDeclaration = { name: 'o', type: 'int', description: 'x' };
  const bool: OptionDeclaration = { name: 'o', type: 'bool', description: 'x' };
  const flag: OptionDeclaration = { name: 'o', type: 'flag', description: 'x' };
  const text: OptionDeclaration = { name: 'o', type: 'string', description: 'x' };
  const ints: OptionDeclaration = { ...int, multi: true };

  it.each<[OptionDeclaration, unknown[], unknown[]]>([
    [
      int,
      ['0', '42', '-7', '9007199254740991'],
      [
        'abc',
        '',
        ' 42',
        '42 ',
        '+1',
        '1e3',
        '0x10',
        '4.0',
        '007',
        '-0',
        '9007199254740993',
        42,
        null,
        undefined,
        ['1'],
        true,
      ],
    ],
    [bool, ['true', 'false'], ['True', 'yes', '1', '0', '', 'abc', true, null, undefined]],
    [flag, [undefined, 'true'], ['false', 'abc', '', null]],
    [text, ['', 'abc'], [42, null, undefined, ['a']]],
    [ints, [['1', '2'], [], '5'], [['1', 'x'], 'x', [1]]],
  ])('trap: setconfig of $type accepts only what lightningd can parse, too', (option, good, bad) => {
    for (const value of good) expect(refuseText(option, value), JSON.stringify(value)).toBeNull();
    for (const value of bad) expect(refuseText(option, value), JSON.stringify(value)).toContain('o: expected');
  });

  it('at init are typed', () => {
    expect(refuseValue(int, 5)).toBeNull();
    expect(refuseValue(ints, [5, 6])).toBeNull();
    expect(refuseValue(int, JSON.parse('9223372036854775807'))).toContain('o: expected an integer within 2^53');
    expect(refuseValue(bool, 'true')).toBe('o: expected true or false, got "true"');
  });

  it('never show a concealed value', () => {
    const secret: OptionDeclaration = { name: 'o', type: 'string-conceal', description: 'x' };
    expect(refuseText(secret, ['hunter2'])).not.toContain('hunter2');
  });
});
