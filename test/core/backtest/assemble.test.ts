// Which part of the records does a backtest take, and is that as long as was asked for?
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assemble, spanOf, type Records } from '../../../src/core/backtest/assemble.ts';
import { HistoryError } from '../../../src/core/backtest/history.ts';
import type { ChannelBooks } from '../../../src/core/profit/books.ts';
import { channelId, msat, nodeId, ppm, scid, unixSec } from '../../../src/core/units.ts';

const at = (text: string): number => Date.parse(text) / 1000;
const DAY = 86_400;
const BOUNDS = {
  feesKnownSince: at('2026-11-01T19:12:00Z'),
  forwardsSince: 0,
  knownUntil: at('2026-12-01T09:40:00Z'),
};

describe('the span of a history', () => {
  it.each([
    ['as much as there is', null, null, '2026-11-02T00:00:00Z', '2026-12-01T09:00:00Z'],
    [
      'from within a day: that day whole',
      '2026-11-10T12:00:00Z',
      '2026-11-24T12:00:00Z',
      '2026-11-10T00:00:00Z',
      '2026-11-24T12:00:00Z',
    ],
    ['from a midnight', '2026-11-10T00:00:00Z', null, '2026-11-10T00:00:00Z', '2026-12-01T09:00:00Z'],
    [
      'from a day of which not all is known: the next one',
      '2026-11-01T21:00:00Z',
      null,
      '2026-11-02T00:00:00Z',
      '2026-12-01T09:00:00Z',
    ],
    ['from before anything is known', '2026-01-01T00:00:00Z', null, '2026-11-02T00:00:00Z', '2026-12-01T09:00:00Z'],
  ])('%s', (_, since, until, from, end) => {
    const asked = (text: string | null): number | null => (text === null ? null : at(text));
    expect(spanOf(BOUNDS, asked(since), asked(until))).toEqual({ from: at(from), until: at(end) });
  });

  it('looks ninety days back when nobody says how far', () => {
    expect(spanOf({ ...BOUNDS, feesKnownSince: 0 }, null, null).from).toBe(at('2026-09-02T00:00:00Z'));
  });

  it('is at least as many days as were asked for, where the records reach', () => {
    const moment = fc.integer({ min: at('2026-11-03T00:00:00Z'), max: BOUNDS.knownUntil });
    fc.assert(
      fc.property(moment, moment, (since, until) => {
        fc.pre(since + DAY <= until);
        const span = spanOf(BOUNDS, since, until);
        expect(span.from % DAY).toBe(0);
        expect(span.until - span.from).toBeGreaterThanOrEqual(Math.floor((until - since) / DAY) * DAY);
      }),
    );
  });

  it.each([
    ['after all that is known', '2026-12-01T12:00:00Z', null],
    ['before anything is known', null, '2026-11-01T00:00:00Z'],
    ['within the first day, which is not known whole', '2026-11-01T20:00:00Z', '2026-11-01T23:00:00Z'],
  ])('is refused %s', (_, since, until) => {
    const ask = () => spanOf(BOUNDS, since === null ? null : at(since), until === null ? null : at(until));
    expect(ask).toThrow(HistoryError);
    expect(ask).toThrow('of the time asked for, got those from 2026-11-01T19:12:00Z to 2026-12-01T09:40:00Z');
  });
});

