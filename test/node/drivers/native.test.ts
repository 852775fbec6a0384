// What does the native driver make of each answer that the node may give?
import { describe, expect, it } from 'vitest';
import { RpcError, RpcTimeoutError, RpcUnreachableError } from '../../../src/cln/errors.ts';
import { decodePath } from '../../../src/node/drivers/native/path.ts';
import { namedOrders } from '../../../src/node/drivers/native/sweep.ts';
import { msat, nodeId } from '../../../src/core/units.ts';
import { recording, refusing, rows, type Json } from '../recorded-node.ts';
import { BACK, OUT, OWN, PATH_REPLY, PAYMENT_HASH, scriptedNode, type Fate } from './scripted-node.ts';

const DONE: Fate = { status: 'complete' };
const failed = (code: number, data?: unknown): Fate => ({ status: 'failed', error: { code, data } });
/** Index 1: OUT's peer, of the channel of the path; 0 is ourselves, 2 the last peer. */
const erring = (erring_index: number, failcode: number): Fate => failed(204, { erring_index, failcode });
const TEMPORARY = 0x1007;
/** A node on which nothing is left to sweep. */
const EMPTY = {
  'askrene-listreservations': () => ({ reservations: [] }),
  wait: () => ({ subsystem: 'invoices', created: 0 }),
  listinvoices: () => ({ invoices: [] }),
};
const PENDING: Fate = { status: 'pending', error: { code: 200, message: 'Timed out while waiting' } };

describe('success', () => {
  it('sends over the first channel, the path and the last one, each hop with what arrives there', async () => {
    const { run, named, calls, dispatched, warnings } = scriptedNode([DONE]);
    expect(await run()).toEqual({
      status: 'success',
      movedMsat: 300_000_000n,
      feeMsat: 8000n,
      paymentHash: PAYMENT_HASH,
      failure: null,
      reason: 'moved 300000000 msat for 8000 msat',
      attempts: 1,
    });
    expect(named('getroutes')).toEqual([
      {
        source: OUT.peerId,
        destination: BACK.peerId,
        amount_msat: 300_004_000,
        layers: ['xpay', 'revops-o1'],
        maxfee_msat: 16_000,
        final_cltv: 27,
        maxparts: 1,
      },
    ]);
    expect(calls.find(({ method }) => method === 'getroutes')?.options).toMatchObject({ timeoutMs: 45_000 });
    expect(named('askrene-disable-node')).toEqual([{ layer: 'revops-o1', node: OWN }]);
    expect(named('sendpay')[0]?.['route']).toEqual([
      { id: OUT.peerId, channel: '112x1x0', amount_msat: 300_008_000, delay: 30 },
      { id: BACK.peerId, channel: '114x1x0', amount_msat: 300_004_000, delay: 24 },
      { id: OWN, channel: '113x1x0', amount_msat: 300_000_000, delay: 21 },
    ]);
    // A minute longer than the order: what was sent just before its deadline is not refused by ourselves.
    expect(named('invoice')).toMatchObject([{ amount_msat: 300_000_000, label: 'revops-rebalance-o1', expiry: 120 }]);
    expect(named('askrene-unreserve')).toEqual(named('askrene-reserve'));
    expect(named('askrene-remove-layer')).toEqual([{ layer: 'revops-o1' }]);
    expect(dispatched).toEqual([PAYMENT_HASH]);
    expect(warnings).toEqual([]);
  });

  it('keeps the hash before anything leaves, and sends nothing where it could not be kept', async () => {
    const { run, named } = scriptedNode([DONE]);
    const outcome = await run(new AbortController().signal, () => {
      expect(named('sendpay')).toEqual([]);
      throw new Error('the disk is full');
    });
    expect(outcome).toMatchObject({
      status: 'failed',
      failure: 'driver-error',
      reason: 'the disk is full',
      attempts: 0,
    });
    expect(named('sendpay')).toEqual([]);
    expect(named('delinvoice')).toEqual([{ label: 'revops-rebalance-o1', status: 'unpaid' }]);
    expect(named('askrene-remove-layer')).toHaveLength(1);
  });
});

