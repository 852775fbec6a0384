// How far is the plugin from being of use? Told by revenue-status, and asked by every command that needs the node.
import { CommandError } from '../core/errors.ts';

export type Readiness =
  | { readonly phase: 'starting'; readonly waitingFor: string }
  | { readonly phase: 'ready' }
  /** Does not pass by itself; the sentence says what to do. */
  | { readonly phase: 'failed'; readonly reason: string };

/** @throws CommandError not-ready, or database-failed once it is clear that waiting will not help */
export function requireReady(readiness: Readiness): void {
  switch (readiness.phase) {
    case 'ready':
      return;
    case 'starting':
      throw new CommandError('not-ready', `not ready yet: waiting for ${readiness.waitingFor}`);
    case 'failed':
      throw new CommandError('database-failed', readiness.reason);
  }
}
