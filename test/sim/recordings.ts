// How do tests read what a real lightningd v26.06.6 answered?
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

export interface Recording {
  readonly method: string;
  readonly params: Record<string, unknown>;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
  readonly filter?: object;
}

const FOLDER = resolve(import.meta.dirname, '../fixtures/recordings');

export const recording = (name: string): Recording =>
  JSON.parse(readFileSync(resolve(FOLDER, `${name}.json`), 'utf8')) as Recording;

/**
 * The shape of a JSON value: each path with its type, elements of an array taken together. Names that are data (a
 * feature set, a subsystem) are names here too.
 */
export function shapeOf(value: unknown, path = '$', into = new Set<string>()): Set<string> {
  if (Array.isArray(value)) {
    into.add(`${path}: array`);
    for (const item of value as readonly unknown[]) shapeOf(item, `${path}[]`, into);
  } else if (typeof value === 'object' && value !== null) {
    into.add(`${path}: object`);
    for (const [name, member] of Object.entries(value)) shapeOf(member, `${path}.${name}`, into);
  } else into.add(`${path}: ${value === null ? 'null' : typeof value}`);
  return into;
}