describe('what waitsendpay says', () => {
  it.each<readonly [string, Fate, string, string]>([
    ['203: we refused it ourselves', failed(203), 'driver-error', 'our own node refused'],
    ['204 at ourselves: the peer is away', erring(0, 0x400a), 'peer-offline', 'first peer cannot be reached'],
    ['204 at ourselves: no liquidity', erring(0, TEMPORARY), 'no-liquidity', 'that was to give'],
    ['204 at the first peer, for himself', erring(1, 0x2002), 'peer-offline', 'first peer is out of order'],
    ['204 at the last peer: he has nothing', erring(2, TEMPORARY), 'no-liquidity', 'that was to take'],
    ['204 at the last peer: he wants more', erring(2, 0x100c), 'too-expensive', 'wants more'],
    ['204 at the last peer: he does not see us', erring(2, 0x400a), 'peer-offline', 'does not see us'],
  ])('%s: no other path would help', async (_, fate, failure, reason) => {
    const { run, named } = scriptedNode([fate, DONE]);
    const outcome = await run();
    expect(outcome).toMatchObject({ status: 'failed', failure, attempts: 1, paymentHash: PAYMENT_HASH });
    expect(outcome.reason).toContain(reason);
    expect(named('delinvoice')).toHaveLength(1);
  });

  const constrained = {
    ...{ layer: 'revops-o1', short_channel_id_dir: '114x1x0/0', amount_msat: 300_004_000, inform: 'constrained' },
  };
  it.each<readonly [string, Fate, string, Json]>([
    ['204: a channel lacks liquidity', erring(1, TEMPORARY), 'askrene-inform-channel', constrained],
    ['202: nobody knows whose fault it was', failed(202), 'askrene-inform-channel', constrained],
    ['209: no reason given', failed(209), 'askrene-inform-channel', constrained],
    [
      '204: its terms have changed',
      erring(1, 0x100c),
      'askrene-update-channel',
      { layer: 'revops-o1', short_channel_id_dir: '114x1x0/0', enabled: false },
    ],
  ])('%s: learned, and another path tried', async (_, fate, method, params) => {
    const { run, named, calls, dispatched } = scriptedNode([fate, DONE]);
    expect(await run()).toMatchObject({ status: 'success', feeMsat: 8000n, attempts: 2 });
    expect(named(method)).toContainEqual(params);
    // askrene adds what is reserved to what it is told, so it is given back before.
    const order = calls.map((call) => call.method).filter((name) => /reserve|inform|update|sendpay/.test(name));
    expect(order.indexOf('askrene-unreserve')).toBeLessThan(order.indexOf(method));
    expect(dispatched).toEqual([PAYMENT_HASH]);
    expect(named('invoice')).toHaveLength(1);
  });

  it('the recorded 204 is understood', async () => {
    const { code, message, data } = recording('waitsendpay-circular-fail').error as Json & {
      code: number;
      message: string;
    };
    const { run, named } = scriptedNode([{ status: 'failed', error: { code, message, data } }, DONE]);
    expect(await run()).toMatchObject({ status: 'success', attempts: 2 });
    expect(named('askrene-inform-channel')).toEqual([constrained]);
  });

  it('200 until the deadline: unknown, and the invoice stays', async () => {
    const { run, named, clock } = scriptedNode([PENDING]);
    expect(await run()).toMatchObject({
      status: 'unknown',
      failure: 'unknown',
      attempts: 1,
      paymentHash: PAYMENT_HASH,
    });
    expect(clock.now()).toBeGreaterThan(0);
    expect(named('waitsendpay').map(({ timeout }) => timeout)).toEqual([10, 10, 10, 10, 10, 10]);
    expect(named('delinvoice')).toEqual([]);
    expect(named('askrene-remove-layer')).toHaveLength(1);
    expect(named('askrene-unreserve')).toHaveLength(1);
  });

  it('a reply of success is not believed while listsendpays says otherwise', async () => {
    const { run } = scriptedNode([{ status: 'pending' }]);
    expect(await run()).toMatchObject({ status: 'unknown', movedMsat: 0n });
  });

  it('gives up after ten attempts', async () => {
    const { run } = scriptedNode(Array.from({ length: 20 }, () => erring(1, TEMPORARY)));
    expect(await run()).toMatchObject({ status: 'failed', failure: 'no-liquidity', attempts: 10 });
  });
});

