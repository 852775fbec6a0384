// What becomes of a rebalance whose driver was lost, by what the node says of its payments?
import { describe, expect, it } from 'vitest';
import { transition, type Intent } from '../../../src/core/rebalance/intent.ts';
import { recover, type Recovery, type RecoveryInput } from '../../../src/core/rebalance/recover.ts';
import type { SelfPaymentRow } from '../../../src/core/rebalance/types.ts';
import { msat, ZERO_MSAT } from '../../../src/core/units.ts';
import { chan, end, hash, intent, later, peer, row, sats } from './builders.ts';

const at = (
  seconds: number,
  intents: readonly Intent[],
  rows: readonly SelfPaymentRow[],
  changes: Partial<RecoveryInput> = {},
): Recovery =>
  recover({
    now: later(seconds),
    intents,
    rows,
    gapless: true,
    running: [],
    ended: new Set(),
    peerOf: new Map([1, 2, 3].map((n) => [chan(n), peer(n)])),
    ...changes,
  });
const only = ({ steps }: Recovery) => {
  const [step] = steps;
  if (step === undefined || steps.length !== 1) throw new Error('one intent was given');
  return step;
};

const HOUR = 3600;
const DAY = 86_400;
const pending = row({ status: 'pending', completedAt: null });
const failed = row({ status: 'failed' });
/** circular chooses its own hashes and does not tell them. */
const circular = intent({ driver: 'circular', paymentHashes: [] });

describe('an intent with a known payment', () => {
  it('is settled by a complete payment, with the real fee and the time of its end', () => {
    expect(only(at(0, [intent()], [row()]))).toMatchObject({
      event: 'succeed',
      news: { movedMsat: sats(500_000), feeMsat: sats(100), endedAt: later(-50) },
    });
  });

  it('counts a fee beyond the cap as what it is', () => {
    const dear = row({ amountSentMsat: msat(500_400_001) });
    expect(only(at(0, [intent()], [dear])).news.feeMsat).toBe(msat(400_001));
  });

  it('stays while it is pending before the deadline, and becomes unknown after it', () => {
    expect(only(at(0, [intent()], [pending])).event).toBeNull();
    expect(only(at(61, [intent()], [pending])).event).toBe('lose-sight');
    expect(only(at(61, [intent({ state: 'unknown' })], [pending])).event).toBeNull();
  });

  it.each([
    ['complete', row(), 'succeed', sats(100)],
    ['failed', failed, 'fail', ZERO_MSAT],
  ] as const)('that was unknown is settled either way once it is %s', (_, end_, event, fee) => {
    const step = only(at(3 * DAY, [intent({ state: 'unknown' })], [end_]));
    expect([step.event, step.news.feeMsat]).toEqual([event, fee]);
  });

  it('fails when every payment of it failed and its driver is gone, a grace after the dispatch', () => {
    expect(only(at(59, [intent()], [failed])).event).toBeNull();
    expect(only(at(61, [intent()], [failed])).event).toBe('fail');
  });

  it('is settled by the attempt that succeeded, after others failed', () => {
    const two = intent({ paymentHashes: [hash(1), hash(2)] });
    const step = only(at(0, [two], [failed, row({ paymentHash: hash(2), createdIndex: 12 })]));
    expect(step).toMatchObject({ event: 'succeed', news: { feeMsat: sats(100) } });
  });

  it('of which a part arrived is settled with that, once nothing more can come', () => {
    const part = row({ amountMsat: sats(200_000), amountSentMsat: sats(200_040) });
    expect(only(at(59, [intent()], [part, failed])).event).toBeNull();
    expect(only(at(61, [intent()], [part, failed]))).toMatchObject({
      event: 'succeed',
      news: { movedMsat: sats(200_000), feeMsat: sats(40) },
    });
  });

  it('adds the parts of one payment up', () => {
    const parts = [250, 250].map((thousand) =>
      row({ amountMsat: sats(thousand * 1000), amountSentMsat: sats(thousand * 1000 + 30) }),
    );
    expect(only(at(0, [intent()], parts)).news).toMatchObject({ movedMsat: sats(500_000), feeMsat: sats(60) });
  });
});

