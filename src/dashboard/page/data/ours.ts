// Is it this plugin that has answered? A proxy, or whatever has the port now, also replies 200 with JSON.
import type {
  ActionReply,
  ChannelPage,
  Channels,
  Decisions,
  Overview,
  Rebalances,
  Session,
  WhatIf,
} from '../../api.ts';

/** What the reply to each path is known by. */
const REPLIES: readonly (readonly [path: RegExp, names: readonly string[]])[] = [
  [/^\/api\/session$/, ['actions', 'commands'] satisfies (keyof Session)[]],
  [/^\/api\/overview\b/, ['figures', 'lifetime', 'status'] satisfies (keyof Overview)[]],
  [/^\/api\/channels$/, ['channels', 'fee_reasons'] satisfies (keyof Channels)[]],
  [/^\/api\/channels\//, ['profitability', 'fee_changes', 'balance'] satisfies (keyof ChannelPage)[]],
  [/^\/api\/rebalances$/, ['rebalancer', 'candidates', 'history'] satisfies (keyof Rebalances)[]],
  [/^\/api\/decisions\b/, ['entries', 'next'] satisfies (keyof Decisions)[]],
  [/^\/api\/whatif$/, ['backtest', 'benchmark'] satisfies (keyof WhatIf)[]],
  [/^\/api\/actions\//, ['command', 'reply'] satisfies (keyof ActionReply)[]],
];

export function isOurs(path: string, body: unknown): boolean {
  const names = REPLIES.find(([known]) => known.test(path))?.[1] ?? [];
  return typeof body === 'object' && body !== null && names.every((name) => Object.hasOwn(body, name));
}
