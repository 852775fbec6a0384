// What ends the whole node at once, and with which exit code can a test tell?

export const EXIT = {
  clean: 0,
  /** lightningd's own `fatal`: it refuses to start, or an important plugin ended. */
  fatal: 1,
  /** The command line of the simulated node is wrong. */
  usage: 2,
  /** lightningd would abort on a value it cannot print (it exits 1; ours is SIGABRT's code, to be told apart). */
  abort: 134,
  /** lightningd would die of a segmentation fault. */
  segfault: 139,
} as const;

/** The node cannot go on. */
export class Fatal extends Error {
  readonly exitCode: number;
  constructor(exitCode: number, message: string) {
    super(message);
    this.name = 'Fatal';
    this.exitCode = exitCode;
  }
}
