// What stands in the node's configuration files, and how does `setconfig` write into them?
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { parseVar, type ConfigVar } from './config-vars.ts';

/** Reads a file and what it includes; a file that does not exist sets nothing. */
export function readConfigFile(file: string): ConfigVar[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split(/\r?\n/)
    .flatMap((raw, i) => {
      const text = raw.trim();
      if (text === '' || text.startsWith('#')) return [];
      const included = /^include\s+(.+)$/.exec(text)?.[1];
      if (included !== undefined) return readConfigFile(resolve(dirname(file), included));
      return [parseVar(text, { kind: 'file', file, line: i + 1 })];
    });
}

/** The file beside the network's config that `setconfig` keeps its values in. */
const setconfigFile = (netDir: string): string => resolve(netDir, 'config.setconfig');

/** Appends `line`, preceded by a line break where the file's last line has none. Returns its 1-based number. */
function appendLine(file: string, line: string): number {
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  appendFileSync(file, `${before === '' || before.endsWith('\n') ? '' : '\n'}${line}\n`);
  return readFileSync(file, 'utf8').split('\n').length - 1;
}

function replaceLine(file: string, line: number, text: string): void {
  const lines = readFileSync(file, 'utf8').split('\n');
  lines[line - 1] = text;
  writeFileSync(file, lines.join('\n'));
}

/** Makes config.setconfig and has the network's config include it, the first time something is set. */
function createSetconfigFile(netDir: string): string {
  const file = setconfigFile(netDir);
  if (existsSync(file)) return file;
  const config = resolve(netDir, 'config');
  appendLine(config, '# Inserted by setconfig');
  appendLine(config, `include ${basename(file)}`);
  appendLine(file, '# Created and update by setconfig, but you can edit this manually when node is stopped.');
  return file;
}

/** Comments a setting out where it stands. */
function commentOut({ name, value, source }: ConfigVar): void {
  if (source.kind !== 'file') return;
  const text = value === null ? name : `${name}=${value}`;
  replaceLine(source.file, source.line, `# setconfig commented out (see config.setconfig): ${text}`);
}

/** Writes what `setconfig` set: in its own file, once; what stood in another file is commented out. */
export function persistSetting(netDir: string, text: string, inForce: ConfigVar | undefined): ConfigVar {
  const file = createSetconfigFile(netDir);
  if (inForce?.source.kind === 'file') {
    if (inForce.source.file === file) {
      replaceLine(file, inForce.source.line, text);
      return parseVar(text, inForce.source);
    }
    commentOut(inForce);
  }
  return parseVar(text, { kind: 'file', file, line: appendLine(file, text) });
}

/** The same for an option with many values: all old ones are commented out, all new ones appended. */
export function persistSettings(netDir: string, texts: readonly string[], old: readonly ConfigVar[]): ConfigVar[] {
  const file = createSetconfigFile(netDir);
  old.forEach(commentOut);
  return texts.map((text) => parseVar(text, { kind: 'file', file, line: appendLine(file, text) }));
}
