// Which test would have caught each failure that rebalancing met in the field? Every one has some, and they exist.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const CORE = 'core/rebalance/failures.test.ts';
const PLAN = 'core/rebalance/plan.test.ts';
const MEMORY = 'core/rebalance/failure-memory.test.ts';
const GUARD = 'core/rebalance/guard.test.ts';
const RECOVER = 'core/rebalance/recover.test.ts';
const PROPERTIES = 'core/rebalance/plan.prop.test.ts';
const CIRCULAR = 'node/drivers/circular.test.ts';
const SLING = 'node/drivers/sling.test.ts';
const REBALANCE = 'node/drivers/rebalance.test.ts';
const BUDGET = 'store/budget.test.ts';
const HISTORY = 'store/rebalance-history.test.ts';
const CYCLE = 'app/rebalance/cycle.test.ts';
const CARRY_OUT = 'app/rebalance/carry-out.test.ts';
const SETTLE = 'app/rebalance/settle-open.test.ts';
const CRASH = 'app/rebalance/crash.prop.test.ts';
const GATHER = 'app/rebalance/gather.test.ts';
const MANUAL = 'app/rebalance/manual.test.ts';
const OTHERS = 'app/rebalance/others.test.ts';

/** `row`: the one of its table, where the test has one and it matters. */
type Test = readonly [file: string, title: string, row?: string];
type Row = readonly [failure: string, ...tests: Test[]];

const LEFT_OVER: Test = [CRASH, 'never more than the budget, never a sat uncounted, never a reservation left over'];
const UNREADABLE: Test = [
  CYCLE,
  'whatever cannot be read: nothing moves, nothing is reserved, and the last verdicts stay',
];

const EXPECTED_VALUE: readonly Row[] = [
  [
    'the better the spread, the surer the rejection',
    [CORE, 'the profit gate was inverted: the better the spread, the surer the rejection'],
    [PROPERTIES, 'never turns an accepted pair into a refused one'],
  ],
  [
    'a route at the expected cost was forbidden',
    [CORE, 'the cap came from the spread after the inbound cost, so that a route at the expected cost was forbidden'],
    [MANUAL, 'without a cap may cost what the arithmetic says it is worth'],
  ],
  [
    'channels that were dear to open were starved',
    [CORE, 'channels that were dear to open were starved: their sunk cost decided'],
  ],
  [
    'idle sources were priced too dear, with a jump',
    [CORE, 'idle sources were priced too dear, with a jump at 10 % turnover a day'],
  ],
  [
    'sources that earn were drained',
    [PROPERTIES, 'is within capital, worth it, within bounds, of eligible channels, and explained'],
    [CORE, 'a source was drained twice in one cycle'],
  ],
  [
    'a tolerance was a no-op behind the last gate',
    [CORE, 'a tolerance of 50 sats was a no-op behind the last gate: here the minimum is the minimum'],
  ],
  ['large slow channels hoarded liquidity', [CORE, 'large slow channels hoarded liquidity']],
  ['targets above the capacity of small channels', [CORE, 'small channels got targets above their capacity']],
  [
    'channels that nothing leaves by were filled',
    [PLAN, '%s', 'no-outflow'],
    [GATHER, 'never fills a channel through which nothing has passed'],
    [CORE, 'an operation with lots that did not sell was topped up again: bought liquidity counts where it is taken'],
  ],
  ['a budget of part of a sat was cut to 0', [CORE, 'a cap of part of a sat was cut to 0']],
  [
    'evaluated for 5 million, carried out in pieces',
    [CORE, 'the value was computed for 5 million and carried out in pieces'],
    [CYCLE, 'moves the best first, and looks again after each that arrived'],
  ],
  ['sats read as msat in the history', [CORE, 'was read in the wrong unit, 1000 times too low']],
  [
    'the actual profit counted twice',
    [HISTORY, 'shows one that is %s, and no msat is hidden'],
    [GATHER, 'has the profit of a rebalance once: what it was worth, less what the way cost'],
  ],
  [
    'the learned cost converged to our own cap',
    [CORE, 'was learned from our own cap on the amount asked for: here from what really moved and what it really cost'],
    [GATHER, 'expects of the way what was really paid for what really arrived, not the cap or the amount asked for'],
  ],
  [
    'every fee read as 0, the reserve as spendable',
    [CORE, 'every fee was read as 0 on modern nodes, and the reserve counted as spendable'],
    [GATHER, 'takes fees and balances from the channels as they are now, and never the reserve for spendable'],
  ],
];

