import { describe, expect, it } from 'vitest';
import {
  INVALID_PARAMS,
  RpcError,
  RpcProtocolError,
  RpcTimeoutError,
  RpcUnreachableError,
} from '../../src/cln/errors.ts';
import { sumMsat, unixSec, ZERO_MSAT, type UnixSec } from '../../src/core/units.ts';
import { NodeError } from '../../src/ports.ts';
import { answers, without, readerOver, recording, refusing, RECORDED_AT, rows, type Answer } from './recorded-node.ts';

const failing =
  (error: Error): Answer =>
  () => {
    throw error;
  };
const nodeError = async (promise: Promise<unknown>): Promise<NodeError> => {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof NodeError) return error;
  throw new Error(`expected a NodeError, got ${String(error)}`);
};

describe('snapshot', () => {
  it('is one getinfo and one listpeerchannels, filtered', async () => {
    const { reader, calls } = readerOver(answers());
    await reader.readSnapshot();
    await reader.readSnapshot();
    const count = (method: string) => calls.filter((call) => call.method === method).length;
    expect(count('getinfo')).toBe(2);
    expect(count('listpeerchannels')).toBe(2);
    const [listing] = calls.filter(({ method }) => method === 'listpeerchannels');
    expect(listing?.options?.filter).toMatchObject({ channels: [{ channel_id: true, to_us_msat: true }] });
    expect(listing?.params).toEqual({});
  });

  it('holds the node, and its channels with their peers by name', async () => {
    const snapshot = await readerOver(answers()).reader.readSnapshot();
    expect(snapshot).toMatchObject({
      takenAt: RECORDED_AT,
      nodeId: '024ff6e3d135d90bedf9486e43eeee5112a658998c8c9d59bd774c7c3f5d6b00c3',
      version: 'v26.06.6',
      network: 'regtest',
      blockheight: 243,
      synced: true,
      feesCollected: 718_200n,
    });
    expect(snapshot.channels.map(({ scid, peerAlias }) => `${String(scid)} ${String(peerAlias)}`)).toEqual([
      '112x1x0 node-3cdc',
      '113x1x0 node-ad19',
      '115x1x0 node-67d3',
      '118x1x0 node-3cdc',
    ]);
  });

  it('asks gossip, once, what peers charge whose update listpeerchannels does not have', async () => {
    const channels = rows('listpeerchannels', 'channels').map((row) => ({ ...row, updates: undefined }));
    const own = recording('getinfo').result['id'];
    const half = (short_channel_id: string, changes: object) => ({
      ...{ short_channel_id, destination: own, public: true, base_fee_millisatoshi: 7, fee_per_millionth: 70 },
      ...{ htlc_minimum_msat: 1, htlc_maximum_msat: 99, delay: 34, ...changes },
    });
    const { reader, calls } = readerOver({
      ...answers(),
      listpeerchannels: () => ({ channels }),
      listchannels: () => ({
        channels: [
          half('112x1x0', {}),
          half('113x1x0', { destination: rows('listpeerchannels', 'channels')[0]?.['peer_id'] }),
        ],
      }),
    });
    const policies = (await reader.readSnapshot()).channels.map(({ remote }) => remote);
    expect(policies[0]).toEqual({ baseMsat: 7n, feePpm: 70, htlcMinMsat: 1n, htlcMaxMsat: 99n, cltvDelta: 34 });
    expect(policies.slice(1)).toEqual([null, null, null]);
    expect(calls.filter(({ method }) => method === 'listchannels').map(({ params }) => params)).toEqual([
      { destination: own },
    ]);
  });

  it.each(['warning_bitcoind_sync', 'warning_lightningd_sync'])('is not synced under %s', async (warning) => {
    const { reader } = readerOver({
      ...answers(),
      getinfo: () => ({ ...recording('getinfo').result, [warning]: 'Still loading latest blocks from bitcoind.' }),
    });
    expect((await reader.readSnapshot()).synced).toBe(false);
  });

  it('fails as a whole when half of it fails', async () => {
    const { reader } = readerOver({ ...answers(), getinfo: refusing('getinfo', -5, 'Shutting down') });
    expect(await nodeError(reader.readSnapshot())).toMatchObject({ kind: 'refused', code: -5 });
  });
});