const id = (n: number) => channelId(n.toString(16).repeat(64));
const peer = (n: number) => nodeId(`02${n.toString(16).repeat(64)}`);
const figure = (amount: number) => ({ amount: msat(amount), estimated: false });
const moment = (day: number) => ({ time: unixSec(day * DAY), estimated: false });
const books = (n: number, given: Partial<ChannelBooks> = {}): ChannelBooks => ({
  ...{ channelId: id(n), peerId: peer(n), names: [scid(`10${n}x1x0`), scid(`9${n}x1x0`)], opener: 'local' },
  ...{ openedAt: moment(1), funding: figure(0), openingFee: figure(77), push: figure(0), lease: figure(0) },
  ...{ splices: [], closing: null, source: 'moves' },
  ...given,
});
const record = (n: number, peerOf: number | null, capacityMsat: number): Records['channels'][number] => ({
  ...{ channelId: id(n), peerId: peerOf === null ? null : peer(peerOf), capacityMsat },
});
const NONE: Records = {
  ...{ channels: [], forwards: [], changes: [], books: [], days: new Map(), selfPayments: [] },
  attempts: { succeeded: 4, failed: 7 },
};
const SPAN = { from: 10 * DAY, until: 40 * DAY };
const forward = (day: number, from: number, to: number): Records['forwards'][number] => ({
  ...{ at: day * DAY + 5, from: id(from), to: id(to), amountMsat: 1_000_000, feeMsat: 0 },
});
const moved = (day: number, received: number, sent: number) => ({
  ...{ time: unixSec(day * DAY), amount: msat(0), estimated: false, sourced: msat(0) },
  ...{ sentCount: 1, sent: msat(sent), receivedCount: 1, received: msat(received) },
});
const circle = (day: number, from: number | null, to: number | null, amount: number, fee: number) => ({
  ...{
    paymentHash: `${day}-${from}-${to}`,
    part: 0,
    time: unixSec(day * DAY + 9),
    amount: msat(amount),
    fee: msat(fee),
  },
  ...{ outChannel: from === null ? null : id(from), inChannel: to === null ? null : id(to) },
});
const change = (n: number, day: number, fromPpm: number, toPpm: number) => ({
  ...{ channelId: id(n), at: unixSec(day * DAY), fromPpm: ppm(fromPpm), toPpm: ppm(toPpm) },
});