const EXECUTION: readonly Row[] = [
  [
    'circular moved 1000 times as much, or failed: units and arguments were guessed',
    [
      CIRCULAR,
      'success with a fee: moved, fee and hash are those of listsendpays; amounts are asked in sats, never 0 ppm',
    ],
  ],
  [
    'maxppm 0 means 10 to circular',
    [GUARD, 'never hands a driver a cap that it would take for none (circular: maxppm 0 means 10)'],
    [MANUAL, '%s', 'cap-below-one-ppm'],
  ],
  [
    'setup problems are JSON-RPC errors',
    [CIRCULAR, 'JSON-RPC -1: real circular v2 on v26.06 sees no channels, and the report says so'],
  ],
  [
    'sling rejected channels written with colons',
    [SLING, 'one-shot: started, a complete row after some looks, stopped; keys and scids as sling wants them'],
  ],
  [
    'a list of tags could not be bound to SQLite, so that every rebalance was aborted',
    [CYCLE, 'keeps clboss off the balance of both peers, once something has arrived'],
  ],
  [
    'sling’s status is a list of "1:Error"',
    [SLING, 'status is a list of "1:Error": the task would begin anew, so it is stopped at once'],
  ],
  [
    'fee accounting read fields that do not exist',
    [CIRCULAR, 'success without the key `fee`: the fee is known all the same'],
    [CARRY_OUT, 'is in ledger and history: what arrived, what it cost, by which payment'],
  ],
  [
    'any rise of the balance was success',
    [CORE, 'any rise of the balance was taken for success: only the payment counts'],
    [SLING, 'an organic forward that fills the channel meanwhile is no success, whatever the balance says'],
    [SLING, '"Balanced" with no row is no success'],
  ],
  [
    'overspending between two polls was unbounded',
    [CARRY_OUT, 'of a driver that paid more than its cap counts as what it was, and holds the next ones back'],
    [BUDGET, 'counts what a driver spent beyond its cap, open or ended'],
  ],
  [
    'a job that took too long was never stopped, and every later cycle died on it',
    [SLING, 'held past the deadline: stopped, and unknown until its row says more'],
    [CARRY_OUT, 'of a driver that breaks down keeps its reservation, until the node has told what was sent'],
    [OTHERS, 'that never comes to an end in its own time does not keep recovery or the operator waiting'],
  ],
  [
    'jobs of before a restart went on spending uncounted',
    [SETTLE, 'after %s had sent, and it arrived: settled with what it cost'],
    [SLING, 'is told to stop: what is at work is stopped, and nothing sent is said to be nothing'],
    LEFT_OVER,
  ],
  [
    'the clean-up would have deleted the operator’s own jobs',
    [SLING, "a stored job is the operator's: refused in words before anything starts, never stopped or deleted"],
    [SLING, "somebody else's once-job at work on the channel is left alone"],
  ],
  [
    'parameters that sling does not know, outppm as a filter',
    [SLING, 'sling itself refuses what the Python original sent it: unknown keys, texts as amounts'],
  ],
  [
    'dead ends were tried for ever, and forgotten with each restart',
    [MEMORY, 'rests longer each time after %s, up to a day at most'],
    [MEMORY, 'rests on after a restart: the memory is plain JSON'],
    [CYCLE, 'goes on to the next destination after a failure, and leaves alone what failed'],
    [MEMORY, 'does not starve the others: not one pair, nor a destination, nor a source'],
  ],
  [
    'what could not even start counted as no failure',
    [CARRY_OUT, 'is learned: a failure rests the pair, a success forgives it, and the driver gets its score'],
    [OTHERS, 'that breaks down three times rests for an hour, and the next in line goes on in the same cycle'],
  ],
  [
    'a peer with two channels may deliver by the other',
    [REBALANCE, 'the peer delivers by another of its channels: told, and counted as what has moved'],
    [RECOVER, 'may have come back by another channel of the same peer (sling 4.1.1)'],
  ],
];