describe('what sendpay says', () => {
  it.each([
    ['no reply in time', (): Error => new RpcTimeoutError('sendpay', 15_000)],
    ['the connection is lost', (): Error => new RpcUnreachableError('sendpay', 'closed')],
  ])('%s, and no trace of it: it may be under way', async (_, error) => {
    const { run, named } = scriptedNode([], {
      sendpay: () => {
        throw error();
      },
      waitsendpay: refusing('waitsendpay', 208, 'Never attempted payment'),
    });
    expect(await run()).toMatchObject({ status: 'unknown', attempts: 1, paymentHash: PAYMENT_HASH });
    expect(named('sendpay')).toHaveLength(1);
    expect(named('delinvoice')).toEqual([]);
  });

  it('a refusal with nothing listed: nothing was sent', async () => {
    const away = {
      code: 204,
      message: 'No connection to first peer found',
      data: { erring_index: 0, failcode: 0x400a },
    };
    const { run, named } = scriptedNode([], {
      sendpay: () => {
        throw new RpcError('sendpay', away.code, away.message, away.data);
      },
    });
    expect(await run()).toMatchObject({ status: 'failed', failure: 'peer-offline', attempts: 0, paymentHash: null });
    expect(named('waitsendpay')).toEqual([]);
    expect(named('delinvoice')).toHaveLength(1);
  });

  it('201, already paid: what listsendpays says of it counts', async () => {
    const row = { ...rows('listsendpays-rebalance', 'payments')[0], payment_hash: PAYMENT_HASH };
    const { run } = scriptedNode([], {
      sendpay: refusing('sendpay', 201, 'Already succeeded other parts'),
      listsendpays: () => ({ payments: [row] }),
    });
    expect(await run()).toMatchObject({ status: 'success', feeMsat: 8000n });
  });
});

describe('from the first look to the payment', () => {
  const nothingSent = ({ named }: ReturnType<typeof scriptedNode>): void => {
    expect(named('sendpay')).toEqual([]);
    expect(named('askrene-remove-layer')).toHaveLength(1);
  };

  it('a path that asks more of the first channel than it can give is not sent', async () => {
    const channels = rows('listpeerchannels', 'channels').map((row): Json => ({ ...row, spendable_msat: 300_007_999 }));
    const node = scriptedNode([DONE], {
      listpeerchannels: ({ id }) => ({ channels: channels.filter(({ peer_id }) => peer_id === id) }),
    });
    expect(await node.run()).toMatchObject({
      status: 'failed',
      failure: 'no-liquidity',
      reason: 'the channel that was to give can give 300007999 msat, not 300008000 msat',
    });
    nothingSent(node);
  });

  it('a deadline that passes while a path is looked for', async () => {
    const node = scriptedNode([DONE], {
      getroutes: () => {
        void node.clock.sleep(60);
        return PATH_REPLY;
      },
    });
    expect(await node.run()).toMatchObject({ status: 'failed', failure: 'timeout', reason: 'the deadline passed' });
    nothingSent(node);
    expect(node.named('invoice')).toEqual([]);
  });

  it.each(['getroutes', 'invoice', 'askrene-reserve'])('a stop during %s', async (method) => {
    const stop = new AbortController();
    const node = scriptedNode([DONE], {
      [method]: () => {
        stop.abort();
        if (method === 'getroutes') return PATH_REPLY;
        return method === 'invoice' ? recording('invoice-rebalance').result : {};
      },
    });
    expect(await node.run(stop.signal)).toMatchObject({ status: 'failed', failure: 'timeout', attempts: 0 });
    nothingSent(node);
  });

  it('a defect of ours once it is under way is no failure of the payment: unknown, and the invoice stays', async () => {
    const node = scriptedNode([DONE], {
      listsendpays: () => {
        throw new TypeError('undefined is not a function');
      },
    });
    expect(await node.run()).toMatchObject({ status: 'unknown', failure: 'unknown', paymentHash: PAYMENT_HASH });
    expect(node.named('sendpay')).toHaveLength(1);
    expect(node.named('delinvoice')).toEqual([]);
  });
});

