// Does the socket behave as lightningd's: ids, pipelining, refusals, progress, filters, and what a death leaves behind?
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { badPlugin, Client, makeFolder, removeFolder, startNode, type Reply, type RunningNode } from './harness.ts';

const RECORDED = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../../fixtures/recordings/raw-jsonrpc-socket.json'), 'utf8'),
) as Readonly<Record<string, string>>;
const recorded = (name: string): Reply[] =>
  (RECORDED[name] ?? '')
    .split('\n\n')
    .filter((text) => text !== '')
    .map((text) => JSON.parse(text) as Reply);

let folder: string;
let node: RunningNode;
beforeAll(async () => {
  folder = makeFolder();
  node = await startNode(folder);
  await node.result('plugin', { subcommand: 'start', plugin: badPlugin(folder, 'normal') });
});
afterAll(async () => {
  await node.stop();
  removeFolder(folder);
});

/** Sends text as it is; the messages that came back. */
async function exchange(text: string, count: number): Promise<{ readonly messages: readonly Reply[]; text: string }> {
  const client = new Client(node.socket);
  client.write(text);
  const messages = await client.received(count);
  client.end();
  return { messages, text: client.text };
}

describe('what was recorded of the raw socket', () => {
  it.each([
    ['numeric-id', '{"jsonrpc":"2.0","id":7,"method":"bad-echo","params":{}}', 7, /^7\/cln:bad-echo#\d+$/],
    ['null-id', '{"jsonrpc":"2.0","id":null,"method":"bad-echo","params":{}}', null, /^null\/cln:bad-echo#\d+$/],
    ['', '{"jsonrpc":"2.0","id":"cli:x#1","method":"bad-echo","params":[]}', 'cli:x#1', /^cli:x#1\/cln:bad-echo#\d+$/],
  ])('%s: the id comes back as it was, and reaches the plugin as a text', async (_, request, id, within) => {
    const { messages } = await exchange(request, 1);
    expect(messages[0]?.id).toBe(id);
    expect(messages[0]?.result?.['id']).toMatch(within);
  });

  it('no-jsonrpc: refused, and the connection closed', async () => {
    const client = new Client(node.socket);
    client.write('{"id":7,"method":"rec-echo","params":{}}');
    await client.closed;
    expect(client.text).toBe(RECORDED['no-jsonrpc']);
  });

  it('bad-json: refused with everything read, and the connection closed', async () => {
    const client = new Client(node.socket);
    client.write('{"jsonrpc":"2.0","id":"a" oops}\n\n');
    await client.closed;
    expect(client.text).toBe(RECORDED['bad-json']);
  });

  it('no-params', async () => {
    const { text } = await exchange('{"jsonrpc":"2.0","id":"a","method":"bad-echo"}', 1);
    expect(text).toBe(RECORDED['no-params']);
  });

  it('pipelined: both are answered', async () => {
    const request = (id: string): string => `{"jsonrpc":"2.0","id":"${id}","method":"bad-echo","params":[]}`;
    const { messages } = await exchange(request('a') + request('b'), 2);
    expect(messages.map(({ id }) => id)).toEqual(recorded('pipelined').map(({ id }) => id));
  });

  it('progress: with the id of the caller, only to those who want it', async () => {
    const client = new Client(node.socket);
    client.request('p', 'bad-progress');
    await client.received(1);
    client.request('n', 'notifications', { enable: true });
    await client.received(2);
    client.request('p', 'bad-progress');
    const messages = await client.received(2 + 7);
    client.end();
    expect(messages[0]).toEqual({ jsonrpc: '2.0', id: 'p', result: { done: true } });
    expect(messages.slice(1)).toEqual(recorded('progress'));
  });
});

describe('requests', () => {
  it.each([
    ['{"jsonrpc":"2.0","method":"getinfo","params":{}}', null, 'No id'],
    ['{"jsonrpc":"2.0","id":[1],"method":"getinfo","params":{}}', null, 'Expected string/primitive for id'],
    ['{"jsonrpc":"1.0","id":1,"method":"x","params":{}}', null, 'jsonrpc: "2.0" must be specified in the request'],
    ['{"jsonrpc":"2.0","id":1,"params":{}}', 1, 'No method'],
    ['{"jsonrpc":"2.0","id":1,"method":3,"params":{}}', 1, 'Expected string for method'],
  ])('%s is refused', async (text, id, message) => {
    const { messages } = await exchange(text, 1);
    expect(messages[0]).toEqual({ jsonrpc: '2.0', id, error: { code: -32600, message } });
  });

  it('of commands no one has are refused, also in check and help', async () => {
    const unknown = { code: -32601, message: "Unknown command 'nope'" };
    expect((await node.call('nope')).error).toEqual(unknown);
    expect((await node.call('check', { command_to_check: 'nope' })).error).toEqual(unknown);
    expect((await node.call('help', { command: 'nope' })).error).toEqual({
      code: -32601,
      message: 'Unknown command nope',
    });
  });

  it('survive any cut', async () => {
    const client = new Client(node.socket);
    for (const byte of '{"jsonrpc":"2.0","id":"é","method":"bad-echo","params":{"a":"ü"}}') client.write(byte);
    const [reply] = await client.received(1);
    client.end();
    expect(reply).toMatchObject({ id: 'é', result: { params: { a: 'ü' } } });
  });

  it('are checked without being done', async () => {
    expect(await node.result('check', { command_to_check: 'bad-echo', a: 1 })).toEqual({
      command_to_check: 'bad-echo',
    });
    expect(await node.result('check', ['getinfo'])).toEqual({ command_to_check: 'getinfo' });
    expect((await node.call('check', { command_to_check: 'getinfo', x: 1 })).error?.message).toMatch(
      /^unknown parameter: x/,
    );
  });

  it('may filter what the node itself replies', async () => {
    const filter = '{"id":true,"address":[{"nope":true}]}';
    const { messages } = await exchange(
      `{"jsonrpc":"2.0","id":1,"method":"getinfo","params":{},"filter":${filter}}`,
      1,
    );
    expect(Object.keys(messages[0]?.result ?? {}).sort()).toEqual(['address', 'id']);
  });
});

describe('the socket', () => {
  it("is its owner's alone", () => {
    expect(statSync(node.socket).mode & 0o777).toBe(0o600);
  });

  it('cannot be served by a second node', async () => {
    await expect(startNode(folder)).rejects.toThrow(/in use/);
    expect((await node.call('getinfo')).error).toBeUndefined();
  });
});

describe('a plugin that dies', () => {
  it('leaves its callers with -4 and its commands unknown', async () => {
    const path = badPlugin(folder, 'crash', 'crash.mjs');
    await node.result('plugin', { subcommand: 'stop', plugin: 'bad.mjs' });
    await node.result('plugin', { subcommand: 'start', plugin: path });
    const client = new Client(node.socket);
    client.request(1, 'bad-slow');
    client.request(2, 'bad-echo');
    const messages = await client.received(2);
    client.end();
    const error = { code: -4, message: 'Plugin terminated before replying to RPC call.' };
    expect(messages).toEqual([1, 2].map((id) => ({ jsonrpc: '2.0', id, error })));
    expect((await node.call('bad-echo')).error?.code).toBe(-32601);
    expect(node.log()).toContain('plugin-crash.mjs: Killing plugin: exited during normal operation');
  });
});
