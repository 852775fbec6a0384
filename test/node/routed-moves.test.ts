import { describe, expect, it } from 'vitest';
import { sumMsat, unixSec, type UnixSec } from '../../src/core/units.ts';
import type { NodeReader, RoutedMove } from '../../src/ports.ts';
import { answers, without, paged, readerOver, recording, refusing, RECORDED_AT, rows } from './recorded-node.ts';

const LONG_AGO = unixSec(0);

async function movesOf(reader: NodeReader, from: UnixSec, to: UnixSec): Promise<RoutedMove[] | null> {
  const pages = await reader.readRoutedMoves(from, to);
  if (pages === null) return null;
  const all: RoutedMove[] = [];
  for await (const page of pages) all.push(...page);
  return all;
}
const earned = (moves: readonly RoutedMove[] | null) =>
  sumMsat((moves ?? []).filter(({ debitMsat }) => debitMsat > 0n).map(({ feeMsat }) => feeMsat));

/** A node of before v25.09. */
const bookkeeperNode = () => {
  const help = rows('help', 'help').filter(({ command }) => !String(command).startsWith('listchannelmoves'));
  return { ...without(answers(), 'listchannelmoves'), help: () => ({ help }) };
};
const sorted = (moves: readonly RoutedMove[] | null) =>
  (moves ?? [])
    .map(({ channelId, time, creditMsat, debitMsat, feeMsat }) =>
      [channelId, time, creditMsat, debitMsat, feeMsat].map(String).join(' '),
    )
    .sort();

describe('routed moves', () => {
  it('earn what the node says it collected, by either source, and are the same', async () => {
    const fromMoves = await movesOf(readerOver(answers()).reader, LONG_AGO, RECORDED_AT);
    const fromBookkeeper = await movesOf(readerOver(bookkeeperNode()).reader, LONG_AGO, RECORDED_AT);
    expect(fromMoves).toHaveLength(44);
    expect(earned(fromMoves)).toBe(718_200n);
    expect(sorted(fromBookkeeper)).toEqual(sorted(fromMoves));
  });

  it('are asked of each channel by itself, never of all', async () => {
    const { reader, calls } = readerOver(bookkeeperNode());
    await movesOf(reader, LONG_AGO, RECORDED_AT);
    const questions = calls.filter(({ method }) => method === 'bkpr-listaccountevents');
    expect(questions).toHaveLength(6);
    expect(questions.every(({ params }) => /^[0-9a-f]{64}$/.test(String(params['account'])))).toBe(true);
  });

  it.each([
    ['moves', answers],
    ['bookkeeper', bookkeeperNode],
  ])('by %s are those from the first second up to, but without, the last', async (_, node) => {
    const all = rows('listchannelmoves', 'channelmoves').filter(({ primary_tag }) => primary_tag === 'routed');
    const times = [...new Set(all.map(({ timestamp }) => Number(timestamp)))].sort((a, b) => a - b);
    const [from, to] = [times[3] ?? 0, times[9] ?? 0];
    const expected = all.filter(({ timestamp }) => Number(timestamp) >= from && Number(timestamp) < to).length;
    expect(expected).toBeGreaterThan(5);
    expect(await movesOf(readerOver(node()).reader, unixSec(from), unixSec(to))).toHaveLength(expected);
  });

  it('of a channel without an account are none', async () => {
    const { code, message } = recording('bkpr-listaccountevents-error-account').error;
    const node = { ...bookkeeperNode(), 'bkpr-listaccountevents': refusing('bkpr-listaccountevents', code, message) };
    expect(await movesOf(readerOver(node).reader, LONG_AGO, RECORDED_AT)).toEqual([]);
  });

  it('that cannot be read are a failure, not none', async () => {
    const node = {
      ...bookkeeperNode(),
      'bkpr-listaccountevents': refusing('bkpr-listaccountevents', -4, 'Plugin terminated'),
    };
    await expect(movesOf(readerOver(node).reader, LONG_AGO, RECORDED_AT)).rejects.toThrow('Plugin terminated');
  });

  it('are not to be had where there is neither', async () => {
    const { help, ...rest } = bookkeeperNode();
    const list = help().help.filter(({ command }) => !String(command).startsWith('bkpr-'));
    expect(
      await movesOf(readerOver({ ...rest, help: () => ({ help: list }) }).reader, LONG_AGO, RECORDED_AT),
    ).toBeNull();
  });

  it('of a long history are found by bisection, not by reading it all', async () => {
    const [template] = rows('listchannelmoves', 'channelmoves').filter(({ primary_tag }) => primary_tag === 'routed');
    const count = 50_000;
    const begin = 1_700_000_000;
    const list = Array.from({ length: count }, (_, i) => ({
      ...template,
      created_index: i + 1,
      timestamp: begin + i * 60,
    }));
    const answer = paged('channelmoves', list);
    const { reader, calls } = readerOver({
      ...answers(),
      listchannelmoves: ({ start, limit, index }) => {
        // Paging by slices: filtering 50,000 rows a call would make the test slow.
        const first = Number(start);
        return index === 'created' ? { channelmoves: list.slice(first - 1, first - 1 + Number(limit)) } : answer({});
      },
      wait: () => ({ created: count }),
    });
    const from = unixSec(begin + 40_000 * 60);
    const found = await movesOf(reader, from, unixSec(from + 2500 * 60));
    expect(found).toHaveLength(2500);
    expect(found?.[0]?.time).toBe(from);
    expect(calls.length).toBeLessThan(30);
  });

  it('are read on for an hour of moves past the end: the clock may have been set back in between', async () => {
    const [template] = rows('listchannelmoves', 'channelmoves').filter(({ primary_tag }) => primary_tag === 'routed');
    const end = 1_700_000_000;
    const list = Array.from({ length: 1001 }, (_, i) => ({
      ...template,
      created_index: i + 1,
      timestamp: i < 1000 ? end + 1 : end - 1,
    }));
    const { reader } = readerOver({
      ...answers(),
      listchannelmoves: paged('channelmoves', list),
      wait: () => ({ created: 1 }),
    });
    expect(await movesOf(reader, unixSec(end - 10), unixSec(end))).toHaveLength(1);
  });

  it('whose indexes do not rise end in a failure, not in a circle', async () => {
    const [page] = [rows('listchannelmoves', 'channelmoves')];
    const thousand = Array.from({ length: 1000 }, (_, i) => page[i % page.length] ?? {});
    const { reader } = readerOver({ ...answers(), listchannelmoves: () => ({ channelmoves: thousand }) });
    await expect(movesOf(reader, LONG_AGO, RECORDED_AT)).rejects.toThrow('expected indexes from');
  });

  it('of a node that has moved nothing are none', async () => {
    const { reader } = readerOver({
      ...answers(),
      listchannelmoves: () => ({ channelmoves: [] }),
      wait: () => ({ created: 0 }),
    });
    expect(await movesOf(reader, LONG_AGO, RECORDED_AT)).toEqual([]);
  });
});
