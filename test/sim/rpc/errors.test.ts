// Are wrong calls refused with lightningd's own codes and words?
import { describe, expect, it } from 'vitest';
import { CheckPassed, ParamReader } from '../../../src/sim/method.ts';
import { rpcMethods } from '../../../src/sim/rpc/methods.ts';
import { createWorld } from '../../../src/sim/world/simulated-world.ts';
import { IDLE, call, refusal } from '../call.ts';
import { recording } from '../recordings.ts';

/** The recorded node's channel, and ours that stands for it. */
function adapted(params: Record<string, unknown>, scid: string): Record<string, unknown> {
  const swap = (value: unknown): unknown => (value === '112x1x0' || value === '116x1x0' ? scid : value);
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, swap(value)]));
}

describe('recorded refusals', () => {
  it.each([
    'bkpr-listaccountevents-error-account',
    'deldatastore-error',
    'delforward-error',
    'delinvoice-error-unknown',
    'listchannels-error-two-params',
    'listforwards-error-channel-with-index',
    'listforwards-error-limit-without-index',
    'listpeerchannels-error-two',
    'setchannel-error-feebase-too-big',
    'setchannel-error-feeppm-fraction',
    'setchannel-error-feeppm-negative',
    'setchannel-error-htlcmax-lt-min',
    'setchannel-error-unknown-id',
    'setchannel-error-unknown-param',
    'setchannel-error-unknown-scid',
    'wait-error-subsystem',
  ])('%s', async (name) => {
    const world = createWorld();
    const scid = [...world.sim.state.channels.values()][0]?.scid ?? '';
    const { method, params, error } = recording(name);
    expect(await refusal(world, method, adapted(params, scid))).toEqual(error);
  });

  it('setchannel-error-closing', async () => {
    const world = createWorld();
    const scid = [...world.sim.state.channels.values()][0]?.scid ?? '';
    await call(world, 'dev-sim-close', { channel: scid });
    const { method, params, error } = recording('setchannel-error-closing');
    const text = JSON.stringify(error).replaceAll('116x1x0', scid);
    expect(await refusal(world, method, adapted(params, scid))).toEqual(JSON.parse(text));
  });

  it('of the datastore and invoices, in the order they were recorded', async () => {
    const world = createWorld();
    await call(world, 'datastore', { key: ['revenue-ops', 'state'], string: '{"v":1}' });
    const exists = recording('datastore-error-exists');
    expect(await refusal(world, exists.method, exists.params)).toEqual(exists.error);
    await call(world, 'datastore', { key: ['revenue-ops', 'state'], string: 'x', mode: 'must-replace', generation: 0 });
    const generation = recording('datastore-error-generation');
    expect(await refusal(world, generation.method, generation.params)).toEqual(generation.error);
    await call(world, 'invoice', { amount_msat: 10_000, label: 'rec-1', description: 'an invoice' });
    const duplicate = recording('invoice-error-duplicate');
    expect(await refusal(world, duplicate.method, duplicate.params)).toEqual(duplicate.error);
    expect(await refusal(world, 'delinvoice', { label: 'rec-1', status: 'paid' })).toEqual({
      code: 906,
      message: 'Invoice status is unpaid not paid',
      data: { current_status: 'unpaid', expected_status: 'paid' },
    });
  });
});

describe('parameters', () => {
  it('are read by position and by name, numbers also as text', async () => {
    const world = createWorld();
    const scid = [...world.sim.state.channels.values()][0]?.scid ?? '';
    const byName: object = await call(world, 'setchannel', { id: scid, feebase: '2sat', feeppm: '301' });
    expect(byName).toMatchObject({ channels: [{ fee_base_msat: 2000, fee_proportional_millionths: 301 }] });
    expect(await call(world, 'setchannel', [scid, null, 302])).toMatchObject({
      channels: [{ fee_base_msat: 2000, fee_proportional_millionths: 302 }],
    });
    expect(await refusal(world, 'getinfo', [1])).toEqual({
      code: -32602,
      message: 'too many parameters: got 1, expected 0',
    });
    expect(await refusal(world, 'setchannel', {})).toEqual(recording('check-bad').error);
    expect(await refusal(world, 'getinfo', 'x')).toEqual({
      code: -32602,
      message: 'Expected array or object for params',
    });
  });

  it('can be checked without doing anything', () => {
    const world = createWorld();
    const channel = [...world.sim.state.channels.values()][0];
    const check = (params: object) =>
      rpcMethods(world).get('setchannel')?.run(new ParamReader(params, true), { signal: IDLE });
    expect(() => check({ id: channel?.scid, feeppm: 4321 })).toThrow(CheckPassed);
    expect(channel?.policy.ppm).not.toBe(4321);
    expect(() => check({ id: channel?.scid, htlcmin: 2, htlcmax: 1 })).toThrow('htlcmax cannot be less than htlcmin');
  });

  it('have usage lines like those of help', () => {
    const usage = (name: string) => rpcMethods(createWorld()).get(name)?.usage;
    expect(usage('setchannel')).toBe('id [feebase] [feeppm] [htlcmin] [htlcmax] [enforcedelay] [ignorefeelimits]');
    expect(usage('listforwards')).toBe('[status] [in_channel] [out_channel] [index] [start] [limit]');
    expect(usage('wait')).toBe('subsystem indexname nextvalue');
  });
});

describe('older versions', () => {
  it('v23.05 has no indexes, refuses the paging parameters, knows no wait, moves or updates', async () => {
    const world = createWorld({ version: 'v23.05.2', historyDays: 1, forwardsPerDay: 50 });
    const { forwards }: { forwards: object[] } = await call(world, 'listforwards');
    expect(forwards.length).toBeGreaterThan(20);
    expect(forwards.some((row) => 'created_index' in row || 'updated_index' in row)).toBe(false);
    expect(await refusal(world, 'listforwards', { index: 'created' })).toMatchObject({ code: -32602 });
    const { channels }: { channels: object[] } = await call(world, 'listpeerchannels');
    expect(channels.some((channel) => 'updates' in channel)).toBe(false);
    const names = [...rpcMethods(world).keys()];
    expect(names).not.toContain('wait');
    expect(names).not.toContain('listchannelmoves');
  });

  it('v24.11 and v25.05 wait for forwards but not for moves', async () => {
    const v2411 = createWorld({ version: 'v24.11' });
    expect(await call(v2411, 'wait', { subsystem: 'forwards', indexname: 'created', nextvalue: 0 })).toEqual({
      subsystem: 'forwards',
      created: 0,
    });
    const wait = { subsystem: 'channelmoves', indexname: 'created', nextvalue: 0 };
    expect(await refusal(v2411, 'wait', wait)).toMatchObject({ code: -32602 });
    expect(rpcMethods(createWorld({ version: 'v25.05' })).has('listchainmoves')).toBe(false);
    expect(rpcMethods(createWorld({ version: 'v25.09' })).has('listchainmoves')).toBe(true);
  });

  it('a node without bookkeeper has none of its commands', () => {
    const names = [...rpcMethods(createWorld({ bookkeeper: false })).keys()];
    expect(names.filter((name) => name.startsWith('bkpr-'))).toEqual([]);
    expect(names).toContain('listchannelmoves');
  });
});
