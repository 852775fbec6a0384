// Who earns most? Ours, every other tool and an oracle on the same payments, against the most that could be earned (quant 4).
//   npm run bench:market -- --scenario S1,S3 --tools hill-climb,bayes,clboss,oracle --seeds 8 --days 180
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { ArgumentError } from './arguments.ts';
import { parseArguments, USAGE, type MarketArguments } from './market/arguments.ts';
import { figures } from './market/figures.ts';
import { checkCalibration, checkDeterminism } from './market/guards.ts';
import { Journal } from './market/journal.ts';
import { START_PPM, work, type Answer, type MarketJob } from './market/job.ts';
import { withSummary } from './market/markdown.ts';
import { checkOutputs } from './market/outputs.ts';
import { refusalOf } from './market/refusal.ts';
import { releaseOf } from './market/release.ts';
import { reportPage } from './market/report/page.ts';
import { resultOf, type ScenarioResult } from './market/results.ts';
import { scenariosNamed } from './market/scenarios.ts';
import { scenarioTable } from './market/table.ts';
import { entriesOf } from '../src/sim/market/contest/entrants.ts';
import { workers } from './workers.ts';

const pool = workers(work);

async function main(asked: MarketArguments): Promise<void> {
  const { seeds, first, intervals } = asked;
  const scenarios = scenariosNamed(asked.scenarios);
  const entries = entriesOf(asked.tools, asked.setups);
  if (entries.length === 0) throw new ArgumentError('--setup: none of these tools has such a setup');
  checkOutputs(asked, scenarios);
  checkCalibration();
  await checkDeterminism(entries, intervals);
  const sets = scenarios.map((scenario): MarketJob[] =>
    Array.from({ length: seeds }, (_, i) => ({
      scenario,
      startPpm: scenario.suit?.startPpm ?? START_PPM,
      seed: first + i,
      days: asked.days,
      entries,
      intervals,
      tracked: i === 0,
      checkBound: asked.checkBound,
    })),
  );
  const journal =
    asked.journal === null ? null : new Journal(asked.journal, readFileSync(process.argv[1] ?? '', 'utf8'));
  const results = await resultsOf(sets, journal, (result) => {
    if (!asked.json) console.log(scenarioTable(result));
  });
  const making = { command: commandOf(process.argv.slice(2)), seeds, first, commit: commitHere() };
  if (asked.html !== null) writeFileSync(asked.html, reportPage(results, making));
  if (asked.markdown !== null)
    writeFileSync(asked.markdown, withSummary(readFileSync(asked.markdown, 'utf8'), results, making));
  if (asked.release !== null) writeFileSync(asked.release, `${JSON.stringify(releaseOf(results, making), null, 1)}\n`);
  if (asked.json) for (const result of results) figures(result, { seeds, first, days: result.days });
}

const OUTPUTS: readonly string[] = ['--html', '--markdown', '--release', '--journal'];

/** But for where it was written to. */
function commandOf(args: readonly string[]): string {
  const output = (arg: string | undefined): boolean => arg !== undefined && OUTPUTS.includes(arg);
  const told = args.filter(
    (arg, i) => !output(arg) && !output(args[i - 1]) && !/^--(html|markdown|release|journal)=/.test(arg),
  );
  return ['npm run bench:market --', ...told].join(' ');
}

/** Null outside of a repository. */
function commitHere(): string | null {
  const { status, stdout } = spawnSync('git', ['describe', '--always', '--dirty', '--exclude=*'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}

/**
 * In the order of the sets of jobs; the longest is begun with, so that no core ends up with one of them alone.
 * @param journal what it knows is not done again
 * @param told of each set as soon as all of its jobs are done
 */
async function resultsOf(
  sets: readonly MarketJob[][],
  journal: Journal | null,
  told: (result: ScenarioResult) => void,
): Promise<ScenarioResult[]> {
  const began = performance.now();
  const effort = ({ scenario, days }: MarketJob): number => scenario.forwardsPerDay * scenario.channels * days;
  const answers = new Map<MarketJob, Answer>();
  const results = new Map<readonly MarketJob[], ScenarioResult>();
  const take = (job: MarketJob, answer: Answer): void => {
    answers.set(job, answer);
    const set = sets.find((one) => one.includes(job)) ?? [];
    const own = set.flatMap((one) => answers.get(one) ?? []);
    if (own.length < set.length) return;
    const result = resultOf({ scenario: job.scenario, days: job.days, answers: own });
    results.set(set, result);
    told(result);
  };
  const jobs: MarketJob[] = [];
  for (const job of sets.flat()) {
    const known = journal?.answerTo(job) ?? null;
    if (known === null) jobs.push(job);
    else take(job, known);
  }
  jobs.sort((a, b) => effort(b) - effort(a));
  await pool.answer(jobs, (done, job, answer) => {
    progress(`${done}/${jobs.length} seeds, ${Math.round((performance.now() - began) / 1000)} s`, done === jobs.length);
    journal?.keep(job, answer);
    take(job, answer);
  });
  return sets.flatMap((set) => results.get(set) ?? []);
}

function progress(text: string, last: boolean): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${text}${last ? '\n' : ''}`);
  else process.stderr.write(`${text}\n`);
}

async function begin(): Promise<void> {
  try {
    const asked = parseArguments(process.argv.slice(2));
    if (asked === null) console.log(USAGE);
    else await main(asked);
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === null) throw error;
    console.error(refusal);
    process.exitCode = 1;
  }
}

if (!pool.serve()) await begin();
