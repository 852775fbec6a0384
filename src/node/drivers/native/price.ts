// What would a way cost now? askrene finds it, and nothing is sent.
import { addMsat, subMsat, type Msat } from '../../../core/units.ts';
import type { WayPrice, WayQuestion } from '../../../ports.ts';
import { decodeInfo } from '../../small-replies.ts';
import type { Ask } from '../../ask.ts';
import { readEnds } from './ends.ts';
import { layerOf } from '../../../core/rebalance/native-names.ts';
import { FINAL_CLTV } from './payment.ts';
import { PathSearch } from './search.ts';

/**
 * The price within the cap; beyond it, that of the way askrene would take if there were no cap, which need not be the
 * cheapest.
 * @throws NodeError
 */
export async function priceOfWay(ask: Ask, question: WayQuestion, signal: AbortSignal): Promise<WayPrice> {
  const { id, from, to, amountMsat, maxFeeMsat } = question;
  // With all of the amount as the cap: a last hop that is dearer than the cap is a price like any other.
  const ends = await readEnds(ask, { ...question, maxFeeMsat: amountMsat });
  if (!ends.ok) return { feeMsat: null, failure: ends.error.failure };
  const { toLastPeerMsat, lastFeeMsat, lastDelta } = ends.value;
  if (lastFeeMsat >= maxFeeMsat) return { feeMsat: lastFeeMsat, failure: null };
  const own = (await ask('getinfo', {}, decodeInfo)).nodeId;
  const search = new PathSearch(ask, layerOf(id), own);
  try {
    await search.open();
    const answer = await search.find(
      {
        source: from.peerId,
        destination: to.peerId,
        amountMsat: toLastPeerMsat,
        maxFeeMsat: subMsat(maxFeeMsat, lastFeeMsat),
        finalCltv: FINAL_CLTV + lastDelta,
      },
      { signal },
    );
    const price = (feeMsat: Msat): WayPrice => ({ feeMsat, failure: null });
    if (answer.kind === 'path') return price(subMsat(answer.path[0].inMsat, amountMsat));
    if (answer.kind === 'none') return { feeMsat: null, failure: 'no-route' };
    return answer.feeMsat === null
      ? { feeMsat: null, failure: 'too-expensive' }
      : price(addMsat(answer.feeMsat, lastFeeMsat));
  } finally {
    await search.close();
  }
}