describe('names of peers', () => {
  it('are asked once each, by id, and again only after a day', async () => {
    let now: UnixSec = RECORDED_AT;
    const { reader, calls } = readerOver(answers(), { now: () => now, sleep: () => Promise.resolve() });
    const asked = async (): Promise<number> => {
      calls.length = 0;
      await reader.readSnapshot();
      const questions = calls.filter(({ method }) => method === 'listnodes');
      expect(questions.every(({ params }) => typeof params['id'] === 'string')).toBe(true);
      return questions.length;
    };
    expect(await asked()).toBe(3);
    expect(await asked()).toBe(0);
    now = unixSec(now + 86_400);
    expect(await asked()).toBe(3);
  });

  const unheardOf: Answer = () => ({ nodes: [] });
  const nameless: Answer = ({ id }) => ({ nodes: [{ nodeid: id }] });
  it.each([unheardOf, nameless])(
    'that do not exist yet are asked for again, ever more rarely, at most once an hour',
    async (none) => {
      let now: UnixSec = RECORDED_AT;
      const { reader, calls } = readerOver(
        { ...answers(), listnodes: none },
        { now: () => now, sleep: () => Promise.resolve() },
      );
      const askedAfter: number[] = [];
      // A call every minute for six hours.
      for (let second = 0; second < 6 * 3600; second += 60) {
        now = unixSec(RECORDED_AT + second);
        calls.length = 0;
        const { channels } = await reader.readSnapshot();
        expect(channels.every(({ peerAlias }) => peerAlias === null)).toBe(true);
        const questions = calls.filter(({ method }) => method === 'listnodes').length;
        if (questions > 0) {
          expect(questions).toBe(3);
          askedAfter.push(second / 60);
        }
      }
      expect(askedAfter).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183, 243, 303]);
    },
  );

  it('show within the minute once gossip has brought them, and are then left alone', async () => {
    let now: UnixSec = RECORDED_AT;
    const named = answers();
    const node = { ...named, listnodes: unheardOf };
    const { reader, calls } = readerOver(node, { now: () => now, sleep: () => Promise.resolve() });
    const isNamed = async () => (await reader.readSnapshot()).channels.some(({ peerAlias }) => peerAlias !== null);
    expect(await isNamed()).toBe(false);
    Object.assign(node, named);
    now = unixSec(now + 59);
    expect(await isNamed()).toBe(false);
    now = unixSec(now + 1);
    expect(await isNamed()).toBe(true);
    calls.length = 0;
    now = unixSec(now + 86_000);
    expect(await isNamed()).toBe(true);
    expect(calls.filter(({ method }) => method === 'listnodes')).toEqual([]);
  });

  it('never stand in the way of a snapshot', async () => {
    const { reader } = readerOver(without(answers(), 'listnodes'));
    expect((await reader.readSnapshot()).channels).toHaveLength(4);
  });
});

describe('identities', () => {
  it('are those of open and closed channels, each once', async () => {
    const stillListed = rows('listpeerchannels-onchain-mutual', 'channels');
    const { reader } = readerOver({
      ...answers(),
      listpeerchannels: () => ({ channels: [...rows('listpeerchannels', 'channels'), ...stillListed] }),
    });
    const identities = await reader.readChannelIdentities();
    expect(identities.map(({ scids, closed }) => `${String(scids[0])} ${closed ? 'closed' : 'open'}`).sort()).toEqual([
      '112x1x0 open',
      '113x1x0 open',
      '115x1x0 open',
      '116x1x0 open',
      '117x1x0 closed',
      '118x1x0 open',
    ]);
  });
});

