// How is clboss kept from asking the internet whether it is there? In a network of the loopback interface alone, where
// bitcoind and lightningd run beside it; a unix socket is reached from outside all the same.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rpcCall, until, type Json, type Params } from '../rpc.ts';
import { endOf } from './bitcoind.ts';

const UNSHARE = ['unshare', '--map-root-user', '--net', 'sh', '-c'];
const LOOPBACK = 'ip link set lo up';

/** Whether this system lets us. */
export const canIsolate = (): boolean =>
  spawnSync(UNSHARE[0] ?? '', [...UNSHARE.slice(1), LOOPBACK], { stdio: 'ignore' }).status === 0;

/** Ends both when its standard input does, so that nothing outlives the test. */
const SCRIPT = `
${LOOPBACK}
bitcoind -regtest -datadir="$0/b" -rpcuser=test -rpcpassword=test -listen=0 -printtoconsole=0 &
chain=$!
until bitcoin-cli -regtest -datadir="$0/b" -rpcuser=test -rpcpassword=test getblockcount >/dev/null 2>&1; do
  kill -0 $chain || exit 1
  sleep 0.2
done
lightningd --network=regtest --lightning-dir="$0/l" --bitcoin-datadir="$0/b" --bitcoin-rpcuser=test \\
  --bitcoin-rpcpassword=test --bind-addr=127.0.0.1:9735 --log-level=broken --developer >/dev/null &
node=$!
read -r end
kill $node $chain
wait
`;

export interface OfflineNode {
  call(method: string, params?: Params): Promise<Json>;
  stop(): Promise<void>;
}

export async function startOffline(): Promise<OfflineNode> {
  const folder = mkdtempSync(join(tmpdir(), 'on-'));
  for (const name of ['b', 'l']) mkdirSync(join(folder, name));
  const [program = '', ...flags] = UNSHARE;
  const shell = spawn(program, [...flags, SCRIPT, folder], { stdio: ['pipe', 'ignore', 'ignore'] });
  const call: OfflineNode['call'] = (method, params) =>
    rpcCall(join(folder, 'l', 'regtest', 'lightning-rpc'), method, params);
  // It answers before it has started its own plugins; one that is started meanwhile never gets its init.
  await until('lightningd without a network', async () => {
    const { plugins } = (await call('plugin', { subcommand: 'list' })) as { plugins: { active: boolean }[] };
    return plugins.every(({ active }) => active);
  });
  return {
    call,
    async stop() {
      await endOf(shell, () => shell.stdin.end());
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
