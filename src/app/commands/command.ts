// What is a command of ours to whoever carries it to the operator?

export interface Command {
  readonly name: string;
  /** Parameters as `help` shows them. */
  readonly usage: string;
  readonly description: string;
  /** Refuses what `run` would refuse about the parameters alone; changes nothing. @throws CommandError */
  check(params: unknown): void;
  /** The reply, ready for JSON. @throws CommandError */
  run(params: unknown): Promise<object>;
}

/** A command whose parameters are read by the same function for checking and for running. */
export function command<P>(declared: {
  readonly name: string;
  readonly usage: string;
  readonly description: string;
  /** @throws CommandError */
  readonly read: (params: unknown) => P;
  readonly run: (params: P) => Promise<object> | object;
}): Command {
  const { name, usage, description, read, run } = declared;
  return {
    name,
    usage,
    description,
    check: (params) => void read(params),
    run: async (params) => run(read(params)),
  };
}
