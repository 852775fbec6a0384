// Parts of the documents that are written from the code: between `<!-- generated: title -->` and `<!-- end -->`.
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

const DOCS = resolve(import.meta.dirname, '../docs');
const WRITE = process.env['DOCS'] === 'write';

const between = (title: string): RegExp => new RegExp(`(<!-- generated: ${title} -->\n)([^]*?)(\n?<!-- end -->)`, 'u');

/** What a document must hold under each title; `npm run docs` writes it there. */
export type Generated = Readonly<Record<string, { readonly file: string; readonly text: string }>>;

export function checkGenerated(parts: Generated): void {
  it.each(Object.entries(parts))('%s are those of the code', (title, { file, text }) => {
    const path = resolve(DOCS, file);
    const document = readFileSync(path, 'utf8');
    if (WRITE)
      writeFileSync(
        path,
        document.replace(between(title), (_, open: string) => `${open}${text}\n<!-- end -->`),
      );
    expect(between(title).exec(readFileSync(path, 'utf8'))?.[2], 'run `npm run docs`').toBe(text);
  });
}

const row = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
export const code = (text: string | number | boolean): string => `\`${String(text)}\``;
export const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
