// Which kind of failure does a plugin's sentence speak of?
import type { Problem } from '../native/problem.ts';

/** The first pattern that the message matches decides. */
export const reasonIn = (
  words: readonly (readonly [RegExp, Problem['failure']])[],
  message: string,
): Problem['failure'] | null => words.find(([pattern]) => pattern.test(message))?.[1] ?? null;