describe('an intent of which there is no trace', () => {
  it('that was never dispatched is dropped, and its reservation with it', () => {
    const planned = intent({ state: 'planned', dispatchedAt: null, paymentHashes: [] });
    const step = only(at(0, [planned], []));
    expect(step.event).toBe('drop');
    expect(transition('planned', 'drop')).toBe('failed');
  });

  it('fails where the list of payments is whole, so that it was never sent', () => {
    expect(only(at(59, [intent()], [])).event).toBeNull();
    expect(only(at(61, [intent()], []))).toMatchObject({ event: 'fail', news: { feeMsat: ZERO_MSAT } });
  });

  it('is unknown and keeps its reservation where payments have been deleted', () => {
    expect(only(at(HOUR, [intent()], [], { gapless: false })).event).toBe('lose-sight');
    expect(only(at(14 * DAY, [intent({ state: 'unknown' })], [], { gapless: false })).event).toBeNull();
  });

  it('is not kept for ever: no HTLC lives longer than 15 days', () => {
    expect(only(at(16 * DAY, [intent({ state: 'unknown' })], [], { gapless: false })).event).toBe('fail');
  });

  it('is not taken for failed because of one payment, while another of its own is missing', () => {
    const two = intent({ paymentHashes: [hash(1), hash(2)] });
    expect(only(at(HOUR, [two], [failed], { gapless: false })).event).toBe('lose-sight');
    expect(only(at(HOUR, [two], [failed, { ...failed, paymentHash: hash(2) }], { gapless: false })).event).toBe('fail');
  });
});

describe('a driver that chooses its own hashes', () => {
  it('is recognised by source channel, amount and time', () => {
    const step = only(at(0, [circular], [row({ paymentHash: hash(7) })]));
    expect(step).toMatchObject({ event: 'succeed', foundHashes: [hash(7)] });
  });

  it.each([
    ['another source', { outChannel: chan(3) }],
    ['another destination', { inChannel: chan(3) }],
    ['another amount', { amountMsat: sats(500_001) }],
    ['before the dispatch', { createdAt: later(-120) }],
    ['an index from before the dispatch', { createdIndex: 10 }],
    ['long after its driver stopped', { createdAt: later(2 * HOUR) }],
  ])('is not the payment with %s: that is reported as foreign', (_, changes) => {
    const other = row({ paymentHash: hash(7), ...changes });
    const recovery = at(3 * HOUR, [circular], [other]);
    expect(only(recovery).event).toBe('fail');
    expect(recovery.foreign).toEqual([other]);
  });

  it('is recognised where the clock of the node is some seconds behind ours', () => {
    const early = (seconds: number) => [row({ paymentHash: hash(7), createdAt: later(-60 - seconds) })];
    expect(only(at(0, [circular], early(5)))).toMatchObject({ event: 'succeed', news: { feeMsat: sats(100) } });
    expect(at(0, [circular], early(6)).foreign).toHaveLength(1);
  });

  it('may have come back by another channel of the same peer (sling 4.1.1)', () => {
    const peerOf = new Map([
      [chan(2), peer(2)],
      [chan(9), peer(2)],
    ]);
    const step = only(at(0, [circular], [row({ paymentHash: hash(7), inChannel: chan(9) })], { peerOf }));
    expect(step.event).toBe('succeed');
  });

  it('is given time to finish without us, though nothing is in sight', () => {
    expect(only(at(60 + 599, [circular], [])).event).toBeNull();
    expect(only(at(60 + 601, [circular], [])).event).toBe('fail');
  });

  it('of sling, which goes on by itself, is settled however late it arrives', () => {
    const sling = intent({ driver: 'sling', paymentHashes: [] });
    const late = row({ paymentHash: hash(7), createdAt: later(5 * HOUR), completedAt: later(5 * HOUR) });
    expect(only(at(6 * HOUR, [sling], [late]))).toMatchObject({ event: 'succeed', news: { feeMsat: sats(100) } });
    expect(only(at(6 * HOUR, [circular], [late])).event).toBe('fail');
  });

  it('of sling is held, however long, while sling could not be made to stop', () => {
    const sling = intent({ driver: 'sling', paymentHashes: [] });
    const unstopped = new Set(['r1']);
    expect(only(at(20 * DAY, [sling], [], { unstopped })).event).toBe('lose-sight');
    expect(only(at(20 * DAY, [sling], [row({ paymentHash: hash(7) })], { unstopped })).event).toBe('succeed');
    expect(only(at(HOUR, [sling], [])).event).toBe('fail');
  });

  it('of rebalance, where it may still be queued, is held until the plugin has answered, and settled however late', () => {
    const queued = intent({ driver: 'rebalance', state: 'unknown', paymentHashes: [] });
    const unstopped = new Set(['r1']);
    expect(only(at(20 * DAY, [queued], [], { unstopped })).event).toBeNull();
    const late = row({ paymentHash: hash(7), createdAt: later(HOUR), completedAt: later(HOUR) });
    expect(only(at(2 * HOUR, [queued], [late]))).toMatchObject({ event: 'succeed', news: { feeMsat: sats(100) } });
    expect(only(at(HOUR, [queued], []))).toMatchObject({ event: 'fail' });
  });

  it('is left in peace while it still works, whatever the list says', () => {
    const running = [circular];
    const recovery = at(HOUR, [], [{ ...pending, paymentHash: hash(7) }], { running });
    expect(recovery).toEqual({ steps: [], foreign: [] });
  });

  it('is unknown while a payment may be its own, but nobody can tell', () => {
    const unclear = row({ paymentHash: hash(7), outChannel: null, inChannel: null });
    expect(only(at(HOUR, [circular], [unclear])).event).toBe('lose-sight');
  });

  it('has two complete payments of another tool at the same time: only its own counts', () => {
    const rows = [
      row({ paymentHash: hash(7), outChannel: chan(3) }),
      row({ paymentHash: hash(8), createdIndex: 12, amountSentMsat: sats(500_070) }),
    ];
    const recovery = at(0, [circular], rows);
    expect(only(recovery)).toMatchObject({ event: 'succeed', news: { feeMsat: sats(70) }, foundHashes: [hash(8)] });
    expect(recovery.foreign.map(({ paymentHash }) => paymentHash)).toEqual([hash(7)]);
  });
});

