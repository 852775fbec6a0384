// Does a benchmark that ended too early go on where it was, and never with what another program found?
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Journal } from '../../bench/market/journal.ts';
import type { Answer, MarketJob } from '../../bench/market/job.ts';
import { CALM } from '../../src/sim/market/scenario.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const job = (seed: number): MarketJob => ({
  scenario: CALM,
  startPpm: 250,
  seed,
  days: 30,
  entries: [{ tool: 'static', setup: 'shipped' }],
  intervals: { fee: 1800, rebalance: 900 },
  tracked: false,
  checkBound: false,
});
const answer = (boundMsat: number): Answer => ({ boundMsat, weeklyBoundMsat: [], linearBoundMsat: null, scores: [] });

it('is known again by the same program for the same job, and by no other', () => {
  const file = join(folder, 'journal');
  const first = new Journal(file, 'program');
  expect(first.answerTo(job(1))).toBeNull();
  first.keep(job(1), answer(7));
  first.keep(job(2), answer(8));
  const again = new Journal(file, 'program');
  expect(again.answerTo(job(1))).toEqual(answer(7));
  expect(again.answerTo(job(2))).toEqual(answer(8));
  expect(again.answerTo(job(3))).toBeNull();
  expect(again.answerTo({ ...job(1), days: 31 })).toBeNull();
  expect(new Journal(file, 'another').answerTo(job(1))).toBeNull();
});

it('goes on after a line that was cut off as it was written', () => {
  const file = join(folder, 'journal');
  new Journal(file, 'program').keep(job(1), answer(7));
  appendFileSync(file, readFileSync(file, 'utf8').slice(0, 40));
  new Journal(file, 'program').keep(job(2), answer(8));
  const again = new Journal(file, 'program');
  expect(again.answerTo(job(1))).toEqual(answer(7));
  expect(again.answerTo(job(2))).toEqual(answer(8));
});

it.each(['{"key":1}\n', 'a diary\n', 'a diary', 'null\n'])('does not write into another file: %j', (text) => {
  const file = join(folder, 'other');
  writeFileSync(file, text);
  expect(() => new Journal(file, 'program')).toThrow(/--journal: .*other, line 1: expected what this option wrote/);
  expect(readFileSync(file, 'utf8')).toBe(text);
});
