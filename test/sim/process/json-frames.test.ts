// Are messages found however the stream is cut, and is what is none refused in lightningd's words?
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameError, JsonFrames } from '../../../src/sim/process/json-frames.ts';
import { memberText, withMember } from '../../../src/sim/process/json-splice.ts';

const all = (frames: JsonFrames, ...chunks: readonly (string | Buffer)[]): unknown[] =>
  chunks.flatMap((chunk) => [...frames.feed(Buffer.from(chunk))].map(({ value }) => value));

describe('JsonFrames', () => {
  it('finds every message whatever the cuts, in bytes, and whatever stands in strings', () => {
    const message = fc.record({
      jsonrpc: fc.constant('2.0'),
      text: fc.string({ unit: 'binary' }),
      deep: fc.jsonValue(),
    });
    fc.assert(
      fc.property(fc.array(message), fc.infiniteStream(fc.integer({ min: 1, max: 9 })), (messages, cuts) => {
        const bytes = Buffer.from(messages.map((m) => JSON.stringify(m)).join('\n\n'));
        const frames = new JsonFrames();
        const found: unknown[] = [];
        let at = 0;
        for (const size of cuts) {
          if (at >= bytes.length) break;
          found.push(...all(frames, bytes.subarray(at, at + size)));
          at += size;
        }
        // Through JSON, which knows neither -0 nor lone surrogates.
        expect(found).toEqual(
          JSON.parse(bytes.length === 0 ? '[]' : `[${bytes.toString().replaceAll('}\n\n{', '},{')}]`),
        );
      }),
    );
  });

  it('needs no blank line between messages', () => {
    expect(all(new JsonFrames(), '{"jsonrpc":"2.0","id":1}{"jsonrpc":"2.0","id":2}')).toHaveLength(2);
  });

  it('waits for a closing brace before it complains of stray text', () => {
    const frames = new JsonFrames();
    expect(all(frames, 'garbage\n')).toEqual([]);
    expect(() => all(frames, '{"jsonrpc":"2.0"}\n\n')).toThrow(
      new FrameError(`Failed to parse RPC JSON response 'garbage\n{"jsonrpc":"2.0"}\n\n'`),
    );
  });

  it.each([
    ['{"a" oops}\n\n', `Failed to parse RPC JSON response '{"a" oops}\n\n'`],
    ['{"id":7}', `JSON-RPC message does not contain "jsonrpc" field: '{"id":7}'`],
    ['[{}]', `JSON-RPC message does not contain "jsonrpc" field: '[{}]'`],
  ])('refuses %j', (text, words) => {
    expect(() => all(new JsonFrames(), text)).toThrow(words);
  });
});

describe('json-splice', () => {
  it('exchanges a member and keeps every other byte', () => {
    const text = '{ "a" : {"id":1}, "\\u0069d":"x\\"y" ,"big":18446744073709551615, "t":[1, {"id":"}"}]}';
    expect(memberText(text, 'id')).toBe('"x\\"y"');
    expect(withMember(text, 'id', '7')).toBe(text.replace('"x\\"y"', '7'));
    expect(memberText(text, 'nope')).toBeNull();
  });

  it('finds what JSON.parse finds', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(undefined, 2), (object, indent) => {
        const text = JSON.stringify(object, null, indent);
        for (const name of Object.keys(object))
          expect(JSON.parse(memberText(text, name) ?? 'no such member')).toEqual(
            JSON.parse(JSON.stringify(object[name])),
          );
      }),
    );
  });
});
