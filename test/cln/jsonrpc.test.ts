// Are messages read as lightningd means them, and ids given back as they came?
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMessage, writeAbout, writeError, writeNotification, writeResult } from '../../src/cln/jsonrpc.ts';

const idOf = (text: string): string | null => {
  const message = readMessage(text);
  return message.kind === 'notification' ? null : message.id;
};

describe('readMessage', () => {
  it('tells requests from notifications', () => {
    expect(readMessage('{"jsonrpc":"2.0","id":"cln:x#1","method":"x","params":[1]}')).toEqual({
      kind: 'request',
      id: '"cln:x#1"',
      method: 'x',
      params: [1],
    });
    expect(readMessage('{"jsonrpc":"2.0","method":"connect","params":{"a":1}}')).toEqual({
      kind: 'notification',
      method: 'connect',
      params: { a: 1 },
    });
    expect(readMessage('{"method":"x"}')).toMatchObject({ params: {} });
  });

  it.each([
    ['a text', '"cli:revenue-status#123/cln:revenue-status#45"'],
    ['escapes that JSON.stringify would write otherwise', '"caf\\u00e9\\/\\u0041/cln:x#1"'],
    ['quotes and braces', '"a\\"}{\\\\/cln:x#2"'],
    ['a number beyond 2^53', '12345678901234567890'],
    ['a number with an exponent', '1e3'],
    ['a negative number', '-7'],
  ])('keeps an id byte for byte: %s', (_what, id) => {
    expect(idOf(`{"jsonrpc":"2.0","method":"x","id": ${id} ,"params":{"id":"not this"}}`)).toBe(id);
    expect(idOf(`{"params":{"id":"nor this","a":["id",{"id":3}]},"note":"id","id":${id},"method":"x"}`)).toBe(id);
  });

  it('keeps any id however the message is laid out', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.jsonValue({ maxDepth: 2 }),
        fc.constantFrom(undefined, 2),
        (id, params, space) => {
          const text = JSON.stringify({ params: { params }, id, method: 'x' }, null, space);
          expect(idOf(text)).toBe(JSON.stringify(id));
        },
      ),
    );
  });

  it('finds an id whose key is spelled with escapes', () => {
    expect(idOf('{"\\u0069d":"a","method":"x"}')).toBe('"a"');
  });

  it.each([
    ['no JSON', '{"a":}', null],
    ['no method', '{"id":"a"}', '"a"'],
    ['a method that is not text', '{"id":1,"method":2}', '1'],
    ['params that are neither object nor array', '{"id":1,"method":"x","params":"y"}', '1'],
    ['params null', '{"id":1,"method":"x","params":null}', '1'],
    ['an id that is neither text nor number', '{"id":{},"method":"x"}', null],
    ['a reply, which must not be answered', '{"id":"a","result":{}}', null],
    ['an error reply', '{"id":"a","error":{}}', null],
  ])('calls invalid: %s', (_what, text, id) => {
    expect(readMessage(text)).toMatchObject({ kind: 'invalid', id });
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        readMessage(text);
      }),
    );
  });
});

describe('writing', () => {
  it('ends every message with an empty line and puts the id in as it is', () => {
    expect(writeResult('"\\u00e9"', { a: 1 })).toBe('{"jsonrpc":"2.0","id":"\\u00e9","result":{"a":1}}\n\n');
    expect(writeError('7', { code: -1, message: 'no' })).toBe(
      '{"jsonrpc":"2.0","id":7,"error":{"code":-1,"message":"no"}}\n\n',
    );
    expect(writeNotification('t', [1])).toBe('{"jsonrpc":"2.0","method":"t","params":[1]}\n\n');
    expect(writeAbout('"x"', 'progress', { num: 0, total: 3 })).toBe(
      '{"jsonrpc":"2.0","method":"progress","params":{"id":"x","num":0,"total":3}}\n\n',
    );
  });

  it('never breaks a message in two, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const written = writeNotification('log', { message: text });
        expect(written.indexOf('\n')).toBe(written.length - 2);
      }),
    );
  });

  it('has a result even where there is nothing to say', () => {
    expect(writeResult('1', undefined)).toContain('"result":{}');
    expect(writeResult('1', null)).toContain('"result":null');
  });
});
