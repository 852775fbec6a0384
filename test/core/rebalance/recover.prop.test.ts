// Is each payment at most one rebalance's, whoever works on what and however little the node says of it?
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Intent } from '../../../src/core/rebalance/intent.ts';
import { claim, recover } from '../../../src/core/rebalance/recover.ts';
import { DRIVERS, type SelfPaymentRow } from '../../../src/core/rebalance/types.ts';
import { chan, end, hash, intent, later, peer, row, sats } from './builders.ts';

const HOUR = 3600;
const channel = fc.integer({ min: 1, max: 3 });
const hashes = fc.integer({ min: 1, max: 6 });
const amount = fc.constantFrom(sats(500_000), sats(100_000));
const peerOf = new Map([1, 2, 3].map((n) => [chan(n), peer(n)]));

const anIntent: fc.Arbitrary<Intent> = fc
  .record({ driver: fc.constantFrom(...DRIVERS), from: channel, to: channel, amount, minutes: fc.nat({ max: 60 }) })
  .map(({ driver, from, to, amount: amountMsat, minutes }) =>
    intent({
      ...{ driver, from: end(from), to: end(to), amountMsat, paymentHashes: [], paymentsBefore: null },
      ...{
        plannedAt: later(-60 * minutes - 1),
        dispatchedAt: later(-60 * minutes),
        deadline: later(300 - 60 * minutes),
      },
    }),
  );

const aRow: fc.Arbitrary<SelfPaymentRow> = fc
  .record({
    hash: hashes,
    status: fc.constantFrom('pending', 'complete', 'failed'),
    amount,
    out: fc.option(channel),
    back: fc.option(channel),
    minutes: fc.nat({ max: 60 }),
    label: fc.constantFrom(null, null, 'revops-rebalance-r99', 'somebody'),
  })
  .map(({ hash: n, status, amount: amountMsat, out, back, minutes, label }) =>
    row({
      ...{ paymentHash: hash(n), status, amountMsat, amountSentMsat: amountMsat, label, createdIndex: null },
      ...{ outChannel: out === null ? null : chan(out), inChannel: back === null ? null : chan(back) },
      createdAt: later(-60 * minutes),
    }),
  );

/** Some open, some at work, each with its id, and with the hash that it has noted, if any. */
const some = fc.array(fc.record({ one: anIntent, working: fc.boolean(), noted: fc.option(hashes) }), { maxLength: 5 });

it('found by one, noted by no other, and of none that works', () => {
  fc.assert(
    fc.property(some, fc.array(aRow, { maxLength: 8 }), fc.nat({ max: 2 * HOUR }), (all, rows, seconds) => {
      const taken = new Set<number>();
      const open = all.map(({ one, working, noted }, at) => {
        const own = noted === null || taken.has(noted) ? [] : [noted];
        for (const n of own) taken.add(n);
        return { working, it: { ...one, id: `r${String(at)}`, paymentHashes: own.map(hash) } };
      });
      const intents = open.filter(({ working }) => !working).map((each) => each.it);
      const running = open.filter(({ working }) => working).map((each) => each.it);
      const { steps } = recover({
        ...{ now: later(seconds), intents, running, rows, gapless: true, ended: new Set(), peerOf },
      });

      expect(steps.map(({ id }) => id)).toEqual(intents.map(({ id }) => id));
      const found = steps.flatMap(({ foundHashes }) => foundHashes);
      expect(new Set(found).size).toBe(found.length);
      for (const each of found) {
        expect(open.some(({ it: { paymentHashes } }) => paymentHashes.includes(each))).toBe(false);
        const parts = rows.filter(({ paymentHash }) => paymentHash === each);
        // One of its parts at least tells it from those of all that work.
        const tells = (part: SelfPaymentRow): boolean =>
          running.every((other) => claim(other, part, peerOf) === 'none');
        expect(parts.some(tells)).toBe(true);
        expect(parts.some(({ status, inChannel }) => status !== 'pending' || inChannel !== null)).toBe(true);
      }
    }),
    { numRuns: 2000 },
  );
});

it('whoever works, what nobody claims beside them is settled as if they were not there', () => {
  fc.assert(
    fc.property(anIntent, anIntent, fc.array(aRow, { maxLength: 6 }), (one, other, rows) => {
      const lost = { ...one, id: 'lost', paymentHashes: [] };
      const busy = { ...other, id: 'busy', paymentHashes: [] };
      const alone = rows.filter((each) => claim(busy, each, peerOf) === 'none');
      const given = {
        now: later(2 * HOUR),
        intents: [lost],
        rows: alone,
        gapless: true,
        ended: new Set<string>(),
        peerOf,
      };
      expect(recover({ ...given, running: [busy] }).steps).toEqual(recover({ ...given, running: [] }).steps);
    }),
    { numRuns: 1000 },
  );
});
