// A process that does one thing with an order, and kills itself at one moment of it:
// `native-child.mjs <socket> <task> <order as JSON> <moment>`.
// Moments are numbered: each call to the node is one just after it has been sent, and one once its reply is there.
import { RpcClient } from '../../src/cln/rpc-client.ts';
import { systemClock } from '../../src/clock.ts';
import type { ApprovedOrder, RebalanceOrder } from '../../src/core/rebalance/types.ts';
import { channelId, msat, nodeId, scid, unixSec } from '../../src/core/units.ts';
import { asker, type Ask } from '../../src/node/ask.ts';
import { NativeDriver } from '../../src/node/drivers/native/driver.ts';
import { LightningSelfPayments } from '../../src/node/self-payments.ts';
import { order as approved } from './order.ts';

/** To carry it out, or to ask what its way costs. */
export type Task = 'rebalance' | 'price';

interface Wire {
  readonly id: string;
  readonly from: Record<'channelId' | 'scid' | 'peerId', string>;
  readonly to: Record<'channelId' | 'scid' | 'peerId', string>;
  readonly amountMsat: string;
  readonly maxFeeMsat: string;
  readonly deadline: number;
}
const endOf = (end: Wire['from']): RebalanceOrder['from'] => ({
  channelId: channelId(end.channelId),
  scid: scid(end.scid),
  peerId: nodeId(end.peerId),
});
const orderOf = (wire: Wire): ApprovedOrder =>
  approved({
    id: wire.id,
    from: endOf(wire.from),
    to: endOf(wire.to),
    amountMsat: msat(BigInt(wire.amountMsat)),
    maxFeeMsat: msat(BigInt(wire.maxFeeMsat)),
    deadline: unixSec(wire.deadline),
  });

/** An order as text for this program. */
export const wireOf = (order: RebalanceOrder): string =>
  JSON.stringify({ ...order, amountMsat: String(order.amountMsat), maxFeeMsat: String(order.maxFeeMsat) });

async function main(socketPath: string, task: string, text: string, last: number): Promise<void> {
  const client = new RpcClient({ socketPath, idPrefix: 'cl-revenue-ops', timeoutMs: 30_000 });
  let moment = 0;
  const pass = (): void => {
    if (++moment === last) process.kill(process.pid, 'SIGKILL');
  };
  const plain = asker(client);
  const ask: Ask = async (...call) => {
    const reply = plain(...call);
    // The request is on its way by then.
    await new Promise((sent) => setImmediate(sent));
    pass();
    try {
      return await reply;
    } finally {
      pass();
    }
  };
  const quiet = (): void => undefined;
  const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
  const payments = new LightningSelfPayments(ask);
  const driver = new NativeDriver({ ask, payments, clock: systemClock({}), log, callPrefix: 'cl-revenue-ops' });
  const signal = new AbortController().signal;
  const order = orderOf(JSON.parse(text) as Wire);
  const said =
    task === 'price'
      ? String((await driver.priceOf(order, signal)).feeMsat)
      : (await driver.rebalance(order, { signal, onDispatched: quiet })).status;
  client.close();
  process.stdout.write(said);
}

const [, program, socketPath, task, text, last] = process.argv;
if (program?.endsWith('native-child.mjs') && socketPath && task && text)
  await main(socketPath, task, text, Number(last));
