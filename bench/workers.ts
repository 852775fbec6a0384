// How is a list of jobs done on all cores? Child processes of the same program, so that CPU time is each one's own. What they
// tell each other may hold what JSON has no word for, such as Infinity.
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';

export interface Workers<Job, Answer> {
  /** In a child: answers every job until the parent is done. True when this process is a child. */
  serve(): boolean;
  /**
   * Answers in the order of the jobs.
   * @param told how many are done, and which one has just been
   * @throws Error when a child ends before its answer
   */
  answer(jobs: readonly Job[], told: (done: number, job: Job, answer: Answer) => void): Promise<Answer[]>;
}

export function workers<Job extends object, Answer>(
  work: (job: Job) => Answer | Promise<Answer>,
): Workers<Job, Answer> {
  return {
    serve() {
      if (process.send === undefined) return false;
      process.on('message', (job) => {
        void Promise.resolve(work(job as Job)).then((answer) => process.send?.(answer));
      });
      return true;
    },
    async answer(jobs, told) {
      const answers = new Array<Answer>(jobs.length);
      let next = 0;
      let done = 0;
      const serve = (): Promise<void> =>
        new Promise((resolve, reject) => {
          const child = fork(process.argv[1] ?? '', [], { stdio: 'inherit', serialization: 'advanced' });
          let at = -1;
          let job: Job | undefined;
          const give = (): void => {
            at = next++;
            job = jobs[at];
            if (job === undefined) child.disconnect();
            else child.send(job);
          };
          child.on('message', (answer) => {
            answers[at] = answer as Answer;
            if (job !== undefined) told(++done, job, answer as Answer);
            give();
          });
          child.on('exit', (code) => {
            if (at < jobs.length)
              reject(new Error(`job ${JSON.stringify(jobs[at])}: its process ended with ${String(code)}`));
            else resolve();
          });
          give();
        });
      await Promise.all(Array.from({ length: Math.min(availableParallelism(), jobs.length) }, serve));
      return answers;
    },
  };
}
