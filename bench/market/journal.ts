// What has a benchmark of hours already found, if it ends before its time? Each answer in a file, for the same command to go on from.
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs';
import { ArgumentError } from '../arguments.ts';
import type { Answer, MarketJob } from './job.ts';

interface Line {
  readonly key: string;
  readonly answer: Answer;
}

/** One line of JSON for each seed of a scenario. An answer counts only for the same job of the same program. */
export class Journal {
  readonly #file: string;
  readonly #program: string;
  readonly #answers: ReadonlyMap<string, Answer>;

  /**
   * @param program the text of all that runs: with another one the same job may end otherwise
   * @throws ArgumentError where the file is there and is no journal, rather than write into it
   */
  constructor(file: string, program: string) {
    this.#file = file;
    this.#program = program;
    this.#answers = new Map(linesOf(file).map(({ key, answer }) => [key, answer]));
  }

  /** Null: not yet. */
  answerTo(job: MarketJob): Answer | null {
    return this.#answers.get(this.#keyOf(job)) ?? null;
  }

  keep(job: MarketJob, answer: Answer): void {
    const line: Line = { key: this.#keyOf(job), answer };
    appendFileSync(this.#file, `${JSON.stringify(line)}\n`);
  }

  #keyOf(job: MarketJob): string {
    return createHash('sha256').update(this.#program).update(JSON.stringify(job)).digest('hex');
  }
}

function linesOf(file: string): Line[] {
  if (!existsSync(file)) return [];
  const text = readFileSync(file, 'utf8');
  // What follows the last line break is empty, or was cut off as it was written.
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const lines = whole.split('\n').slice(0, -1).map(lineOf(file));
  const rest = text.slice(whole.length);
  if (rest !== '' && !'{"key":'.startsWith(rest.slice(0, 7))) throw unknown(file, lines.length);
  if (rest !== '') truncateSync(file, Buffer.byteLength(whole));
  return lines;
}

const lineOf =
  (file: string) =>
  (text: string, i: number): Line => {
    try {
      const line = JSON.parse(text) as Partial<Line> | null;
      if (typeof line?.key === 'string' && line.answer !== undefined) return { key: line.key, answer: line.answer };
    } catch {
      // Told below.
    }
    throw unknown(file, i);
  };

const unknown = (file: string, line: number): ArgumentError =>
  new ArgumentError(`--journal: ${file}, line ${line + 1}: expected what this option wrote; name another file`);
