// Does the node misbehave exactly as ordered, so that clients can be tested against it?
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Client, makeFolder, removeFolder, startNode, type Json, type RunningNode } from './harness.ts';

let folder: string;
let node: RunningNode;
beforeAll(async () => {
  folder = makeFolder();
  node = await startNode(folder);
});
afterAll(async () => {
  await node.stop();
  removeFolder(folder);
});
beforeEach(() => node.result('dev-sim-fault', { kind: 'none' }));
const order = (fault: Json) => node.result('dev-sim-fault', fault);

describe('faults', () => {
  it('error: so many times, for that method only', async () => {
    await order({ kind: 'error', method: 'getinfo', times: 2, code: -7, message: 'busy' });
    expect((await node.call('listpeers')).error).toBeUndefined();
    expect((await node.call('getinfo')).error).toEqual({ code: -7, message: 'busy' });
    expect((await node.call('getinfo')).error).toEqual({ code: -7, message: 'busy' });
    expect((await node.call('getinfo')).error).toBeUndefined();
  });

  it('drop: the connection closes in place of the reply', async () => {
    await order({ kind: 'drop', method: 'getinfo' });
    await expect(node.call('getinfo')).rejects.toThrow(/closed without a reply/);
    expect((await node.call('getinfo')).error).toBeUndefined();
  });

  it('garbage: no JSON', async () => {
    await order({ kind: 'garbage' });
    const client = new Client(node.socket);
    client.request(1, 'getinfo');
    client.request(2, 'dev-sim-fault', { kind: 'none' });
    while (!client.text.includes('\n\n')) await new Promise(setImmediate);
    client.end();
    expect(client.text).toMatch(/^}this is no JSON{\n\n/);
  });

  it('split: byte by byte, yet whole, and in order with what follows', async () => {
    await order({ kind: 'split', method: 'getinfo' });
    const client = new Client(node.socket);
    client.request(1, 'getinfo');
    client.request(2, 'dev-sim-time');
    const messages = await client.received(2);
    client.end();
    expect(messages.map(({ id }) => id)).toEqual([1, 2]);
    expect(messages[0]?.result).toHaveProperty('fees_collected_msat');
  });

  it('reorder and delay: a later reply comes first', async () => {
    for (const fault of [{ kind: 'reorder' }, { kind: 'delay', delay_ms: 30 }]) {
      await order({ ...fault, method: 'getinfo' });
      const client = new Client(node.socket);
      client.request(1, 'getinfo');
      client.request(2, 'dev-sim-time');
      const messages = await client.received(2);
      client.end();
      expect(messages.map(({ id }) => id)).toEqual([2, 1]);
    }
  });

  it('hang: no reply at all', async () => {
    await order({ kind: 'hang', method: 'getinfo' });
    const client = new Client(node.socket);
    client.request(1, 'getinfo');
    client.request(2, 'dev-sim-time');
    client.request(3, 'dev-sim-time');
    const messages = await client.received(2);
    client.end();
    expect(messages.map(({ id }) => id)).toEqual([2, 3]);
  });

  it('must be one of those', async () => {
    expect((await node.call('dev-sim-fault', { kind: 'flood' })).error?.message).toMatch(
      /^kind: should be one of error/,
    );
  });
});
