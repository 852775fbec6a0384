import { describe, expect, it } from 'vitest';
import { DecodeError } from '../../src/cln/decode.ts';
import { sumMsat, ZERO_MSAT } from '../../src/core/units.ts';
import { decodeForward, decodeForwards } from '../../src/node/forwards.ts';
import { recording, rows, type Json } from './recorded-node.ts';

const all = () => decodeForwards(recording('listforwards').result);
const row = (index: number): Json => {
  const found = rows('listforwards', 'forwards').find((forward) => forward['created_index'] === index);
  if (!found) throw new Error(`no recorded forward ${index}`);
  return found;
};
/** As lightningd wrote it before v23.05 (amounts) and v23.11 (indexes). */
const asOldNode = (forward: Json): Json =>
  Object.fromEntries(
    Object.entries(forward)
      .filter(([name]) => !name.endsWith('_index'))
      .map(([name, value]) => [name, name.endsWith('_msat') ? `${String(value)}msat` : value]),
  );
const failure = (value: unknown): DecodeError => {
  try {
    decodeForwards(value);
  } catch (error) {
    if (error instanceof DecodeError) return error;
  }
  throw new Error('expected a DecodeError');
};

describe('forwards of a real node', () => {
  it('earn what the node says it collected', () => {
    const settled = all().filter(({ status }) => status === 'settled');
    expect(settled).toHaveLength(22);
    expect(sumMsat(settled.map(({ feeMsat }) => feeMsat ?? ZERO_MSAT))).toBe(718_200n);
    expect(BigInt(recording('getinfo').result['fees_collected_msat'] as number)).toBe(718_200n);
  });

  it('come with every field we use', () => {
    expect(decodeForward(row(14))).toEqual({
      createdIndex: 14,
      updatedIndex: 14,
      inChannel: '112x1x0',
      inHtlcId: 1n,
      inMsat: 22_022_000n,
      outChannel: '116x1x0',
      outMsat: 22_000_000n,
      feeMsat: 22_000n,
      status: 'failed',
      failcode: null,
      receivedNs: expect.any(BigInt) as bigint,
      resolvedNs: expect.any(BigInt) as bigint,
    });
    // Doubles resolve 240 ns at this time.
    expect(Number(decodeForward(row(14)).receivedNs)).toBeCloseTo(1795226841.611571 * 1e9, -3);
  });

  it('that we refused ourselves have neither outgoing amount nor end', () => {
    expect(decodeForward(row(16))).toMatchObject({
      status: 'local_failed',
      failcode: 0x1007,
      outChannel: '116x1x0',
      outMsat: null,
      feeMsat: null,
      updatedIndex: null,
      resolvedNs: null,
    });
  });

  it('toward a channel that never was name none', () => {
    expect(row(17)['out_channel']).toBe('9999x1x1');
    expect(decodeForward(row(17)).outChannel).toBeNull();
  });

  it('in flight have neither update nor end', () => {
    const [offered] = decodeForwards(recording('listforwards-status-offered').result);
    expect(offered).toMatchObject({ status: 'offered', updatedIndex: null, resolvedNs: null });
  });

  it.each([
    ['offered', { createdIndex: expect.any(Number) as number, updatedIndex: null }],
    ['settled', { createdIndex: null, updatedIndex: 23, feeMsat: 9500n, inHtlcId: 5n }],
    ['failed', { createdIndex: null, updatedIndex: expect.any(Number) as number }],
    ['local_failed', { createdIndex: 15, updatedIndex: null, failcode: 0x100c }],
  ])('are told of as %s', (status, expected) => {
    const { params } = recording(`notification-forward_event-${status}`);
    expect(decodeForward(params['forward_event'])).toMatchObject({ status, ...expected });
  });
});

describe('forwards of old nodes', () => {
  it('have amounts as text and no indexes, and are the same forwards', () => {
    const old = decodeForwards({ forwards: rows('listforwards', 'forwards').map(asOldNode) });
    expect(old).toEqual(all().map((forward) => ({ ...forward, createdIndex: null, updatedIndex: null })));
  });

  it('without HTLC id are known by minus their index, or minus their arrival', () => {
    const rest = Object.fromEntries(Object.entries(row(3)).filter(([name]) => name !== 'in_htlc_id'));
    expect(decodeForward(rest).inHtlcId).toBe(-3n);
    const old = decodeForward(asOldNode(rest));
    expect(old.inHtlcId).toBe(-BigInt(old.receivedNs));
  });
});

describe('a forward that cannot be right', () => {
  it.each([
    ['status', 'pending', 'offered, settled, failed or local_failed'],
    ['in_channel', '1x2', 'a short channel id'],
    ['in_channel', undefined, 'nothing'],
    ['in_channel', '99999999x1x1', 'a short channel id'],
    ['out_channel', 7, 'a string'],
    ['in_msat', -1, 'msat'],
    ['in_msat', 1.5, 'msat'],
    ['in_msat', 2 ** 53, 'msat'],
    ['in_msat', undefined, 'nothing'],
    ['in_msat', '12', 'msat'],
    ['fee_msat', {}, 'an object'],
    ['in_htlc_id', -1, 'an integer'],
    ['in_htlc_id', 2 ** 60, 'an integer'],
    ['created_index', 0, '1 or more'],
    ['created_index', '3', '1 or more'],
    ['failcode', 'x', 'an integer'],
    ['received_time', 'yesterday', 'a number'],
    ['received_time', -1, 'seconds'],
    ['resolved_time', Infinity, 'a number'],
  ])('is refused for %s %s', (field, value, text) => {
    const error = failure({ forwards: [row(1), { ...row(2), [field]: value }] });
    expect(error.message).toContain(`listforwards.forwards[1].${field}`);
    expect(error.message).toContain(text);
  });

  it.each([[undefined], [null], [{}], [{ forwards: {} }], [{ forwards: [null] }], [{ forwards: [[]] }]])(
    'is refused in a reply like %j',
    (reply) => {
      expect(failure(reply).message).toContain('listforwards.forwards');
    },
  );

  it('does not come from fields we do not know', () => {
    expect(decodeForward({ ...row(1), in_channel_2: 5, style: { new: true } })).toEqual(decodeForward(row(1)));
  });
});
