// How is a clboss heard out? Loaded, asked everything, unloaded and loaded again.
import { basename } from 'node:path';
import { shapeOf } from '../sim/recordings.ts';
import { interview, SECOND } from './clboss-calls.ts';
import type { OfflineNode } from './real/offline-node.ts';
import { refusal, until } from './rpc.ts';

export interface Heard {
  /** Of every call, in order. */
  readonly answers: readonly unknown[];
  /** The shape of its status. */
  readonly status: unknown;
  /** Tags it still has after it was unloaded and loaded again. */
  readonly kept: readonly unknown[];
}

export async function hear({ call }: Pick<OfflineNode, 'call'>, clboss: string): Promise<Heard> {
  const load = (): Promise<unknown> => call('plugin', { subcommand: 'start', plugin: clboss });
  await load();
  // The real one answers at once, but completes its status while it looks around.
  const before = await until('the whole status', async () => {
    const status = await call('clboss-status');
    return 'onchain_feerate' in status && status;
  });
  const answers = await interview(call);
  await call('plugin', { subcommand: 'stop', plugin: basename(clboss) });
  const gone = await refusal(call('clboss-unmanage', { nodeid: SECOND, tags: 'lnfee' }));
  answers.push([gone.code, gone.message]);
  await load();
  return { answers, status: shapeOf(before), kept: Object.entries((await call('clboss-status'))['unmanaged'] ?? {}) };
}
