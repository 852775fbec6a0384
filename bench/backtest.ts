// How often is a backtest right? Asked where the truth is known: the same senders, run again with the other settings.
//   npm run bench:backtest -- --scenario S1,S3 --seeds 4 --first 501 --days 60
import { optionsOf } from './arguments.ts';
import { PASTS, QUESTIONS, work, type BacktestJob, type Judged, type Past } from './backtest-jobs.ts';
import { figure } from './figure.ts';
import { workers } from './workers.ts';

const pool = workers(work);

/** A share is over these: those of one past and question, or all. */
interface Asked extends Judged {
  readonly past: Past;
}

async function main(): Promise<void> {
  // The first is none that a test of the backtest uses.
  const numbers = { seeds: 4, first: 901, days: 60 };
  const { seeds, first, days, scenario } = optionsOf('backtest', numbers, { scenario: 'S1,S3,S4' });
  const scenarios = scenario.split(',');
  const jobs = scenarios.flatMap((scenario) =>
    PASTS.flatMap((past) =>
      Array.from({ length: seeds }, (_, i): BacktestJob => ({ scenario, past, seed: first + i, days })),
    ),
  );
  const answers = await pool.answer(jobs, (done) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${done}/${jobs.length}`);
  });
  const all = jobs.flatMap(({ past }, i) => (answers[i] ?? []).map((judged): Asked => ({ ...judged, past })));
  const sizes = { scenarios: scenarios.length, seeds, first, days };
  for (const past of PASTS)
    for (const question of Object.keys(QUESTIONS))
      told(
        `${past}, ${question}`,
        all.filter((one) => one.past === past && one.question === question),
        sizes,
      );
  told('all', all, sizes);
}

function told(name: string, asked: readonly Asked[], sizes: Readonly<Record<string, number>>): void {
  const print = (what: string, holds: (one: Asked) => boolean, aim: string): void => {
    figure(`backtest ${name}: ${what}`, asked.filter(holds).length / asked.length, 'share', aim, {
      ...sizes,
      backtests: asked.length,
    });
  };
  print('reproduced', ({ reproduced }) => reproduced, '');
  print('truth within the interval', covers, '>= 0.9');
  print('dares to say', ({ answer }) => answer !== 'cannot-tell', '');
  print('says the opposite of the truth', isWrong, '<= 0.05');
}

const covers = ({ truthMsat, lowMsat, highMsat }: Judged): boolean => lowMsat <= truthMsat && truthMsat <= highMsat;
const isWrong = ({ answer, truthMsat }: Judged): boolean =>
  (answer === 'more' && truthMsat < 0) || (answer === 'less' && truthMsat > 0);

if (!pool.serve()) await main();
