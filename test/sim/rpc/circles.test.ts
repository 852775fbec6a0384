// Does a payment to ourselves end in the simulated node as it would in a real one, and are all replies in its shapes?
import { describe, expect, it } from 'vitest';
import { createWorld, type SimulatedWorld } from '../../../src/sim/world/simulated-world.ts';
import { call, refusal } from '../call.ts';
import { haveSchemas, notificationViolations, replyViolations } from '../cln-schemas.ts';

type Json = Record<string, unknown>;
const B = `02${'b'.repeat(64)}`;
const AMOUNT = 10_000_000;

/** A reply that the schema of its method, where there is one, finds nothing wrong with. */
async function checked(world: SimulatedWorld, method: string, params: object = {}): Promise<Json> {
  const reply: Json = await call(world, method, params);
  if (haveSchemas && !method.startsWith('dev-sim-') && method !== 'askrene-listreservations')
    expect([method, replyViolations(method, reply)]).toEqual([method, []]);
  return reply;
}

/** Our node, a peer, B, another peer, and back. */
async function ring(version = 'v26.06.6') {
  const world = createWorld({ channels: 0, version });
  const own = world.nodeId;
  const out: Json = await call(world, 'dev-sim-channel', { capacity_sats: 1_000_000 });
  const back: Json = await call(world, 'dev-sim-channel', { capacity_sats: 1_000_000, opener: 'remote' });
  await call(world, 'dev-sim-mine', { blocks: 6 });
  const { channels }: { channels: Json[] } = await call(world, 'listpeerchannels');
  const scidOf = ({ channel_id }: Json) =>
    channels.find((row) => row['channel_id'] === channel_id)?.['short_channel_id'];
  const [A, C] = [String(out['peer_id']), String(back['peer_id'])];
  await call(world, 'dev-sim-hop', { short_channel_id: '900x1x0', from: A, to: B, capacity_sats: 1_000_000 });
  const bc = { short_channel_id: '900x2x0', from: B, to: C };
  await call(world, 'dev-sim-hop', { ...bc, capacity_sats: 1_000_000 });
  const lastFee = 1000 + AMOUNT / 10_000;
  const find = { source: A, destination: C, amount_msat: AMOUNT + lastFee, layers: ['l'], final_cltv: 24 };
  await checked(world, 'askrene-create-layer', { layer: 'l' });
  await checked(world, 'askrene-disable-node', { layer: 'l', node: own });
  const getRoute = (rest: object = {}) => checked(world, 'getroutes', { ...find, maxfee_msat: AMOUNT, ...rest });
  const invoice = await checked(world, 'invoice', { amount_msat: AMOUNT, label: 'l', description: 'd', expiry: 60 });
  const hash = invoice['payment_hash'];
  const send = async (): Promise<Json> => {
    const { routes } = (await getRoute()) as { routes: { path: Json[] }[] };
    const path = routes[0]?.path ?? [];
    const route = [
      { id: A, channel: scidOf(out), amount_msat: path[0]?.['amount_in_msat'], delay: path[0]?.['cltv_in'] },
      ...path.map((hop) => ({
        id: hop['node_id_out'],
        channel: String(hop['short_channel_id_dir']).split('/')[0],
        amount_msat: hop['amount_out_msat'],
        delay: hop['cltv_out'],
      })),
      { id: own, channel: scidOf(back), amount_msat: AMOUNT, delay: 18 },
    ];
    const params = { route, payment_hash: hash, payment_secret: invoice['payment_secret'], label: 'l' };
    return checked(world, 'sendpay', params);
  };
  const passTime = (seconds: number): void => {
    world.advanceTo(world.now() + seconds * 1000);
  };
  const rows = async (params: Json = {}) =>
    ((await checked(world, 'listsendpays', params)) as { payments: Json[] }).payments;
  const waited = (timeout = 10): Promise<object> =>
    (call(world, 'waitsendpay', { payment_hash: hash, timeout }) as Promise<object>).catch(
      (error: unknown) => error as object,
    );
  return { world, find, hash, send, getRoute, passTime, rows, waited, bc, A, C, lastFee };
}

