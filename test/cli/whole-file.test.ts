// Is a file replaced whole, and what is no file left what it is?
import {
  mkdtempSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { writeWhole } from '../../src/cli/whole-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'revenue-ops-whole-'));
const at = (name: string): string => join(folder, name);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

it('makes a file, and replaces it with its mode', async () => {
  await writeWhole(at('a.json'), 'one');
  expect(readFileSync(at('a.json'), 'utf8')).toBe('one');
  writeFileSync(at('b.json'), 'private', { mode: 0o600 });
  await writeWhole(at('b.json'), 'two');
  expect([readFileSync(at('b.json'), 'utf8'), statSync(at('b.json')).mode & 0o777]).toEqual(['two', 0o600]);
  expect(readdirSync(folder)).toEqual(['a.json', 'b.json']);
});

it('writes through a link, and into what is no file', async () => {
  symlinkSync(at('b.json'), at('link.json'));
  await writeWhole(at('link.json'), 'three');
  expect(lstatSync(at('link.json')).isSymbolicLink()).toBe(true);
  expect(readFileSync(at('b.json'), 'utf8')).toBe('three');
  await writeWhole('/dev/null', 'nothing');
  expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
});

it('says what is wrong with the place', async () => {
  await expect(writeWhole(folder, 'x')).rejects.toThrow(/EISDIR/);
  await expect(writeWhole(at('none/a.json'), 'x')).rejects.toThrow(/ENOENT/);
});
