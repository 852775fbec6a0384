// A history as the plugin's database would have it: for tests of what reads it.
import { channelId, msat, nodeId, ppm, scid, secondsToNs, unixSec } from '../../../src/core/units.ts';
import type { History } from '../../../src/core/backtest/history.ts';
import type { Forward } from '../../../src/core/forward.ts';
import { EXTERNAL_REASON, type Store } from '../../../src/ports.ts';

const hex = (k: number): string => (0xabcdef00 + k).toString(16).padStart(64, '7');
export const channelOf = (k: number) => channelId(hex(k));
export const peerOf = (k: number) => nodeId(`02${hex(k)}`);
export const scidOf = (k: number) => scid(`${700_000 + k}x${k + 3}x1`);
const hashOf = (n: number): string => (0xfeed0000 + n).toString(16).padStart(64, '5');

export function keep({ from, until, channels, forwards, circles }: History, store: Store): void {
  store.rememberChannels(
    channels.map(({ capacityMsat }, k) => ({
      ...{ channelId: channelOf(k), peerId: peerOf(k), scids: [scidOf(k)], closed: false },
      capacity: msat(capacityMsat),
    })),
    unixSec(from),
  );
  const rows = forwards.map((forward, n): Forward => ({
    ...{ createdIndex: n + 1, updatedIndex: null, inHtlcId: BigInt(n), status: 'settled', failcode: null },
    ...{ inChannel: scidOf(forward.from), outChannel: scidOf(forward.to) },
    ...{ inMsat: msat(forward.amountMsat + forward.feeMsat), outMsat: msat(forward.amountMsat) },
    ...{ feeMsat: msat(forward.feeMsat), receivedNs: secondsToNs(Math.floor(forward.at)) },
    resolvedNs: secondsToNs(Math.floor(forward.at) + 2),
  }));
  store.takeIn('created', rows, { keepSince: unixSec(0) });
  store.closeGap(unixSec(until));
  const changes = channels.flatMap(({ fees }, k) =>
    fees.slice(1).map(({ at, ppm: fee }, i) => ({
      ...{ channelId: channelOf(k), peerId: peerOf(k), oldFeePpm: ppm(fees[i]?.ppm ?? 0), newFeePpm: ppm(fee) },
      ...{ reason: EXTERNAL_REASON, manual: false, at: unixSec(Math.floor(at)) },
    })),
  );
  changes.sort((a, b) => a.at - b.at);
  store.fees.saveCycle({ pricing: new Map(), decisions: new Map(), intents: [], changes });
  const nothing = { amount: msat(0), estimated: false };
  store.ledger.saveBooks(
    channels.map(({ startMsat }, k) => ({
      ...{ channelId: channelOf(k), peerId: peerOf(k), names: [scidOf(k)], opener: 'local', source: 'moves' },
      openedAt: { time: unixSec(from), estimated: false },
      funding: { amount: msat(startMsat ?? 0), estimated: false },
      ...{ openingFee: nothing, push: nothing, lease: nothing, splices: [], closing: null },
    })),
  );
  const moves = circles.map(({ at, from: source, to, amountMsat, feeMsat }, n) => ({
    ...{ paymentHash: hashOf(n), part: 0, outChannel: channelOf(source), inChannel: channelOf(to) },
    ...{ amount: msat(amountMsat), fee: msat(feeMsat), time: unixSec(Math.floor(at)) },
  }));
  store.ledger.takeInSelfPayments({ moves, cursor: moves.length, last: true });
}