describe('getroutes', () => {
  it('finds the way with fees that compound from its end', async () => {
    const { getRoute, lastFee, A, C } = await ring();
    const { routes } = (await getRoute()) as { routes: { path: Json[] }[] };
    const atC = AMOUNT + lastFee;
    const atB = atC + Math.floor(atC / 10_000);
    const atA = atB + Math.floor(atB / 10_000);
    expect(routes[0]?.path).toMatchObject([
      { node_id_in: A, node_id_out: B, amount_in_msat: atA, amount_out_msat: atB, cltv_in: 36, cltv_out: 30 },
      { node_id_in: B, node_id_out: C, amount_in_msat: atB, amount_out_msat: atC, cltv_in: 30, cltv_out: 24 },
    ]);
  });

  it('refuses as askrene does', async () => {
    const { world, getRoute, A } = await ring();
    await expect(getRoute({ maxfee_msat: 1 })).rejects.toMatchObject({ code: 206 });
    await expect(getRoute({ amount_msat: '11btc' })).rejects.toMatchObject({ code: 205 });
    await expect(getRoute({ layers: ['nope'] })).rejects.toMatchObject({ code: -32602, message: /unknown layer/ });
    await expect(getRoute({ destination: A })).rejects.toMatchObject({ code: -1, message: 'child died with signal 6' });
    expect(await refusal(world, 'askrene-create-layer', { layer: 'l' })).toMatchObject({
      message: 'Layer already exists',
    });
  });

  it('minds what it is told: constraints, disabled channels and nodes, reservations', async () => {
    const { world, getRoute } = await ring();
    const direction = ((await getRoute()) as { routes: { path: Json[] }[] }).routes[0]?.path[1]?.[
      'short_channel_id_dir'
    ];
    const hop = { short_channel_id_dir: direction };
    const path = [{ ...hop, amount_msat: 999_000_000 }];
    await checked(world, 'askrene-reserve', { path });
    await expect(getRoute()).rejects.toMatchObject({ code: 205 });
    await checked(world, 'askrene-unreserve', { path });
    await getRoute();
    expect(await refusal(world, 'askrene-unreserve', { path })).toMatchObject({ code: -32602 });
    await checked(world, 'askrene-inform-channel', { layer: 'l', ...hop, amount_msat: AMOUNT, inform: 'constrained' });
    await expect(getRoute()).rejects.toMatchObject({ code: 205 });
    await checked(world, 'askrene-remove-layer', { layer: 'l' });
    await checked(world, 'askrene-create-layer', { layer: 'l' });
    await getRoute();
    await checked(world, 'askrene-update-channel', { layer: 'l', ...hop, enabled: false });
    // Without the old layer our own node is on the way that is left: what a rebalance must never be offered.
    const { routes } = (await getRoute()) as { routes: { path: Json[] }[] };
    expect(routes[0]?.path[0]).toMatchObject({ node_id_out: world.nodeId });
    await checked(world, 'askrene-disable-node', { layer: 'l', node: world.nodeId });
    await expect(getRoute()).rejects.toMatchObject({ code: 205 });
    expect(await checked(world, 'askrene-listlayers', { layer: 'l' })).toMatchObject({
      layers: [{ layer: 'l', channel_updates: [{ ...hop, enabled: false }] }],
    });
  });

  it('is not there before v24.11, and has the older shape before v26.06', async () => {
    expect(await refusal(createWorld({ version: 'v24.08' }), 'askrene-listlayers', {})).toMatchObject({ code: -32601 });
    const { world, find } = await ring('v26.04');
    const { routes }: { routes: { path: Json[] }[] } = await call(world, 'getroutes', { ...find, maxfee_msat: AMOUNT });
    expect(routes[0]?.path[0]).toEqual({
      short_channel_id_dir: expect.stringMatching(/^900x1x0\/[01]$/) as string,
      next_node_id: B,
      amount_msat: 10_004_000,
      delay: 36,
    });
  });
});