describe('what getroutes says', () => {
  const answer = (name: string) => () => {
    const { code, message } = recording(name).error;
    throw new RpcError('getroutes', code, message);
  };

  it.each([
    ['205', answer('getroutes-error-no-route'), 'no-route', 'usable set of paths'],
    [
      'no reply within 45 s',
      () => {
        throw new RpcTimeoutError('getroutes', 45_000);
      },
      'timeout',
      'no reply',
    ],
    ['askrene has died', refusing('getroutes', -1, 'child died with signal 6'), 'driver-error', 'signal 6'],
    ['its layer is gone', answer('getroutes-error-unknown-layer'), 'driver-error', 'unknown layer'],
    ['nonsense', () => ({ routes: [] }), 'driver-error', 'expected one route'],
  ])('%s', async (_, getroutes, failure, reason) => {
    const { run, named } = scriptedNode([DONE], { getroutes });
    const outcome = await run();
    expect(outcome).toMatchObject({ status: 'failed', failure, attempts: 0 });
    expect(outcome.reason).toContain(reason);
    expect(named('sendpay')).toEqual([]);
    expect(named('invoice')).toEqual([]);
    expect(named('askrene-remove-layer')).toHaveLength(1);
  });

  it('206: asked again without a cap, only to name the price', async () => {
    const { run, named } = scriptedNode([DONE], {
      getroutes: (params) =>
        Number(params['maxfee_msat']) < 1_000_000 ? answer('getroutes-error-too-expensive')() : PATH_REPLY,
    });
    expect(await run()).toMatchObject({
      failure: 'too-expensive',
      reason: 'the path found costs 8000 msat (26 ppm), and the cap is 20000 msat (66 ppm)',
    });
    expect(named('sendpay')).toEqual([]);
  });

  it('a path that costs more than it was asked for is not sent', async () => {
    const reply = structuredClone(PATH_REPLY) as { routes: { path: Json[] }[] };
    Object.assign(reply.routes[0]?.path[0] ?? {}, { amount_in_msat: 300_020_001 });
    const { run, named } = scriptedNode([DONE], { getroutes: () => reply });
    expect(await run()).toMatchObject({ status: 'failed', failure: 'too-expensive', attempts: 0 });
    expect(named('sendpay')).toEqual([]);
  });

  it('before v25.09: no maxparts, but a layer that means the same', async () => {
    const { run, named } = scriptedNode([DONE], {
      getroutes: (params) => {
        if ('maxparts' in params) throw new RpcError('getroutes', -32602, 'unknown parameter: maxparts, this may be …');
        return PATH_REPLY;
      },
    });
    expect(await run()).toMatchObject({ status: 'success' });
    expect(named('getroutes').at(-1)?.['layers']).toEqual(['xpay', 'revops-o1', 'auto.no_mpp_support']);
  });

  it("xpay's layer removed meanwhile: asked without it", async () => {
    const { run } = scriptedNode([DONE], {
      getroutes: (params) => {
        if ((params['layers'] as string[]).includes('xpay'))
          throw new RpcError('getroutes', -32602, `layers: unknown layer: invalid token '"xpay"'`);
        return PATH_REPLY;
      },
    });
    expect(await run()).toMatchObject({ status: 'success' });
  });
});

describe('the path', () => {
  const wanted = { destination: BACK.peerId, amountMsat: msat(300_004_000n), own: nodeId(OWN) };
  const [hop = {}] = (PATH_REPLY['routes'] as { path: Json[] }[])[0]?.path ?? [];
  const older = (rest: Json = {}) => ({
    routes: [
      {
        amount_msat: 300_004_000,
        final_cltv: 24,
        path: [
          {
            short_channel_id_dir: '114x1x0/0',
            next_node_id: hop['node_id_out'],
            amount_msat: hop['amount_in_msat'],
            delay: hop['cltv_in'],
            ...rest,
          },
        ],
      },
    ],
  });

  it('is the same in the shape of v26.06 and in that of before', () => {
    expect(decodePath(wanted)(older())).toEqual(decodePath(wanted)(PATH_REPLY));
  });

  it.each<readonly [string, Json]>([
    ['through ourselves', { next_node_id: OWN }],
    ['to somebody else', { next_node_id: OUT.peerId }],
    ['with a negative fee', { amount_msat: 300_003_999 }],
    ['with a negative delay', { delay: 23 }],
    ['over something that is no channel', { short_channel_id_dir: '114x1x0/2' }],
  ])('is refused %s', (_, rest) => {
    expect(() => decodePath(wanted)(older(rest))).toThrow(/getroutes/);
  });

  it('is refused where it passes through us on its way', () => {
    const { destination } = wanted;
    const first = { ...hop, node_id_out: OWN, amount_out_msat: hop['amount_in_msat'], cltv_out: hop['cltv_in'] };
    const route = (to: string) => ({
      routes: [{ amount_msat: 300_004_000, final_cltv: 24, path: [{ ...first, node_id_out: to }, hop] }],
    });
    expect(decodePath(wanted)(route(OUT.peerId)).at(-1)).toMatchObject({ to: destination });
    expect(() => decodePath(wanted)(route(OWN))).toThrow('to go past our own node');
  });

  it('is refused with another amount, or with two routes', () => {
    expect(() => decodePath({ ...wanted, amountMsat: msat(1n) })(PATH_REPLY)).toThrow(/expected 1,/);
    const [route] = PATH_REPLY['routes'] as Json[];
    expect(() => decodePath(wanted)({ routes: [route, route] })).toThrow(/one route/);
  });
});

