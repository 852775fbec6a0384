// How do nodes get coins to open channels with?
import { until, type Json } from '../rpc.ts';
import type { Bitcoind } from './bitcoind.ts';
import type { Lightningd } from './lightningd.ts';

/** Half a bitcoin is more than any channel of a plan holds. */
const OUTPUT_BTC = 0.5;

/** Gives each node so many confirmed outputs, and waits until it has seen them. */
export async function fund(chain: Bitcoind, nodes: readonly Lightningd[], outputsEach: number): Promise<void> {
  for (const node of nodes) {
    const { bech32 } = await node.call('newaddr', { addresstype: 'bech32' });
    for (let i = 0; i < outputsEach; i++) await chain.pay(bech32, OUTPUT_BTC);
  }
  await chain.mine(1);
  for (const node of nodes)
    await until(`funds of ${node.name}`, async () => {
      const { outputs } = (await node.call('listfunds')) as { outputs: Json[] };
      if (outputs.filter(({ status }) => status === 'confirmed').length >= outputsEach) return true;
      const seen = outputs.map(({ status }) => status).join(', ');
      throw new Error(`at block ${String((await node.call('getinfo'))['blockheight'])} it has outputs (${seen})`);
    });
}