describe('a payment', () => {
  it('comes back: balances, moves, invoice and rows say so, and who waits hears of it', async () => {
    const { world, hash, send, passTime, rows, waited } = await ring();
    const topics: string[] = [];
    world.onNotification((topic, payload) => {
      topics.push(topic);
      if (haveSchemas) expect([topic, notificationViolations(topic, payload)]).toEqual([topic, []]);
    });
    const sent = await send();
    expect(sent).toMatchObject({ status: 'pending', amount_msat: AMOUNT });
    expect(await rows({ status: 'pending' })).toHaveLength(1);
    const waiting = waited();
    passTime(1);
    expect(await waiting).toMatchObject({ status: 'complete', payment_hash: hash });
    const fee = Number(sent['amount_sent_msat']) - AMOUNT;
    expect(await rows()).toMatchObject([{ status: 'complete', label: 'l', amount_msat: AMOUNT }]);
    const { channelmoves } = (await checked(world, 'listchannelmoves')) as { channelmoves: Json[] };
    expect(channelmoves.filter(({ payment_hash }) => payment_hash === hash)).toMatchObject([
      { credit_msat: AMOUNT },
      { debit_msat: AMOUNT + fee, fees_msat: fee },
    ]);
    expect(await checked(world, 'listinvoices', { label: 'l' })).toMatchObject({ invoices: [{ status: 'paid' }] });
    await checked(world, 'listhtlcs');
    await checked(world, 'listpeerchannels');
    expect(await checked(world, 'waitsendpay', { payment_hash: hash })).toMatchObject({ status: 'complete' });
    await expect(send()).rejects.toMatchObject({ code: 201 });
    expect(topics).toContain('sendpay_success');
  });

  it('is held for as long as a hop holds it; waiting ends by the clock of the node', async () => {
    const { world, send, passTime, rows, waited, bc } = await ring();
    await call(world, 'dev-sim-hop', { ...bc, conduct: 'hold' });
    await send();
    const waiting = waited(10);
    passTime(9);
    expect(await rows()).toMatchObject([{ status: 'pending' }]);
    await expect(send()).rejects.toMatchObject({ code: 200 });
    passTime(2);
    expect(await waiting).toMatchObject({ code: 200, message: 'Timed out while waiting' });
    await call(world, 'dev-sim-hop', { ...bc, conduct: 'pass' });
    passTime(1);
    expect(await rows()).toMatchObject([{ status: 'complete' }]);
  });

  it.each([
    ['a hop refuses', { conduct: 'refuse' }, { code: 204, data: { erring_index: 2, failcode: 0x2002 } }],
    ['a hop lacks liquidity', { liquidity_msat: 1 }, { code: 204, data: { erring_index: 2, failcode: 4103 } }],
  ])('fails where %s, and nothing has moved', async (_, change, error) => {
    const { world, send, passTime, rows, waited, bc } = await ring();
    await call(world, 'dev-sim-hop', { ...bc, ...change });
    const before = await call(world, 'listpeerchannels');
    await send();
    const waiting = waited();
    passTime(1);
    expect(await waiting).toMatchObject(error);
    expect(await rows()).toMatchObject([{ status: 'failed' }]);
    const balances = (reply: { channels: Json[] }) => reply.channels.map(({ to_us_msat }) => to_us_msat);
    expect(balances(await call(world, 'listpeerchannels'))).toEqual(balances(before));
    // The same hash may be tried again once nothing of it is under way.
    await call(world, 'dev-sim-hop', { ...bc, conduct: 'pass', liquidity_msat: 1_000_000_000 });
    await send();
    passTime(1);
    expect(await rows()).toMatchObject([{ status: 'failed' }, { status: 'complete' }]);
  });

  it('is refused by ourselves once the invoice has expired', async () => {
    const { world, send, passTime, waited, bc } = await ring();
    await call(world, 'dev-sim-hop', { ...bc, conduct: 'hold' });
    await send();
    passTime(120);
    await call(world, 'dev-sim-hop', { ...bc, conduct: 'pass' });
    passTime(1);
    expect(await waited()).toMatchObject({ code: 203 });
  });

  it('cannot leave by a peer who is away, nor be waited for when it was never sent', async () => {
    const { world, hash, send, A } = await ring();
    expect(await refusal(world, 'waitsendpay', { payment_hash: hash })).toMatchObject({ code: 208 });
    await call(world, 'dev-sim-connect', { peer_id: A, connected: false });
    await expect(send()).rejects.toMatchObject({ code: 204, data: { erring_index: 0 } });
  });
});