describe('the two channels', () => {
  const told = rows('listpeerchannels', 'channels').find(({ short_channel_id }) => short_channel_id === BACK.scid);
  const { remote } = told?.['updates'] as { remote: Json };
  /** The recorded peer charges 1000 msat and 10 ppm. */
  const passingOn = (changes: Json): Json => ({ updates: { remote: { ...remote, ...changes } } });

  it.each<readonly [string, Json, string]>([
    ['not connected', { peer_connected: false }, 'peer-offline'],
    ['closing', { state: 'CHANNELD_SHUTTING_DOWN' }, 'peer-offline'],
    ['that cannot take as much', { receivable_msat: 299_999_999 }, 'no-liquidity'],
    ['that can give nothing', { spendable_msat: 300_003_999 }, 'no-liquidity'],
    ['with a lower HTLC maximum', { maximum_htlc_out_msat: 1000 }, 'no-liquidity'],
    ['whose peer passes on no more at a time', passingOn({ htlc_maximum_msat: 299_999_999 }), 'no-liquidity'],
    ['whose peer passes on nothing so small', passingOn({ htlc_minimum_msat: 300_000_001 }), 'no-liquidity'],
    ['whose peer alone asks more than the cap', passingOn({ fee_base_msat: 17_001 }), 'too-expensive'],
  ])('%s: nothing is even looked for', async (_, change, failure) => {
    const channels = rows('listpeerchannels', 'channels').map((row) => ({ ...row, ...change }));
    const { run, named, calls } = scriptedNode([DONE], {
      listpeerchannels: ({ id }) => ({ channels: channels.filter(({ peer_id }) => peer_id === id) }),
    });
    expect(await run()).toMatchObject({ status: 'failed', failure, attempts: 0 });
    expect(named('askrene-create-layer')).toEqual([]);
    expect(new Set(calls.map(({ method }) => method))).toEqual(new Set(['listpeerchannels']));
  });

  it.each<readonly [string, Json]>([
    ['take', { receivable_msat: 300_000_000 }],
    ['pass on', passingOn({ htlc_maximum_msat: 300_000_000, htlc_minimum_msat: 300_000_000 })],
  ])('that can just %s as much do', async (_, change) => {
    const channels = rows('listpeerchannels', 'channels').map((row) => ({ ...row, ...change }));
    const { run } = scriptedNode([DONE], {
      listpeerchannels: ({ id }) => ({ channels: channels.filter(({ peer_id }) => peer_id === id) }),
    });
    expect(await run()).toMatchObject({ status: 'success', movedMsat: 300_000_000n });
  });
});

describe('a private channel back to us', () => {
  it('is named to the last peer as he knows it: by the alias that we have given him', async () => {
    const channels = rows('listpeerchannels', 'channels').map((row): Json => ({
      ...row,
      ...{ private: true, alias: { local: '1x1x1', remote: '2x2x2' } },
    }));
    const { run, named } = scriptedNode([DONE], {
      listpeerchannels: ({ id }) => ({ channels: channels.filter(({ peer_id }) => peer_id === id) }),
    });
    expect(await run()).toMatchObject({ status: 'success' });
    const route = named('sendpay')[0]?.['route'] as Json[];
    expect([route[0], route.at(-1)].map((hop) => hop?.['channel'])).toEqual([OUT.scid, '2x2x2']);
  });
});

