// What is the answer to a command line? Everything but the process itself.
import { parseArgs } from 'node:util';
import { plainText } from '../core/plain-text.ts';
import { StoreError } from '../ports.ts';
import { FLAG, type Command, type Given, type Terminal } from './command.ts';
import { COMMANDS } from './commands/all.ts';
import { InputError, UsageError } from './input-error.ts';
import { messageOf } from '../core/message-of.ts';

/** Exit codes: 0 answered (also when there is no rate, with the reason), 1 unusable input, 2 unusable command line. */
export type ExitCode = 0 | 1 | 2;

export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  try {
    terminal.out(await answer(args, terminal));
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      const command = commandIn(args);
      terminal.error(`cl-revenue-ops: ${error.message}\n\n${command === null ? SUMMARY : usageOf(command)}`);
      return 2;
    }
    if (error instanceof InputError || error instanceof StoreError) {
      // It may quote a stranger's file.
      terminal.error(`cl-revenue-ops: ${plainText(error.message)}\n`);
      return 1;
    }
    throw error;
  }
}

async function answer(args: readonly string[], terminal: Terminal): Promise<string> {
  const given = parse(args);
  const { command, words, values } = given;
  if (values['help'] === true) return command === null ? USAGE : usageOf(command);
  if (values['version'] === true) return `${terminal.version}\n`;
  if (command !== null) return command.answer({ words, values }, terminal);
  const names = COMMANDS.map(({ name }) => name).join(', ');
  const [word] = words;
  throw new UsageError(
    `expected one of the commands ${names}, got ${word === undefined ? 'none' : JSON.stringify(word)}`,
  );
}

/** A word names the command wherever it stands among the options that every command has. */
const commandIn = (args: readonly string[]): Command | null =>
  COMMANDS.find(({ name }) => name === args.find((arg) => !arg.startsWith('-'))) ?? null;

function parse(args: readonly string[]): Given & { readonly command: Command | null } {
  const command = commandIn(args);
  const options = command?.options ?? {};
  try {
    const { values, positionals, tokens } = parseArgs({
      args: [...args],
      allowPositionals: true,
      tokens: true,
      options: { help: { ...FLAG, short: 'h' }, version: FLAG, ...options },
    });
    const named: string[] = [];
    for (const token of tokens) if (token.kind === 'option') named.push(token.name);
    const twice = named.find((name, i) => named.indexOf(name) !== i && options[name]?.type === 'string');
    // Nobody can tell which of the two was meant.
    if (twice !== undefined) throw new UsageError(`--${twice}: expected once, got it twice`);
    const words = command === null ? positionals : positionals.slice(1);
    return { command, words, values: values };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const message = messageOf(error);
    const strange = /^Unknown option '([^']+)'/.exec(message)?.[1];
    if (command === null || strange === undefined) throw new UsageError(message);
    const expected = Object.keys(options).map((name) => `--${name}`);
    throw new UsageError(`${command.name}: expected ${expected.join(', ')}, got ${strange}`);
  }
}

const NAME_WIDTH = 2 + Math.max(...COMMANDS.map(({ name }) => name.length));

const explained = ({ name, help }: Command): string =>
  help
    .map((line, i) => {
      const indent = line.startsWith('--') ? '  ' : ''.padEnd(NAME_WIDTH);
      return `${i === 0 ? name.padEnd(NAME_WIDTH) : indent}${line}`;
    })
    .join('\n');

const synopsis = (command: Command): string => `  cl-revenue-ops ${command.synopsis}`;

/** Of one command: what is meant stays on the screen, and is not far below all the others. */
const usageOf = (command: Command): string => ['usage:', synopsis(command), '', explained(command), ''].join('\n');

const COMMAND_LINES = ['usage:', ...COMMANDS.map(synopsis), '  cl-revenue-ops [COMMAND] --help | --version', ''];

const SUMMARY = COMMAND_LINES.join('\n');

const USAGE = [
  'cl-revenue-ops: what channels really earn',
  '',
  ...COMMAND_LINES,
  ...COMMANDS.map((command) => `${explained(command)}\n`),
].join('\n');
