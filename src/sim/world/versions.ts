// What did a lightningd of some version know? The version matrix of the RPC, as far as the simulated node follows it.

/** First version of each thing that older nodes lack, as year and month of the release. */
export const SINCE = {
  forwardIndexes: 2311,
  waitForwards: 2311,
  waitSendpays: 2311,
  wait: 2308,
  waitHtlcs: 2505,
  waitMoves: 2509,
  waitNetworkEvents: 2512,
  ignoreFeeLimits: 2308,
  updates: 2402,
  maxHtlcInFlight: 2502,
  scidParameter: 2505,
  channelIdParameter: 2604,
  htlcIndexes: 2505,
  moves: 2509,
  closedLastStable: 2402,
  withheld: 2512,
  unilateralAnchorFeerate: 2308,
  spliceFeerate: 2604,
  runes: 2308,
  checkruneAlone: 2311,
  preimage: 2604,
  paymentIdFilter: 2408,
  networkEventsAutoclean: 2512,
  askrene: 2411,
  routeMaxDelay: 2502,
  routeMaxParts: 2509,
  routeNodesAndAmounts: 2606,
} as const;

/** The one that went instead of coming. */
export const MAX_TOTAL_HTLC_GONE = 2606;

/** v26.06.6 -> 2606. @throws RangeError when it is not a lightningd version. */
export function versionNumber(version: string): number {
  const parts = /^v?(\d{2})\.(\d{2})/.exec(version);
  if (!parts) throw new RangeError(`version: expected one like v26.06.6, got ${version}`);
  return Number(parts[1]) * 100 + Number(parts[2]);
}