describe('what is made of the records', () => {
  it('has a peer once, by whichever channels it has', () => {
    const history = assemble(
      {
        ...NONE,
        channels: [record(1, 1, 5000), record(2, 2, 700), record(3, 1, 3000)],
        books: [books(1), books(2), books(3, { peerId: peer(1), openedAt: moment(20) })],
        forwards: [forward(11, 2, 1), forward(21, 2, 3), forward(22, 2, 3), forward(23, 1, 2), forward(24, 8, 2)],
        changes: [change(1, 12, 100, 200), change(2, 5, 40, 50), change(3, 25, 300, 400)],
      },
      SPAN,
    );
    expect(history.channels).toEqual([
      {
        ...{ name: '101x1x0 + 103x1x0', capacityMsat: 8000, from: SPAN.from, until: SPAN.until, startMsat: 0 },
        // Of the busiest.
        fees: [
          { at: SPAN.from, ppm: 300 },
          { at: 25 * DAY, ppm: 400 },
        ],
      },
      {
        ...{ name: '102x1x0', capacityMsat: 700, from: SPAN.from, until: SPAN.until, startMsat: 0 },
        fees: [{ at: SPAN.from, ppm: 50 }],
      },
    ]);
    // One came in by a channel that is not in the records.
    expect(history.forwards.map(({ from, to }) => [from, to])).toEqual([
      [1, 0],
      [1, 0],
      [1, 0],
      [0, 1],
    ]);
    expect(history.attempts).toEqual({ succeeded: 4, failed: 7 });
  });

  it('has a channel as long as it was there, and not at all before or after', () => {
    const { channels } = assemble(
      {
        ...NONE,
        channels: [1, 2, 3, 4].map((n) => record(n, n, n * 1000)),
        books: [
          books(1, { closing: { ...moment(10), fee: figure(0), resolved: true } }),
          books(2, { closing: { ...moment(15), fee: figure(0), resolved: true } }),
          books(3, { openedAt: moment(30), funding: figure(900) }),
          books(4, { openedAt: moment(40) }),
        ],
      },
      SPAN,
    );
    expect(channels.map(({ name, from, until, startMsat }) => [name, from / DAY, until / DAY, startMsat])).toEqual([
      ['102x1x0', 10, 15, 0],
      ['103x1x0', 30, 40, 900],
    ]);
  });

  it('counts the capacity of what a peer still has open, and of all that it had where nothing is', () => {
    const closed = (day: number) => ({ closing: { ...moment(day), fee: figure(0), resolved: true } });
    const of = (second: Partial<ChannelBooks>): number | undefined =>
      assemble(
        {
          ...NONE,
          channels: [record(1, 1, 5000), record(2, 1, 700)],
          books: [books(1, closed(20)), books(2, { peerId: peer(1), ...second })],
        },
        SPAN,
      ).channels[0]?.capacityMsat;
    expect(of({})).toBe(700);
    expect(of(closed(30))).toBe(5700);
  });

  it('begins with what was put in and moved before', () => {
    const splice = (day: number, amount: number) => ({
      time: unixSec(day * DAY),
      amount: figure(amount),
      fee: figure(9),
    });
    const balance = (days: readonly ReturnType<typeof moved>[]): number | null | undefined =>
      assemble(
        {
          ...NONE,
          channels: [record(1, 1, 9000), record(2, 2, 9000)],
          books: [
            books(1, {
              ...{ funding: figure(5000), push: figure(-100), lease: figure(30) },
              splices: [splice(9, 2000), splice(10, 4000)],
            }),
            books(2),
          ],
          days: new Map([[id(1), days]]),
          selfPayments: [
            circle(9, 1, 2, 300, 7),
            circle(9, 2, 1, 50, 7),
            circle(10, 1, 2, 400, 7),
            circle(9, null, 1, 6, 1),
          ],
        },
        SPAN,
      ).channels[0]?.startMsat;
    // 5000 - 100 + 30 + 2000, less 307, and 50 and 6 that came.
    expect(balance([])).toBe(6679);
    expect(balance([moved(9, 40, 500), moved(10, 1, 2)])).toBe(6679 + 40 - 500);
  });

  it('does not know the balance of a channel without books', () => {
    const { channels } = assemble(
      { ...NONE, channels: [record(1, 1, 9000)], days: new Map([[id(1), [moved(9, 1, 2)]]]) },
      SPAN,
    );
    expect(channels).toMatchObject([{ name: id(1), startMsat: null, from: SPAN.from, until: SPAN.until }]);
  });

  it('takes rebalances between two peers, within the span', () => {
    const { circles } = assemble(
      {
        ...NONE,
        channels: [record(1, 1, 1), record(2, 2, 1), record(3, 1, 1)],
        books: [books(1), books(2), books(3, { peerId: peer(1) })],
        selfPayments: [
          ...[
            circle(9, 1, 2, 1000, 1),
            circle(10, 1, 2, 1000, 2),
            circle(39, 2, 3, 1000, 3),
            circle(40, 1, 2, 1000, 4),
          ],
          // Within one peer, and of channels that nobody knows.
          ...[
            circle(20, 1, 3, 1000, 5),
            circle(20, null, 2, 1000, 6),
            circle(20, 1, null, 1000, 7),
            circle(20, 1, 9, 1000, 8),
          ],
        ],
      },
      SPAN,
    );
    expect(circles).toEqual([
      { at: 10 * DAY + 9, from: 0, to: 1, amountMsat: 1000, feeMsat: 2 },
      { at: 39 * DAY + 9, from: 1, to: 0, amountMsat: 1000, feeMsat: 3 },
    ]);
  });

  it('takes a channel that tells no fee to ask what half of the others do', () => {
    const { channels } = assemble(
      {
        ...NONE,
        channels: [1, 2, 3, 4].map((n) => record(n, n, 1000)),
        books: [1, 2, 3, 4].map((n) => books(n)),
        changes: [change(2, 12, 500, 5), change(3, 12, 20, 5), change(4, 12, 90, 5)],
      },
      SPAN,
    );
    expect(channels[0]?.fees).toEqual([{ at: SPAN.from, ppm: 90 }]);
  });

  it('knows a peer that nobody remembers by its channel', () => {
    const { channels } = assemble(
      { ...NONE, channels: [record(1, null, 5), record(2, null, 6)], books: [books(1), books(2)] },
      SPAN,
    );
    expect(channels.map(({ name }) => name)).toEqual(['101x1x0', '102x1x0']);
  });
});
