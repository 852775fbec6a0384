// Which errors can a command of ours reply with, and what is the operator to do? docs/errors.md is checked against this.

/** JSON-RPC's own code for wrong parameters. */
export const INVALID_PARAMS = -32602;
/** lightningd's code for a failure that has no code of its own. */
export const GENERIC = -1;

export const ERRORS = {
  'invalid-parameter': {
    code: INVALID_PARAMS,
    meaning:
      'A parameter is missing, unknown, not of the expected kind, or does not go with another one; the message names it.',
    remedy: 'Correct the parameter; `lightning-cli help revenue-…` shows the order.',
  },
  'unknown-channel': {
    code: INVALID_PARAMS,
    meaning: 'No usable channel of this node has that short channel id, alias or channel id.',
    remedy: 'Take the id from `revenue-analyze`; a closing or unconfirmed channel is not listed there.',
  },
  'fee-out-of-bounds': {
    code: INVALID_PARAMS,
    meaning: 'The fee is outside the bounds in force; the message names the bound and whose it is.',
    remedy: 'Choose another fee, or move the bound: `setconfig` for an option, `revenue-policy set` for one peer.',
  },
  'no-policy': {
    code: INVALID_PARAMS,
    meaning: 'There is no policy in force for that peer or channel.',
    remedy: 'Take the subject from `revenue-policy list`.',
  },
  'nothing-taken': {
    code: INVALID_PARAMS,
    meaning: 'We have taken no such tag of that peer from clboss; what the operator took is never given back by us.',
    remedy: '`revenue-clboss-status` shows whose each tag is; `clboss-unmanage` gives back one of your own.',
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
  'fee-not-set': {
    code: GENERIC,
    meaning: 'lightningd refused the fee, or reports another one a moment after; no hold is left behind.',
    remedy: 'Read the message: it has what lightningd said.',
  },
  'fee-unconfirmed': {
    code: GENERIC,
    meaning: 'lightningd did not answer, so that nobody knows whether the fee was set.',
    remedy:
      'Wait for the next fee cycle, which asks the node: a fee that is set is held as ordered, any other leaves an earlier hold as it was.',
  },
  'clboss-refused': {
    code: GENERIC,
    meaning: 'clboss did not leave to us, or did not take back, what the command is about; nothing was changed.',
    remedy: 'Read the message: it has what clboss said. `revenue-ops-clboss-enabled` false goes on without asking it.',
  },
  'clboss-absent': {
    code: GENERIC,
    meaning: 'clboss is not running on this node, so that nothing can be given back to it.',
    remedy: 'Start clboss and try again; what we have taken stays remembered.',
  },
  'rebalance-refused': {
    code: GENERIC,
    meaning:
      'The capital controls, the state of the channels, or the arithmetic refuse the rebalance; nothing was sent.',
    remedy:
      'The message has the rule and the figures. `max_fee_sats` of your own overrules the arithmetic; budget and reserve are options.',
  },
  'dry-run': {
    code: GENERIC,
    meaning: 'The command would change something, and dry-run is on.',
    remedy: 'Switch it off first: `setconfig revenue-ops-dry-run false`.',
  },
  'backtest-running': {
    code: GENERIC,
    meaning: 'A backtest is under way; there is only ever one, because each takes minutes of a core.',
    remedy: 'Wait until it has ended.',
  },
  'backtest-failed': {
    code: GENERIC,
    meaning: 'The history is too short for a backtest, or the process that reckons it could not do so.',
    remedy: 'Read the message: it says what was expected and what was got.',
  },
  'database-failed': {
    code: GENERIC,
    meaning:
      'The database could not be opened, read or written; nothing was changed, unless the message says what was sent.',
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