describe('forwards', () => {
  it('come in pages by either index', async () => {
    const { reader } = readerOver(answers());
    expect((await reader.readForwards('created', 5, 3)).map(({ createdIndex }) => createdIndex)).toEqual([5, 6, 7]);
    expect((await reader.readForwards('updated', 15, 2)).map(({ createdIndex }) => createdIndex)).toEqual([19, 20]);
    expect(await reader.readForwards('created', 100_000, 4)).toEqual([]);
    expect(await reader.readAllForwards()).toHaveLength(27);
  });

  it('have the indexes that `wait` tells', async () => {
    const { reader, calls } = readerOver(answers());
    expect(await reader.readForwardIndexes()).toEqual({ created: 27, updated: 23 });
    expect(calls.map(({ params }) => params['nextvalue'])).toEqual([0, 0]);
  });

  it.each([
    ['v23.05, which has no wait', refusing('wait', -32601, "Unknown command 'wait'")],
    [
      'v23.08, whose wait knows only invoices',
      refusing('wait', recording('wait-error-subsystem').error.code, recording('wait-error-subsystem').error.message),
    ],
  ])('have no indexes on %s', async (_, wait) => {
    expect(await readerOver({ ...answers(), wait }).reader.readForwardIndexes()).toBeNull();
  });

  it('have unknown indexes when the node refuses to say for another reason', async () => {
    const { reader } = readerOver({
      ...answers(),
      wait: refusing('wait', INVALID_PARAMS, 'unknown parameter: nextvalue'),
    });
    expect(await nodeError(reader.readForwardIndexes())).toMatchObject({ kind: 'refused' });
  });

  it('have unknown indexes when the node does not answer', async () => {
    const { reader } = readerOver({ ...answers(), wait: failing(new RpcTimeoutError('wait', 60_000)) });
    expect(await nodeError(reader.readForwardIndexes())).toMatchObject({ kind: 'timeout' });
  });
});

describe('a failure', () => {
  it.each<[Error, string, number | null]>([
    [new RpcError('getinfo', -32601, "Unknown command 'getinfo'"), 'unknown-command', -32601],
    [new RpcError('getinfo', INVALID_PARAMS, 'unknown parameter'), 'refused', INVALID_PARAMS],
    [new RpcError('getinfo', -4, 'Plugin terminated before replying to RPC call.'), 'refused', -4],
    [new RpcTimeoutError('getinfo', 60_000), 'timeout', null],
    [new RpcUnreachableError('getinfo', 'ENOENT'), 'unreachable', null],
    [new RpcProtocolError('getinfo', 'garbage'), 'unreadable', null],
  ])('%s is %s', async (error, kind, code) => {
    const { reader } = readerOver({ ...answers(), getinfo: failing(error) });
    expect(await nodeError(reader.readSnapshot())).toMatchObject({ kind, code, message: error.message });
  });

  it('of decoding is unreadable, and says where', async () => {
    const { reader } = readerOver({ ...answers(), getinfo: () => ({ id: 5 }) });
    expect(await nodeError(reader.readSnapshot())).toMatchObject({
      kind: 'unreadable',
      message: 'getinfo.id: expected a string, got 5',
    });
  });

  it('of ours stays what it is', async () => {
    const { reader } = readerOver({ ...answers(), getinfo: failing(new TypeError('a defect')) });
    await expect(reader.readSnapshot()).rejects.toThrow(TypeError);
  });
});

describe('small facts', () => {
  it('count confirmed, unreserved outputs alone', async () => {
    const outputs = rows('listfunds', 'outputs');
    const spoil = outputs.map((output, i) => (i === 0 ? { ...output, reserved: true } : output));
    const unconfirmed = { ...outputs[1], status: 'unconfirmed' };
    const { reader } = readerOver({ ...answers(), listfunds: () => ({ outputs: [...spoil, unconfirmed] }) });
    const expected = sumMsat(
      outputs
        .slice(1)
        .filter(({ status, reserved }) => status === 'confirmed' && reserved === false)
        .map(({ amount_msat }) => (ZERO_MSAT + BigInt(amount_msat as number)) as typeof ZERO_MSAT),
    );
    expect(expected).toBeGreaterThan(0n);
    expect(await reader.readOnchainFunds()).toBe(expected);
  });

  it('list command names without their usage', async () => {
    const names = await readerOver(answers()).reader.readCommandNames();
    expect(names.has('setchannel')).toBe(true);
    expect(names.has('clboss-status')).toBe(false);
    expect([...names].every((name) => !name.includes(' '))).toBe(true);
  });
});
