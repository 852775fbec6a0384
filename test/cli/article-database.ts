// A database of the plugin in which the article's channel (design: the worked example) has lived, beside an open one
// that a rebalance has filled and one the peer opened, of which the node has not told much.
import { readProfits } from '../../src/app/profit/channel-profits.ts';
import type { Forward } from '../../src/core/forward.ts';
import type { ChannelBooks } from '../../src/core/profit/books.ts';
import { msat, nodeId, satsToMsat, scid, secondsToNs, unixSec, type ChannelId } from '../../src/core/units.ts';
import type { Ledger, Store } from '../../src/ports.ts';
import { ARTICLE, estimate, exact, month } from '../core/profit/article.ts';
import { channel } from '../core/profit/ledger-rows.ts';

export const ARTICLE_NAME = '664000x12x1';
export const OPEN_NAME = '664500x7x0';
export const REMOTE_NAME = '670000x1x0';
/** Two months after the article's channel was closed. */
export const NOW = month(16);

const NAMES: Readonly<Record<string, ChannelId>> = {
  [ARTICLE_NAME]: ARTICLE.channelId,
  [OPEN_NAME]: channel(7),
  [REMOTE_NAME]: channel(8),
};

const common = { push: exact(0), lease: exact(0), splices: [], source: 'moves' } as const;
const BOOKS: readonly ChannelBooks[] = [
  {
    ...common,
    ...{ channelId: ARTICLE.channelId, peerId: ARTICLE.peerId, names: [scid(ARTICLE_NAME)], opener: 'local' },
    openedAt: { time: ARTICLE.openedAt, estimated: false },
    ...{ funding: ARTICLE.funding, openingFee: ARTICLE.openingFee },
    closing: { time: month(14), estimated: false, fee: exact(450), resolved: true },
  },
  {
    ...common,
    ...{ channelId: channel(7), peerId: nodeId(`02${'c3'.repeat(32)}`), names: [scid(OPEN_NAME)], opener: 'local' },
    openedAt: { time: month(1), estimated: false },
    ...{ funding: exact(5_000_000), openingFee: exact(2_310), push: exact(-20_000) },
    closing: null,
  },
  {
    ...common,
    ...{ channelId: channel(8), peerId: null, names: [scid(REMOTE_NAME)], opener: 'remote', source: 'node' },
    openedAt: { time: month(5), estimated: true },
    ...{ funding: estimate(0), openingFee: exact(0) },
    closing: null,
  },
];

let htlc = 0n;
/** Settled at that second; came in by one of the other channels. */
function forward(out: string, time: number, sats: number, feeSats: number): Forward {
  const into = out === REMOTE_NAME ? OPEN_NAME : REMOTE_NAME;
  return {
    ...{ createdIndex: null, updatedIndex: null, inHtlcId: htlc++, status: 'settled', failcode: null },
    ...{ inChannel: scid(into), outChannel: scid(out) },
    ...{ inMsat: satsToMsat(sats + feeSats), outMsat: satsToMsat(sats), feeMsat: satsToMsat(feeSats) },
    ...{ receivedNs: secondsToNs(time), resolvedNs: secondsToNs(time) },
  };
}

/** As intake and the ledger's cycle leave it. */
export function fillArticle(store: Store): void {
  const identities = Object.entries(NAMES).map(([name, id]) => ({
    ...{ channelId: id, peerId: null, scids: [scid(name)], closed: name === ARTICLE_NAME },
    capacity: satsToMsat(5_000_000),
  }));
  store.rememberChannels(identities, NOW);
  const article = ARTICLE.routing.map(({ time, amount }) =>
    forward(ARTICLE_NAME, time, 400_000, Number(amount / 1000n)),
  );
  const others = Array.from({ length: 400 }, (_, day) => [
    forward(OPEN_NAME, month(1) + (day + 1) * 86_400 + ((day * 7919) % 80_000), 90_000, 35 + ((day * 31) % 90)),
    forward(REMOTE_NAME, month(5) + (1 + (day % 290)) * 86_400 + day, 60_000, 4 + (day % 9)),
  ]).flat();
  store.takeIn('event', [...article, ...others], { keepSince: unixSec(0) });
  store.ledger.saveBooks(BOOKS);
  const rebalances = [6, 10, 15].map((at) => ({
    ...{ paymentHash: String(at).padStart(64, '0'), part: 0, outChannel: channel(8), inChannel: channel(7) },
    ...{ amount: satsToMsat(500_000), fee: msat(151_250), time: month(at) },
  }));
  store.ledger.takeInSelfPayments({ moves: rebalances, cursor: 1, last: true });
}

/** The profits of a ledger without its node, by name. */
export const profitsOf = (ledger: Ledger) =>
  new Map(
    readProfits(ledger, { now: NOW, channels: [], mutualClose: null, rate: 0 }).channels.map((each) => [
      each.name,
      each,
    ]),
  );