const CAPITAL: readonly Row[] = [
  [
    'jobs at once overspent the day’s budget',
    [BUDGET, 'cannot both use the same room: the second waits for the first, and sees it'],
    [CARRY_OUT, 'never use the same room of the budget'],
    [
      CARRY_OUT,
      'never use the same room above the wallet reserve, though neither has left when the other reads the funds',
    ],
  ],
  [
    'reservations leaked and froze rebalancing',
    [CORE, 'reservations leaked and froze rebalancing: none outlives its intent, and every intent has an end'],
    [SETTLE, 'with its row deleted: unknown and reserved, until no HTLC can live so long'],
    LEFT_OVER,
  ],
  [
    'reservations leaked where a job could not start',
    [SETTLE, 'between reservation and dispatch: dropped, and the reservation with it'],
    [CYCLE, '%s: the reservation is given back, and nothing is sent'],
  ],
  [
    'reservations leaked in dry-run',
    [CYCLE, 'records and sends nothing, does not repeat itself, and keeps to the budget of each day'],
    [MANUAL, 'in dry-run is recorded and not sent, with or without a driver, and meets the same controls'],
  ],
  [
    'only what was called a success counted as spent',
    [CORE, 'real spending was not counted unless it was called a success'],
    [CARRY_OUT, 'at whatever step of a payment that %s: nothing is lost, doubled or held for ever'],
  ],
  [
    'the checks failed open',
    [CORE, 'the checks failed open when a call failed'],
    [CARRY_OUT, 'funds that cannot be read again stop it'],
    UNREADABLE,
  ],
  [
    'the manual way went around the reserve',
    [CORE, 'the manual way went around the reserve'],
    [MANUAL, '%s', 'wallet-reserve'],
  ],
  [
    'the budget was too small for a busy node, and nothing said so',
    [GATHER, 'goes by the options of this moment: a budget that was raised counts at once'],
    ['app/rebalance/alerts.test.ts', 'used up is told with who waits and since when there is more, until there is'],
  ],
  [
    'another way to rebalance skipped the controls',
    [GUARD, 'is the only way to an order that a driver takes'],
    [BUDGET, 'that is refused leaves nothing behind, and says what the guard said'],
  ],
  [
    'the reserve meant different things in the documents and the code',
    [CORE, 'the reserve meant different things in the documents and the code: on chain and spendable, nothing else'],
    ['app/commands/status.test.ts', 'counts %s msat on chain and %s in channels toward the reserve'],
  ],
];

const quoted = (text: string): string => `(['"])${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\1,`;
/** A test of that title: the first argument of it(), or of what it.each() returned. */
const test = (title: string): RegExp => new RegExp(`(?:\\bit\\(|\\)\\()\\s*${quoted(title)}`);
const rowOf = (name: string): RegExp => new RegExp(`\\[\\s*${quoted(name)}`);

const named = (rows: readonly Row[]) => rows.map(([failure, ...tests]) => ({ failure, tests }));

describe.each([
  ['expected value', named(EXPECTED_VALUE)],
  ['execution by circular and sling', named(EXECUTION)],
  ['budgets and capital', named(CAPITAL)],
])('%s', (_, rows) => {
  it.each(rows)('$failure', ({ tests }) => {
    expect(tests.length).toBeGreaterThan(0);
    for (const [file, title, row] of tests) {
      const path = resolve(import.meta.dirname, file);
      expect(existsSync(path), file).toBe(true);
      const text = readFileSync(path, 'utf8');
      expect(text, `${file} has the test "${title}"`).toMatch(test(title));
      if (row !== undefined) expect(text, `the table of ${file} has the row "${row}"`).toMatch(rowOf(row));
    }
  });
});