describe('a last peer whose fee listpeerchannels does not tell (before v24.02)', () => {
  const untold = () => ({
    channels: rows('listpeerchannels', 'channels').map((row) => ({ ...row, updates: undefined })),
  });
  const told = rows('listpeerchannels', 'channels').find(({ short_channel_id }) => short_channel_id === BACK.scid);
  const remote = ((told?.['updates'] ?? {}) as Record<string, Json>)['remote'] ?? {};

  it('asks it as gossip has it, and pays the same', async () => {
    const half = (destination: string, changes: Json) => ({
      ...{ short_channel_id: BACK.scid, destination, public: true, delay: remote['cltv_expiry_delta'] },
      ...{
        base_fee_millisatoshi: remote['fee_base_msat'],
        fee_per_millionth: remote['fee_proportional_millionths'],
      },
      ...{ htlc_minimum_msat: remote['htlc_minimum_msat'], htlc_maximum_msat: remote['htlc_maximum_msat'] },
      ...changes,
    });
    const usual = scriptedNode([DONE]);
    await usual.run();
    const gossip = scriptedNode([DONE], {
      listpeerchannels: untold,
      listchannels: () => ({ channels: [half(BACK.peerId, { fee_per_millionth: 9 }), half(OWN, {})] }),
    });
    expect(await gossip.run()).toMatchObject({ status: 'success' });
    expect(gossip.named('sendpay')).toEqual(usual.named('sendpay'));
    expect(gossip.named('listchannels')).toEqual([{ short_channel_id: BACK.scid }]);
    expect(usual.named('listchannels')).toEqual([]);
  });

  it('is one by whom there is no way where gossip does not know it either', async () => {
    const { run, named } = scriptedNode([DONE], {
      listpeerchannels: untold,
      listchannels: () => ({ channels: [] }),
    });
    const outcome = await run();
    expect(outcome).toMatchObject({ status: 'failed', failure: 'no-route', attempts: 0 });
    expect(outcome.reason).toContain('has not said what he charges toward us');
    expect(named('askrene-create-layer')).toEqual([]);
  });
});

