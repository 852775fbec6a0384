// Who may do what with a plugin's commands? lightningd's runes say.

export type RuneVerdict =
  | { readonly kind: 'allowed' }
  /** A rune of this node that allows something else; the reason in lightningd's words. */
  | { readonly kind: 'not-permitted'; readonly reason: string }
  /** Another node's, taken back, or no rune at all. */
  | { readonly kind: 'invalid'; readonly reason: string };

export interface RuneChecker {
  /**
   * Counts as a use of the rune where it has a rate.
   * @param params of the command, by name
   * @throws NodeError; `unknown-command` before v23.08
   */
  check(rune: string, command: string, params: Readonly<Record<string, unknown>>): Promise<RuneVerdict>;
}
