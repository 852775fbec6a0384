// Which errors can a command of ours reply with, and what is the operator to do? docs/errors.md is checked against this.

/** JSON-RPC's own code for wrong parameters. */
export const INVALID_PARAMS = -32602;
/** lightningd's code for a failure that has no code of its own. */
export const GENERIC = -1;

export const ERRORS = {
  'invalid-parameter': {
    code: INVALID_PARAMS,
    meaning: 'A parameter is missing, unknown or not of the expected kind; the message names it.',
    remedy: 'Correct the parameter; `lightning-cli help revenue-…` shows the order.',
  },
  'unknown-channel': {
    code: INVALID_PARAMS,
    meaning: 'No usable channel of this node has that short channel id, alias or channel id.',
    remedy: 'Take the id from `revenue-analyze`; a closing or unconfirmed channel is not listed there.',
  },
  'not-ready': {
    code: GENERIC,
    meaning: 'The plugin has started but not yet read the node.',
    remedy: 'Try again in a few seconds; `revenue-status` says what it waits for.',
  },
  'node-unavailable': {
    code: GENERIC,
    meaning: 'lightningd did not answer a question the command depends on, or answered with an error.',
    remedy: "Read the message; look at lightningd's log if it goes on.",
  },
  'database-failed': {
    code: GENERIC,
    meaning: 'The database could not be opened, read or written; nothing was changed.',
    remedy: 'Check the path, its permissions and the free space that the message names, then restart the plugin.',
  },
} as const;

export type ErrorName = keyof typeof ERRORS;

/** What a command throws; becomes a JSON-RPC error with the name in `data.error`. */
export class CommandError extends Error {
  readonly errorName: ErrorName;
  constructor(errorName: ErrorName, message: string) {
    super(message);
    this.name = 'CommandError';
    this.errorName = errorName;
  }
  get code(): number {
    return ERRORS[this.errorName].code;
  }
}