describe('cleaning up', () => {
  it('an invoice that has expired meanwhile is deleted as such; a paid one stays', async () => {
    for (const [is, wanted] of [
      ['expired', ['unpaid', 'expired']],
      ['paid', ['unpaid']],
    ] as const) {
      const { run, named, warnings } = scriptedNode([failed(203)], {
        delinvoice: ({ status }) => {
          if (status === is && is === 'expired') return {};
          throw new RpcError('delinvoice', 906, `Invoice status is ${is} not unpaid`, { current_status: is });
        },
      });
      await run();
      expect(named('delinvoice').map(({ status }) => status)).toEqual(wanted);
      expect(warnings).toEqual([]);
    }
  });

  const unreachable = (method: string) => () => {
    throw new RpcUnreachableError(method, 'gone');
  };

  it('what could not be cleaned is said once, and does not change the outcome', async () => {
    const methods = ['askrene-unreserve', 'askrene-remove-layer', 'delinvoice'];
    const { run, warnings, told } = scriptedNode([DONE], Object.fromEntries(methods.map((m) => [m, unreachable(m)])));
    expect(await run()).toMatchObject({ status: 'success', movedMsat: 300_000_000n, feeMsat: 8000n });
    expect(told).toEqual([
      expect.stringMatching(
        /^rebalance \S+: could not be removed now, and will be by a later cycle or start: its reservation, layer, invoice \(.*delinvoice/,
      ),
    ]);
    expect(warnings).toEqual([]);
  });

  it.each([
    ['askrene-unreserve', 'Unknown reservation for 1x1x1/0'],
    ['askrene-remove-layer', `layer: Unknown layer: invalid token '"x"'`],
  ])('what askrene no longer knows (%s) is not said to be there; the next sweep looks', async (method, message) => {
    const { driver, run, warnings, told } = scriptedNode([DONE], {
      ...EMPTY,
      [method]: refusing(method, -32602, message),
    });
    await driver.sweep();
    expect(await run()).toMatchObject({ status: 'success', movedMsat: 300_000_000n, feeMsat: 8000n });
    expect([warnings, told]).toEqual([[], []]);
    expect(driver.unclean).toBe(true);
  });

  it('what has arrived has arrived, also where giving its reservation back is not answered', async () => {
    const { run, told } = scriptedNode([DONE], {
      'askrene-unreserve': () => {
        throw new RpcTimeoutError('askrene-unreserve', 60_000);
      },
    });
    expect(await run()).toMatchObject({ status: 'success', movedMsat: 300_000_000n, feeMsat: 8000n });
    expect(told).toEqual([expect.stringContaining('its reservation (')]);
  });

  it.each(['askrene-unreserve', 'askrene-remove-layer', 'delinvoice'])(
    'where the connection breaks at %s, the next sweep is wanted, and no other after it',
    async (method) => {
      let broken = true;
      const { driver, run } = scriptedNode([failed(203)], {
        ...EMPTY,
        [method]: () => {
          if (broken) throw new RpcUnreachableError(method, 'gone');
          return {};
        },
      });
      await driver.sweep();
      expect(driver.unclean).toBe(false);
      await run();
      expect(driver.unclean).toBe(true);
      broken = false;
      await driver.sweep();
      expect(driver.unclean).toBe(false);
    },
  );

  it('so it is where a question what a way costs has failed, and where the sweep itself fails', async () => {
    let broken = '';
    const answer = (method: string, reply: Json) => (): Json => {
      if (broken === method) throw new RpcUnreachableError(method, 'gone');
      return reply;
    };
    const { driver } = scriptedNode([], {
      ...EMPTY,
      'askrene-remove-layer': answer('askrene-remove-layer', {}),
      'askrene-listlayers': answer('askrene-listlayers', { layers: [] }),
    });
    await driver.sweep();
    broken = 'askrene-remove-layer';
    const question = { id: 'asked', from: OUT, to: BACK, amountMsat: msat(300_000_000n), maxFeeMsat: msat(30_000n) };
    await expect(driver.priceOf(question, new AbortController().signal)).rejects.toThrow('gone');
    expect(driver.unclean).toBe(true);
    broken = 'askrene-listlayers';
    await expect(driver.sweep()).rejects.toThrow('gone');
    expect(driver.unclean).toBe(true);
  });

  it('an invoice whose making was not confirmed is deleted', async () => {
    const { run, named } = scriptedNode([], {
      invoice: () => {
        throw new RpcUnreachableError('invoice', 'gone');
      },
    });
    expect(await run()).toMatchObject({ status: 'failed' });
    expect(named('delinvoice')).toHaveLength(1);
  });

  it('the sweep takes what is ours and unused, and nothing else', async () => {
    const held = (command_id: string) => ({ short_channel_id_dir: '1x1x1/0', amount_msat: 7, command_id });
    const { driver, named } = scriptedNode([], {
      'askrene-listlayers': () => ({ layers: [{ layer: 'xpay' }, { layer: 'revops-gone' }, { layer: 'revopsish' }] }),
      'askrene-listreservations': () => ({
        reservations: [held('"us:askrene-reserve#3/cln:askrene-reserve#9"'), held('"xpay:askrene-reserve#3"')],
      }),
      listpeerchannels: () => ({
        channels: [{ htlcs: [{ direction: 'out', amount_msat: 1, payment_hash: '22'.repeat(32) }] }],
      }),
      wait: () => ({ subsystem: 'invoices', created: 5000 }),
      listinvoices: () => ({
        invoices: [
          { label: 'revops-rebalance-gone', status: 'unpaid', payment_hash: '11'.repeat(32), created_index: 4997 },
          { label: 'revops-rebalance-held', status: 'expired', payment_hash: '22'.repeat(32), created_index: 4998 },
          { label: 'revops-rebalance-done', status: 'paid', payment_hash: '33'.repeat(32), created_index: 4999 },
          { label: 'coffee', status: 'unpaid', payment_hash: '44'.repeat(32), created_index: 5000 },
        ],
      }),
      listsendpays: ({ payment_hash }) => ({
        payments:
          payment_hash === '22'.repeat(32)
            ? [{ payment_hash, status: 'pending', destination: OWN, amount_sent_msat: 1, created_at: 1 }]
            : [],
      }),
    });
    expect(await driver.sweep()).toEqual({ layers: 1, reservations: 1, invoices: 1 });
    expect(named('askrene-remove-layer')).toEqual([{ layer: 'revops-gone' }]);
    expect(named('askrene-unreserve')).toEqual([{ path: [{ short_channel_id_dir: '1x1x1/0', amount_msat: 7 }] }]);
    expect(named('delinvoice')).toEqual([{ label: 'revops-rebalance-gone', status: 'unpaid' }]);
    expect(named('listinvoices')).toEqual([{ index: 'created', start: 4001, limit: 1000 }]);
  });

  it('the sweep leaves alone what an order under way has made, and is wanted again', async () => {
    const mine = { short_channel_id_dir: '114x1x0/0', amount_msat: 7, command_id: '"us:askrene-reserve#3"' };
    const invoice = { label: 'revops-rebalance-o1', status: 'unpaid', payment_hash: PAYMENT_HASH, created_index: 1 };
    const { driver, run, named } = scriptedNode([DONE], {
      'askrene-listlayers': () => ({ layers: [{ layer: 'revops-o1' }] }),
      'askrene-listreservations': () => ({ reservations: [mine] }),
      wait: () => ({ subsystem: 'invoices', created: 1 }),
      listinvoices: () => ({ invoices: [invoice] }),
    });
    const running = run();
    expect(await driver.sweep()).toEqual({ layers: 0, reservations: 0, invoices: 0 });
    expect(driver.unclean).toBe(true);
    for (const method of ['askrene-remove-layer', 'askrene-unreserve', 'delinvoice'])
      expect([method, named(method)]).toEqual([method, []]);
    expect(await running).toMatchObject({ status: 'success' });
  });

  it('the orders that are named on the node are found, whoever made them and whatever became of them', async () => {
    const { ask } = scriptedNode([], {
      'askrene-listlayers': () => ({ layers: [{ layer: 'xpay' }, { layer: 'revops-1-a' }] }),
      wait: () => ({ subsystem: 'invoices', created: 7 }),
      listinvoices: () => ({
        invoices: [
          { label: 'revops-rebalance-1-a', status: 'unpaid', payment_hash: '11'.repeat(32), created_index: 5 },
          { label: 'revops-rebalance-2-b', status: 'paid', payment_hash: '22'.repeat(32), created_index: 6 },
          { label: 'coffee', status: 'paid', payment_hash: '44'.repeat(32), created_index: 7 },
        ],
      }),
    });
    expect(await namedOrders(ask)).toEqual(['1-a', '2-b']);
  });
});

describe('what a way costs', () => {
  const question = { id: 'q1', from: OUT, to: BACK, amountMsat: msat(300_000_000n), maxFeeMsat: msat(20_000n) };
  const ask = (changed: Parameters<typeof scriptedNode>[1] = {}) => {
    const node = scriptedNode([], changed);
    return { ...node, price: () => node.driver.priceOf(question, new AbortController().signal) };
  };
  const TOO_DEAR = refusing('getroutes', 206, 'Route too expensive');

  it('is the path and the last hop together; nothing is sent, invoiced, reserved or left on the node', async () => {
    const { price, calls, named } = ask();
    expect(await price()).toEqual({ feeMsat: 8000n, failure: null });
    expect(named('getroutes')).toMatchObject([{ layers: ['xpay', 'revops-q1'], maxfee_msat: 16_000 }]);
    expect(named('askrene-remove-layer')).toEqual([{ layer: 'revops-q1' }]);
    const methods = calls.map(({ method }) => method);
    for (const method of ['sendpay', 'invoice', 'askrene-reserve']) expect(methods).not.toContain(method);
  });

  it('beyond the cap is what the way would cost without one', async () => {
    const { price, named } = ask({
      getroutes: (params) => (params['maxfee_msat'] === 16_000 ? TOO_DEAR(params) : PATH_REPLY),
    });
    expect(await price()).toEqual({ feeMsat: 8000n, failure: null });
    expect(named('getroutes')).toHaveLength(2);
  });

  it('is not known where no way is found: then it says why, and leaves nothing', async () => {
    const none = ask({ getroutes: refusing('getroutes', 205, 'no') });
    expect(await none.price()).toEqual({ feeMsat: null, failure: 'no-route' });
    expect(await ask({ getroutes: TOO_DEAR }).price()).toEqual({ feeMsat: null, failure: 'too-expensive' });
    expect(none.named('askrene-remove-layer')).toHaveLength(1);
    expect(await ask({ listpeerchannels: () => ({ channels: [] }) }).price()).toMatchObject({
      failure: 'peer-offline',
    });
  });

  it('is the last hop alone where that is beyond the cap already, and nobody else is asked', async () => {
    const { driver, named } = scriptedNode([]);
    const dear = { ...question, maxFeeMsat: msat(4000n) };
    expect(await driver.priceOf(dear, new AbortController().signal)).toEqual({ feeMsat: 4000n, failure: null });
    expect(named('getroutes')).toEqual([]);
  });

  it('is an error where the node does not answer, and nothing is left', async () => {
    const { price, named } = ask({
      getroutes: () => {
        throw new RpcTimeoutError('getroutes', 45_000);
      },
    });
    await expect(price()).rejects.toMatchObject({ kind: 'timeout' });
    expect(named('askrene-remove-layer')).toHaveLength(1);
  });
});
