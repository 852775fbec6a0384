// Do the books of closed channels stay right until all is home, and when lightningd has forgotten the channel?
import { expect, it } from 'vitest';
import { until, type Json } from '../rpc.ts';
import type { Node } from './plugin-view.ts';
import { expectSameReturns } from './profit.ts';

/** lightningd forgets a closed channel so many blocks after its last output has come home. */
const FORGOTTEN_AFTER = 100;

/** After closeTwo. */
export function testClosed(theNode: Node): void {
  const closedChannels = async (): Promise<Json[]> =>
    ((await theNode().call('revenue-history')) as { closed_channels: Json[] }).closed_channels.filter(
      ({ channel_id }) => [theNode().scids['C-mutual'], theNode().scids['B-unilateral']].includes(String(channel_id)),
    );
  const eachMined = (what: string, isSo: () => Promise<boolean>): Promise<true> =>
    until(what, async () => {
      if (await isSo()) return true;
      await theNode().mine(1);
      throw new Error('not yet');
    });

  it('agrees with bookkeeper to the msat once the output of a unilateral close is home', async () => {
    const account = (await theNode().call('listpeerchannels', {})) as { channels: Json[] };
    const unilateral = account.channels.find((one) => one['short_channel_id'] === theNode().scids['B-unilateral']);
    await eachMined('the sweep', async () => {
      const { events } = (await theNode().call('bkpr-listaccountevents', { account: unilateral?.['channel_id'] })) as {
        events: Json[];
      };
      return events.filter(({ type }) => type === 'onchain_fee').length >= 2;
    });
    await expectSameReturns(theNode());
    const [before] = (await closedChannels()).filter(({ opener }) => opener === 'remote');
    // Its sweep, and what was below a satoshi.
    expect(Number(before?.['close_cost_sats'])).toBeGreaterThan(100);
  });

  it('has a final statement, without an estimate, when lightningd has forgotten them', async () => {
    await theNode().mine(FORGOTTEN_AFTER);
    await eachMined('closed channels to be forgotten', async () => {
      const closed = await closedChannels();
      return closed.length === 2 && closed.every(({ final }) => final === true);
    });
    for (const { estimated } of await closedChannels()) expect(estimated).toEqual([]);
    await expectSameReturns(theNode());
  });
}