describe('a payment that may be of another of ours', () => {
  /** From the same channel, of the same amount: while it is pending, all that is known of it. */
  const another = { ...circular, id: 'r2', to: end(3) };
  const underWay = row({ paymentHash: hash(7), status: 'pending', completedAt: null, inChannel: null });

  it('whose driver is at work is not taken from it, and nothing is decided meanwhile', () => {
    const lost = { ...circular, state: 'unknown' } as const;
    const step = only(at(HOUR, [lost], [underWay], { running: [another] }));
    expect(step).toMatchObject({ event: null, foundHashes: [] });
    // Nodes before v25.09 without bookkeeper never say by which channel it has come back.
    const settled = { ...underWay, status: 'complete' } as const;
    expect(only(at(HOUR, [lost], [settled], { running: [another] }))).toMatchObject({ event: null, foundHashes: [] });
    expect(only(at(HOUR, [lost], [settled])).event).toBe('succeed');
    // It has come back by a channel of the other's.
    const arrived = { ...underWay, status: 'complete', inChannel: chan(3) } as const;
    expect(only(at(HOUR, [lost], [arrived], { running: [another] }))).toMatchObject({ event: 'fail', foundHashes: [] });
  });

  it('that its driver has noted is its own', () => {
    const noted = { ...another, paymentHashes: [hash(7)] };
    expect(only(at(HOUR, [circular], [underWay], { running: [noted] }))).toMatchObject({
      event: 'fail',
      foundHashes: [],
    });
  });

  it('of which no driver lives is of neither until it has come back', () => {
    const waiting = at(HOUR, [circular, another], [underWay]);
    expect(waiting.steps.map(({ event, foundHashes }) => [event, foundHashes])).toEqual([
      ['lose-sight', []],
      ['lose-sight', []],
    ]);
    expect(waiting.foreign).toEqual([]);
    const arrived = { ...underWay, status: 'complete', inChannel: chan(3) } as const;
    const { steps } = at(HOUR, [circular, another], [arrived]);
    expect(steps.map(({ event }) => event)).toEqual(['fail', 'succeed']);
  });

  it('is not noted before it is known where it comes back', () => {
    expect(only(at(HOUR, [circular], [underWay]))).toMatchObject({ event: 'lose-sight', foundHashes: [] });
    const coming = { ...underWay, inChannel: chan(2) };
    expect(only(at(HOUR, [circular], [coming]))).toMatchObject({ event: 'lose-sight', foundHashes: [hash(7)] });
  });

  it('and bears the label of the native driver is of no other', () => {
    const native = row({ paymentHash: hash(7), label: 'revops-rebalance-r9' });
    expect(only(at(HOUR, [circular], [native]))).toMatchObject({ event: 'fail', foundHashes: [] });
  });
});

describe('payments of others', () => {
  it('are reported while pending or complete, and never when they were ours', () => {
    const rows = [row({ paymentHash: hash(4) }), row({ paymentHash: hash(5), status: 'failed' }), row()];
    const recovery = at(0, [intent()], rows, { ended: new Set([hash(6)]) });
    expect(recovery.foreign.map(({ paymentHash }) => paymentHash)).toEqual([hash(4)]);
    expect(at(0, [], [row()], { ended: new Set([hash(1)]) }).foreign).toEqual([]);
  });

  it('are claimed by one intent only', () => {
    const other = { ...circular, id: 'r2', from: end(1), to: end(2) };
    const { steps } = at(HOUR, [circular, other], [row({ paymentHash: hash(7) })]);
    expect(steps.map(({ event }) => event)).toEqual(['succeed', 'fail']);
    const noted = intent({ id: 'r2', paymentHashes: [hash(7)] });
    expect(at(HOUR, [circular, noted], [row({ paymentHash: hash(7) })]).steps.map(({ event }) => event)).toEqual([
      'fail',
      'succeed',
    ]);
  });
});
