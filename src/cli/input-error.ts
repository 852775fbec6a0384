// What can be wrong with what a person gave us? Two kinds, told apart by the exit code.

/** The input was read but cannot be used, or could not be read. Exit code 1. */
export class InputError extends Error {
  override name = 'InputError';
}

/** The command line makes no sense. Exit code 2, with the usage. */
export class UsageError extends Error {
  override name = 'UsageError';
}
