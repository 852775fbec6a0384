// Is it found out what ways cost before one is taken, without sending anything and without end?
import { describe, expect, it } from 'vitest';
import { DYNAMIC_POLICY } from '../../../src/core/fee/types.ts';
import type { WayPrice, WayQuestion } from '../../../src/ports.ts';
import { NodeError } from '../../../src/ports.ts';
import { msat, unixSec } from '../../../src/core/units.ts';
import { idOf } from '../../store/fake-node.ts';
import { temporaryDatabase } from '../../store/temporary.ts';
import { PayingNode, WANT } from './paying-node.ts';
import { ARRIVES } from './payments-in-memory.ts';

const INTERVAL = 900;
const NOW = unixSec(1);
const database = temporaryDatabase();

const pairOf = ({ from, to }: Pick<WayQuestion, 'from' | 'to'>): string =>
  [from, to].map(({ channelId }) => [1, 2, 3, 4].find((n) => idOf(n) === channelId)).join('>');
const ofPpm = ({ amountMsat }: WayQuestion, ppm: number): WayPrice => ({
  feeMsat: msat((amountMsat * BigInt(ppm)) / 1_000_000n),
  failure: null,
});

/** @param tell what the driver answers */
function askable(tell: (question: WayQuestion) => WayPrice) {
  const node = new PayingNode(database);
  const asked: string[] = [];
  node.payments.priceOf = (question) => {
    asked.push(pairOf(question));
    return Promise.resolve(tell(question));
  };
  return { node, asked, sent: () => node.sent.map((pair) => pair.join('>')) };
}

describe('before the best order is chosen', () => {
  it('the ways are asked for, and the cheapest is taken first, at the price that was told', async () => {
    const { node, asked, sent } = askable((question) => ofPpm(question, pairOf(question) === '4>3' ? 110 : 400));
    await node.cycle();
    expect(new Set(asked)).toEqual(new Set(['1>2', '1>3', '4>2', '4>3']));
    // Nothing is known for longer than it is asked for: each way once.
    expect(asked).toHaveLength(4);
    expect(sent()[0]).toBe('4>3');
    const [first] = node.store.rebalances.endedIntents(unixSec(0));
    expect(Number(first?.expectedFeeMsat) / Number(first?.amountMsat)).toBeCloseTo(110e-6, 8);
  });

  it('what is too dear is not tried, nor asked for again before six hours have passed', async () => {
    const { node, asked } = askable((question) => ofPpm(question, 5000));
    await node.cycle();
    expect(asked).toHaveLength(4);
    node.price();
    await node.cycleAfter(INTERVAL);
    expect(asked).toHaveLength(4);
    expect(node.history).toEqual([]);
    await node.clock.advance(6 * 3600);
    node.price();
    await node.cycle();
    expect(asked).toHaveLength(8);
  });

  it('a question that has left its layer on the node is not taken for another instance’s order', async () => {
    const ids: string[] = [];
    const { node } = askable((question) => {
      ids.push(question.id);
      return ofPpm(question, 5000);
    });
    await node.cycle();
    expect(ids).toHaveLength(4);
    node.payments.orderNames = ids;
    await node.cycleAfter(INTERVAL);
    expect(node.conflicts).toEqual([]);
  });

  it('a way that there is none of rests like one that was tried', async () => {
    const { node, asked } = askable(() => ({ feeMsat: null, failure: 'no-route' }));
    await node.cycle();
    expect(node.history).toEqual([]);
    expect([...node.store.rebalances.failures().values()].map(({ kind }) => kind)).toContain('no-route');
    const before = asked.length;
    await node.cycleAfter(INTERVAL);
    expect(asked.length).toBeLessThan(2 * before);
  });

  it('a price that has proved wrong is forgotten', async () => {
    const { node, asked, sent } = askable((question) => ofPpm(question, 150));
    node.payments.fate = () => ({ ...ARRIVES, end: 'refused' });
    await node.cycle();
    const before = asked.length;
    const [wrong] = sent();
    node.payments.fate = () => ARRIVES;
    node.price();
    await node.cycleAfter(3 * 3600);
    expect(asked.slice(before)).toContain(wrong);
    expect(node.history[0]?.status).toBe('success');
  });
});

describe('questions', () => {
  it('take no more than a fifth of a cycle', async () => {
    const { node, asked } = askable((question) => ofPpm(question, 5000));
    const { priceOf } = node.payments;
    node.payments.priceOf = async (question, signal) => {
      await node.clock.advance(100);
      return (await priceOf?.(question, signal)) ?? { feeMsat: null, failure: 'no-route' };
    };
    await node.cycle();
    expect(asked).toHaveLength(2);
  });

  it('that cannot be answered change nothing: the usual is expected', async () => {
    const plain = new PayingNode(database);
    await plain.cycle();
    const usual = plain.sent.map((pair) => pair.join('>'));
    expect(usual.length).toBeGreaterThan(2);
    plain.fresh();
    plain.payments.priceOf = () => Promise.reject(new NodeError('timeout', 'getroutes took too long'));
    await plain.cycle();
    expect(plain.sent.map((pair) => pair.join('>')).slice(usual.length)).toEqual(usual);
  });

  it('that are answered late, or not at all, let what has happened meanwhile count', async () => {
    const { node, sent } = askable(() => {
      // Said while the node was busy with the question.
      for (const n of WANT)
        node.store.fees.savePolicy({
          ...DYNAMIC_POLICY,
          subject: idOf(n),
          rebalance: 'none',
          expiresAt: null,
          setAt: NOW,
        });
      throw new NodeError('timeout', 'getroutes: no reply within 45000 ms');
    });
    await node.cycle();
    expect(sent()).toEqual([]);
  });

  it('are not asked where nothing may be sent', async () => {
    const { node, asked } = askable((question) => ofPpm(question, 150));
    node.paused = true;
    await node.cycle();
    node.paused = false;
    node.config = { ...node.config, dryRun: true };
    await node.cycle();
    expect(asked).toEqual([]);
  });
});
