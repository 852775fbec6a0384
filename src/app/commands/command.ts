// What is a command of ours to whoever carries it to the operator?
import { CommandError } from '../../core/errors.ts';
import { NodeError, StoreError } from '../../ports.ts';
import type { CommandContext } from './context.ts';

/** How a long command tells its caller how far it is. */
export interface Progress {
  /** `num` of `total` steps are done, 0 <= num < total. */
  readonly progress: (num: number, total: number) => void;
}

/** For callers who do not listen. */
const UNHEARD: Progress = { progress: () => undefined };

export interface Command {
  readonly name: string;
  /** Parameters as `help` shows them. */
  readonly usage: string;
  readonly description: string;
  /** Refuses what `run` would refuse about the parameters alone; changes nothing. @throws CommandError */
  check(params: unknown): void;
  /** The reply, ready for JSON. @throws CommandError; anything else is a defect */
  run(params: unknown, context: CommandContext, progress?: Progress): Promise<object>;
  /**
   * What `run` would reply, or why it would refuse, as things stand; changes and records nothing. Null for a command that
   * only reads. @throws as `run`
   */
  readonly preview: ((params: unknown, context: CommandContext) => Promise<object>) | null;
}

/** A command whose parameters are read by the same function for checking and for running. */
export function command<P>(declared: {
  readonly name: string;
  readonly usage: string;
  readonly description: string;
  /** @throws CommandError */
  readonly read: (params: unknown) => P;
  readonly run: (params: P, context: CommandContext, progress: Progress) => Promise<object> | object;
  readonly preview?: (params: P, context: CommandContext) => Promise<object> | object;
}): Command {
  const { name, usage, description, read, run, preview } = declared;
  return {
    name,
    usage,
    description,
    check: (params) => void read(params),
    run: async (params, context, progress = UNHEARD) => {
      try {
        return await run(read(params), context, progress);
      } catch (error) {
        throw asCommandError(error);
      }
    },
    preview:
      preview === undefined
        ? null
        : async (params, context) => {
            try {
              return await preview(read(params), context);
            } catch (error) {
              throw asCommandError(error);
            }
          },
  };
}

/** What the node or the database did to us, in a command's words. */
export function asCommandError(error: unknown): unknown {
  if (error instanceof NodeError) return new CommandError('node-unavailable', error.message);
  if (error instanceof StoreError) return new CommandError('database-failed', error.message);
  return error;
}
