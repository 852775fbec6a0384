// Does the database give back the past that was written into it, as a backtest needs it?
import { describe, expect, it } from 'vitest';
import { HistoryError } from '../../src/core/backtest/history.ts';
import { createMarket, DAY } from '../../src/sim/market/market.ts';
import { scenarioNamed } from '../../src/sim/market/scenario.ts';
import { msat, nodeId, ppm, scid, unixSec } from '../../src/core/units.ts';
import { StoreError } from '../../src/ports.ts';
import { readHistory } from '../../src/store/read-only.ts';
import { channelOf, keep, peerOf, scidOf } from '../sim/backtest/kept.ts';
import { byHand, guessedFees } from '../../bench/known-market.ts';
import { reserved } from './rebalance-examples.ts';
import { temporaryDatabase } from './temporary.ts';
import { writeFileSync } from 'node:fs';

const market = createMarket({ ...scenarioNamed('S1'), channels: 6, forwardsPerDay: 40 }, 3, 20);
const past = byHand(market, guessedFees(market), 6);
const circle = { at: past.from + 3 * DAY, from: 0, to: 1, amountMsat: 200_000_000, feeMsat: 60_000 };
const history = { ...past, circles: [circle] };

describe('the past of a database', () => {
  const database = temporaryDatabase();

  it('has channels, forwards, fees and rebalances', () => {
    const store = database.open();
    keep(history, store);
    store.close();
    const read = readHistory(database.path, null, null);
    expect(read.from).toBe(history.from);
    expect(read.until).toBe(history.until);
    const numbers = history.channels.map((_, k) => read.channels.findIndex(({ name }) => name === scidOf(k)));
    expect([...numbers].sort()).toEqual([0, 1, 2, 3, 4, 5]);
    // Settled two seconds after it was received, the last of the time may not have.
    expect(read.forwards.length).toBeGreaterThanOrEqual(history.forwards.length - 1);
    read.forwards.forEach(({ at, from, to, amountMsat, feeMsat }, n) => {
      const kept = history.forwards[n];
      expect([at, from, to, amountMsat, feeMsat]).toEqual([
        Math.floor(kept?.at ?? 0),
        numbers[kept?.from ?? 0],
        numbers[kept?.to ?? 0],
        kept?.amountMsat,
        kept?.feeMsat,
      ]);
    });
    expect(read.circles).toEqual([{ ...circle, from: numbers[0], to: numbers[1] }]);
    history.channels.forEach(({ capacityMsat, startMsat, fees }, k) => {
      const found = read.channels[numbers[k] ?? 0];
      expect(found?.capacityMsat).toBe(capacityMsat);
      expect(found?.startMsat).toBe(startMsat);
      if (fees.length > 1)
        expect(found?.fees).toEqual(fees.map(({ at, ppm: fee }) => ({ at: Math.floor(at), ppm: fee })));
    });
  });

  it('begins at the midnight before, with the balances that the days before have left', () => {
    const store = database.open();
    keep(history, store);
    store.close();
    const since = history.from + 5 * DAY + 100;
    const read = readHistory(database.path, since, null);
    expect(read.from).toBe(history.from + 5 * DAY);
    const moved = (k: number): number =>
      history.forwards.reduce((sum, { at, from, to, amountMsat, feeMsat }) => {
        // By when it settled.
        if (Math.floor(at) + 2 >= read.from) return sum;
        return sum + (from === k ? amountMsat + feeMsat : 0) - (to === k ? amountMsat : 0);
      }, 0);
    history.channels.forEach(({ startMsat }, k) => {
      const circled = k === 0 ? -circle.amountMsat - circle.feeMsat : k === 1 ? circle.amountMsat : 0;
      const found = read.channels.find(({ name }) => name === scidOf(k));
      expect(found?.startMsat).toBe((startMsat ?? 0) + moved(k) + circled);
    });
  });

  it('takes all channels to one peer for one', () => {
    const store = database.open();
    keep(history, store);
    const second = scid('800000x1x0');
    store.rememberChannels(
      [{ channelId: channelOf(99), peerId: peerOf(0), scids: [second], capacity: msat(5_000_000_000), closed: false }],
      unixSec(history.from),
    );
    store.close();
    const read = readHistory(database.path, null, null);
    expect(read.channels).toHaveLength(6);
    const both = read.channels.find(({ name }) => name.startsWith(scidOf(0)));
    expect(both?.capacityMsat).toBe((history.channels[0]?.capacityMsat ?? 0) + 5_000_000_000);
  });

  it('does not reach back to where nobody wrote the fees down, and leaves dry runs out', () => {
    const store = database.open();
    keep(history, store);
    store.fees.saveCycle({
      ...{ pricing: new Map(), decisions: new Map(), intents: [] },
      changes: [
        {
          ...{ channelId: channelOf(0), peerId: peerOf(0), oldFeePpm: ppm(1), newFeePpm: ppm(4999) },
          ...{ reason: 'dry-run: step', manual: false, at: unixSec(history.from + DAY) },
        },
      ],
    });
    store.close();
    const read = readHistory(database.path, 0, null);
    expect(read.from).toBe(history.from);
    expect(read.channels.flatMap(({ fees }) => fees.map(({ ppm: fee }) => fee))).not.toContain(4999);
  });

  it('has the rebalances that were tried, not those that were never sent', () => {
    const store = database.open();
    keep(history, store);
    const at = (seconds: number) => unixSec(history.from + seconds);
    for (const [id, ...events] of [
      ['dropped', 'drop'],
      ['failed', 'dispatch', 'fail'],
      ['settled', 'dispatch', 'succeed'],
    ] as const) {
      reserved(store.rebalances, id, {}, at(DAY));
      for (const event of events) store.rebalances.advance(id, event, at(DAY + 60), {});
    }
    store.close();
    expect(readHistory(database.path, null, null).attempts).toEqual({ succeeded: 1, failed: 1 });
    expect(readHistory(database.path, at(2 * DAY), null).attempts).toEqual({ succeeded: 0, failed: 0 });
  });

  it('is refused where there is none, or of nothing known', () => {
    const store = database.open();
    store.claim(nodeId(`02${'1'.repeat(64)}`));
    store.close();
    expect(() => readHistory(database.path, null, null)).toThrow(HistoryError);
    writeFileSync(`${database.folder}/no.db`, 'a text, and by far no database');
    expect(() => readHistory(`${database.folder}/no.db`, null, null)).toThrow(StoreError);
    expect(() => readHistory(`${database.folder}/absent.db`, null, null)).toThrow('it is absent');
  });
});
