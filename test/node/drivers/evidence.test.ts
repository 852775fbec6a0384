// Is it told by the node's payments alone what another plugin has made of an order, and nothing said that they do not?
import { describe, expect, it } from 'vitest';
import type { SelfPaymentRow } from '../../../src/core/rebalance/types.ts';
import { msat, satsToMsat, unixSec } from '../../../src/core/units.ts';
import type { Ask } from '../../../src/node/ask.ts';
import { Evidence, type Sight } from '../../../src/node/drivers/plugins/evidence.ts';
import { chan, end, hash, NOW, row as listed } from '../../core/rebalance/builders.ts';
import { order } from '../../node-tests/order.ts';
import { RebalancingInMemory } from '../../app/rebalancing-in-memory.ts';

/** 500,000 sats from 1 to 2, for 100 sats, sent a second after the plugin was asked. */
const row = (changes: Partial<SelfPaymentRow> = {}): SelfPaymentRow => ({
  ...listed({ createdAt: unixSec(NOW + 1), completedAt: unixSec(NOW + 2) }),
  ...changes,
});
const PENDING = { status: 'pending', completedAt: null } as const;

/** What is seen where the node lists these, and which hashes are told of. */
async function look(rows: readonly SelfPaymentRow[], gapless = true, indexes = true) {
  const node = new RebalancingInMemory();
  node.index = indexes ? 10 : null;
  const told: string[] = [];
  const ask = ((_, __, decode) =>
    Promise.resolve(decode({ channels: [{ channel_id: chan(2) }, { channel_id: chan(9) }] }))) as Ask;
  const quiet = (): void => undefined;
  const evidence = await Evidence.open(
    {
      ask,
      payments: {
        ...node.payments,
        readSince: async (...asked) => {
          const page = await node.payments.readSince(...asked);
          return indexes ? page : { ...page, cursor: null };
        },
      },
      clock: { now: () => NOW, sleep: () => Promise.resolve() },
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    },
    'circular',
    order({
      ...{ id: 'o1', from: end(1), to: end(2) },
      ...{ amountMsat: satsToMsat(500_000), maxFeeMsat: satsToMsat(300), deadline: unixSec(NOW + 60) },
    }),
    { signal: new AbortController().signal, onDispatched: (paymentHash) => told.push(paymentHash) },
  );
  node.rows = [...rows];
  node.gapless = gapless;
  return { sight: await evidence.look(), told, again: () => evidence.look() };
}

describe('an order of another plugin', () => {
  it.each<[string, readonly SelfPaymentRow[], boolean, Sight['kind']]>([
    ['has arrived', [row()], true, 'arrived'],
    ['has arrived, whatever else was deleted', [row()], false, 'arrived'],
    ['is under way', [row(PENDING)], true, 'in-flight'],
    [
      'is under way with a part, while another has arrived',
      [row(), row({ ...PENDING, paymentHash: hash(2) })],
      true,
      'in-flight',
    ],
    [
      'may be what has left by a channel that nobody can name',
      [row({ outChannel: null, inChannel: null })],
      true,
      'unclear',
    ],
    [
      'may be what is leaving by a channel that nobody can name',
      [row({ ...PENDING, outChannel: null, inChannel: null })],
      true,
      'unclear',
    ],
    ['may have been deleted', [], false, 'unclear'],
    ['may have been deleted, but for an attempt that failed', [row({ status: 'failed' })], false, 'unclear'],
    ['has come to nothing', [row({ status: 'failed' })], true, 'nothing'],
    ['has come to nothing, whatever else failed', [row({ status: 'failed', outChannel: null })], true, 'nothing'],
    ['is not what others have paid', [row({ outChannel: chan(3) })], true, 'nothing'],
  ])('%s', async (_, rows, gapless, kind) => {
    const { sight } = await look(rows, gapless);
    expect(sight.kind).toBe(kind);
  });

  it('is seen on a node that knows no indexes, where nothing can be told of what was deleted', async () => {
    const { sight } = await look([row({ createdIndex: null })], false, false);
    expect(sight).toMatchObject({ kind: 'arrived', feeMsat: satsToMsat(100) });
    expect((await look([], false, false)).sight.kind).toBe('nothing');
  });

  it('has moved and cost what all that arrived did', async () => {
    const two = [row(), row({ paymentHash: hash(2), amountSentMsat: satsToMsat(500_020) }), row({ status: 'failed' })];
    const { sight, told } = await look(two);
    expect(sight).toMatchObject({ movedMsat: satsToMsat(1_000_000), feeMsat: satsToMsat(120), attempts: 3 });
    // Not one payment: which of them nobody can say, but both are the order's.
    expect(sight.paymentHash).toBeNull();
    expect(told).toEqual([hash(1), hash(2)]);
    expect((await look([row({ outChannel: null, inChannel: null }), row()])).sight.attempts).toBe(2);
    const untold = row({ amountMsat: null, amountSentMsat: msat(500_000_007) });
    expect((await look([untold])).sight).toMatchObject({ movedMsat: satsToMsat(500_000), feeMsat: 7n });
  });

  it('names a payment under way only once it is known where it comes back, and tells of it once it has', async () => {
    const leaving = await look([row({ ...PENDING, inChannel: null })]);
    expect([leaving.sight.paymentHash, leaving.told]).toEqual([null, []]);
    const returning = await look([row(PENDING)]);
    expect([returning.sight.paymentHash, returning.told]).toEqual([hash(1), []]);
    const arrived = await look([row()]);
    await arrived.again();
    expect(arrived.told).toEqual([hash(1)]);
    expect((await look([row({ inChannel: null })])).told).toEqual([]);
  });

  it('names the channel by which the peer has delivered instead', async () => {
    expect((await look([row()])).sight.elsewhere).toBeNull();
    expect((await look([row({ inChannel: chan(9) })])).sight).toMatchObject({ kind: 'arrived', elsewhere: chan(9) });
    expect((await look([row({ inChannel: chan(3) })])).sight.kind).toBe('nothing');
  });
});
