import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RpcError } from '../../src/cln/errors.ts';
import { RpcClient } from '../../src/cln/rpc-client.ts';
import { nodeId, type NodeId } from '../../src/core/units.ts';
import { asker } from '../../src/node/ask.ts';
import { decodeClbossStatus, LightningClboss } from '../../src/node/clboss.ts';
import { NodeError } from '../../src/ports.ts';
import { describeStatus } from '../../src/sim/clboss/status.ts';
import { ClbossRefusal, PARAMETER_ERROR, unmanage, type Unmanaged } from '../../src/sim/clboss/unmanaged.ts';
import { SocketServer } from '../cln/socket-server.ts';
import { readerOver, recording, refusing } from './recorded-node.ts';

const A = nodeId('0243dbc14fd5248f4148872b7cc50fa3c0619ae7a382d26fb3857e2faac4d90d32');
const B = nodeId('02b3ed4ce6dbddefd720dd5a3357002f6ad147f11a10e565ca2a12ae9682933ba3');

const statusOf = (name: string) => decodeClbossStatus(recording(name).result);
const refusal = async (promise: Promise<unknown>): Promise<NodeError> => {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof NodeError) return error;
  throw new Error(`expected a NodeError, got ${String(error)}`);
};

/** clboss as it behaves, behind the adapter. */
function imitated() {
  let kept: Unmanaged = [];
  const ask = asker({
    call: (method, params) => {
      try {
        if (method === 'clboss-status') return Promise.resolve(describeStatus(kept, new Map(), 1_795_230_000));
        kept = unmanage(kept, params);
        return Promise.resolve({});
      } catch (error) {
        if (!(error instanceof ClbossRefusal)) throw error;
        return Promise.reject(new RpcError(method, PARAMETER_ERROR, error.message, {}));
      }
    },
  });
  return new LightningClboss(ask);
}

describe('clboss-status', () => {
  it('as recorded: tags split and trimmed, the comment no peer', () => {
    expect(statusOf('clboss-status-unmanaged')).toEqual({
      version: 'v0.16.3',
      unmanaged: new Map([
        [A, ['lnfee']],
        [B, ['balance', 'lnfee']],
      ]),
    });
    expect(statusOf('clboss-status-replaced').unmanaged).toEqual(
      new Map([
        [A, ['lnfee']],
        [B, ['open']],
      ]),
    );
    expect(statusOf('clboss-status-after').unmanaged).toEqual(
      new Map([
        [A, ['balance']],
        [B, ['open']],
      ]),
    );
    expect(statusOf('clboss-status').unmanaged).toEqual(new Map());
  });
  it('of a fork that says less of itself', () => {
    const { unmanaged } = recording('clboss-status-unmanaged').result;
    expect(decodeClbossStatus({ unmanaged }).version).toBeNull();
    expect(decodeClbossStatus({ unmanaged, info: {} }).version).toBeNull();
    expect(decodeClbossStatus({ unmanaged, info: { version: '0.13A' } }).version).toBe('0.13A');
  });
  it('keeps tags that we do not know', () => {
    expect(decodeClbossStatus({ unmanaged: { [A]: 'lnfee, swaps' } }).unmanaged.get(A)).toEqual(['lnfee', 'swaps']);
  });
  it('that does not say what is unmanaged is no empty answer', () => {
    expect(() => decodeClbossStatus({})).toThrow('clboss-status.unmanaged: expected an object, got nothing');
    expect(() => decodeClbossStatus({ unmanaged: [] })).toThrow('clboss-status.unmanaged: expected an object');
    expect(() => decodeClbossStatus({ unmanaged: { [A]: ['lnfee'] } })).toThrow(
      `clboss-status.unmanaged.${A}: expected a string, got an array of 1`,
    );
  });
  it('is an unknown command where there is no clboss', async () => {
    const clboss = new LightningClboss(readerOver({}).ask);
    expect(await refusal(clboss.readClboss())).toMatchObject({ kind: 'unknown-command', code: -32601 });
    expect(await refusal(clboss.replaceTags(A, ['lnfee']))).toMatchObject({ kind: 'unknown-command' });
  });
});

/** What clboss v0.16.3 on a young regtest node said, shortened: C++'s way to write an average of nothing. */
const YOUNG = `{"channel_candidates": [], "info": {"version": "v0.16.3"}, "lnfee": {"${A}": {"median_base": 1, "median_proportional": 100, "multiplier": -nan, "final_base": 0, "final_proportional": 1}}, "should_monitor_onchain_funds": {"now": 1.79525e+09}, "unmanaged": {"comment": "Use 'clboss-unmanage' to disable management of some nodes.", "${A}": "close, lnfee, open"}}`;

it('is read from a clboss that has nothing to average yet', async () => {
  const server = await SocketServer.listen((request, socket) => {
    socket.write(`{"jsonrpc": "2.0", "id": "${request.id}", "result": ${YOUNG}}\n\n`);
  });
  const client = new RpcClient({ socketPath: server.path, idPrefix: 'test', timeoutMs: 30_000 });
  try {
    const { unmanaged } = await new LightningClboss(asker(client)).readClboss();
    expect(unmanaged).toEqual(new Map([[A, ['close', 'lnfee', 'open']]]));
  } finally {
    client.close();
    await server.close();
  }
});

describe('clboss-unmanage', () => {
  it.each([
    ['clboss-unmanage-two', B, ['lnfee', 'balance']],
    ['clboss-unmanage-replaces', B, ['open']],
    ['clboss-unmanage-empty', A, []],
  ] as const)('is asked as recorded (%s)', async (name, peer, tags) => {
    const { params, result } = recording(name);
    const { ask, calls } = readerOver({ 'clboss-unmanage': () => result });
    await new LightningClboss(ask).replaceTags(peer, tags);
    expect(calls).toEqual([{ method: 'clboss-unmanage', params, options: undefined }]);
  });
  it.each(['clboss-unmanage-unknown', 'clboss-unmanage-space'])('is refused as recorded (%s)', async (name) => {
    const { code, message } = recording(name).error;
    const { ask } = readerOver({ 'clboss-unmanage': refusing('clboss-unmanage', code, message) });
    const error = await refusal(new LightningClboss(ask).replaceTags(A, ['rebalance']));
    expect(error).toMatchObject({ kind: 'refused', code: -32602 });
    expect(error.message).toContain(message);
  });
  it('gives back what it has read, whatever the sets', async () => {
    const tags = fc.subarray(['lnfee', 'open', 'close', 'balance']);
    const steps = fc.array(fc.tuple(fc.constantFrom<NodeId>(A, B), tags), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(steps, async (script) => {
        const clboss = imitated();
        const expected = new Map<NodeId, readonly string[]>();
        for (const [peer, set] of script) {
          await clboss.replaceTags(peer, set);
          if (set.length > 0) expected.set(peer, [...set].sort());
          else expected.delete(peer);
          const { unmanaged } = await clboss.readClboss();
          expect(unmanaged).toEqual(expected);
          // What was read can be written as it is.
          for (const [other, held] of unmanaged) await clboss.replaceTags(other, held);
          expect((await clboss.readClboss()).unmanaged).toEqual(expected);
        }
      }),
      { numRuns: 50 },
    );
  });
});
