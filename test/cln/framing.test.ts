// Are documents found whole, whatever the pieces they arrive in?
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DocumentSplitter } from '../../src/cln/framing.ts';

/** The same bytes in pieces of the given sizes, in turn. */
function* pieces(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

const split = (bytes: Uint8Array, sizes: readonly number[] = [bytes.length || 1]): string[] => {
  const splitter = new DocumentSplitter();
  return [...pieces(bytes, sizes)].flatMap((piece) => splitter.push(piece));
};

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });
const anyText = fc.string({ unit: 'binary' });
const document = fc.dictionary(anyText, fc.oneof(fc.jsonValue({ stringUnit: 'binary' }), anyText));
const separator = fc.constantFrom('\n\n', '\n', '', ' ', '\r\n\r\n', 'Y\n', 'yes "quoted\\ junk\n', ']\n\u0000');
const indent = fc.constantFrom(undefined, 1, '\t');

describe('DocumentSplitter', () => {
  it('gives the same documents for any JSON, any UTF-8, any separators and any chunking', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(document, separator, indent)), sizes, (documents, chunks) => {
        const stream = documents
          .map(([value, between, space]) => between + JSON.stringify(value, null, space))
          .join('');
        const found = split(Buffer.from(stream), chunks);
        expect(found).toEqual(documents.map(([value, , space]) => JSON.stringify(value, null, space)));
      }),
      { numRuns: 500 },
    );
  });

  it('joins a character whose bytes came one by one', () => {
    expect(split(Buffer.from('{"alias":"⚡Zürich😀"}\n\n'), [1])).toEqual(['{"alias":"⚡Zürich😀"}']);
  });

  it('does not wait for a separator', () => {
    const splitter = new DocumentSplitter();
    expect(splitter.push(Buffer.from('{"a":1}'))).toEqual(['{"a":1}']);
    expect(splitter.midDocument).toBe(false);
  });

  it('takes braces and escaped quotes within strings for text', () => {
    const text = JSON.stringify({ a: '}{"\\', '{': '\\\\"' });
    expect(split(Buffer.from(text + text), [3])).toEqual([text, text]);
  });

  it('ignores what reckless pipes into a plugin under test (trap: "Y" lines)', () => {
    expect(split(Buffer.from('Y\nY\nY\n'))).toEqual([]);
    expect(split(Buffer.from('Y\n{"a":1}\n\nY\n{"b":2}'))).toEqual(['{"a":1}', '{"b":2}']);
  });

  it.each([
    ['in a string', '{"a":"unfinished\n\n'],
    ['after an escape', '{"a":"unfinished\\\n\n'],
    ['between members', '{"a":[{"b":1}\n\n'],
  ])('goes on after a document cut off %s, with the loss of that one only', (_where, cut) => {
    for (const chunk of [1, 2, 3, 1000]) {
      const found = split(Buffer.from(`{"x":1}\n\n${cut}{"y":2}\n\n`), [chunk]);
      expect(found).toHaveLength(3);
      expect([found[0], found[2]]).toEqual(['{"x":1}', '{"y":2}']);
      expect(() => JSON.parse(found[1] ?? '') as unknown).toThrow(SyntaxError);
    }
  });

  it('puts a reply of many megabytes together from socket-sized pieces', () => {
    const text = JSON.stringify({ rows: Array.from({ length: 100_000 }, (_, i) => ({ i, text: 'ü'.repeat(20) })) });
    expect(split(Buffer.from(text + '\n\n'), [65_536])).toEqual([text]);
  });

  it('keeps nothing of what it has given out or skipped', () => {
    const splitter = new DocumentSplitter();
    for (let i = 0; i < 1000; i++) splitter.push(Buffer.from(`junk {"a":${String(i)}} junk`));
    expect(splitter.midDocument).toBe(false);
  });
});
