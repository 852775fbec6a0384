// How is a regtest chain had? One bitcoind with a wallet, driven over its HTTP interface.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { until } from '../rpc.ts';

/** A port nobody listens on. Those of the system's ephemeral range may be taken between the asking and the use. */
export function freePort(): Promise<number> {
  const port = 15_000 + Math.floor(Math.random() * 14_000);
  return new Promise((done) => {
    const server = createServer();
    server.on('error', () => {
      done(freePort());
    });
    server.listen(port, '127.0.0.1', () => {
      server.close(() => {
        done(port);
      });
    });
  });
}

/**
 * Wallets set a transaction's lock time up to 100 blocks back, and Knots keeps those with lock time 21 out of its
 * mempool (as mints of CAT-21 tokens): above 121 blocks there are none.
 */
const FIRST_BLOCKS = 130;

export class Bitcoind {
  readonly folder: string;
  readonly port: number;
  readonly #process: ChildProcess;
  static readonly user = 'test';
  static readonly password = 'test';

  private constructor(folder: string, port: number, process: ChildProcess) {
    this.folder = folder;
    this.port = port;
    this.#process = process;
  }

  static async start(folder: string): Promise<Bitcoind> {
    mkdirSync(folder, { recursive: true });
    const port = await freePort();
    const flags = ['-regtest', '-server', '-listen=0', '-txindex', '-dnsseed=0', '-fallbackfee=0.00001'];
    const access = [
      `-datadir=${folder}`,
      `-rpcport=${String(port)}`,
      `-rpcuser=${this.user}`,
      `-rpcpassword=${this.password}`,
    ];
    const chain = new Bitcoind(folder, port, spawn('bitcoind', [...flags, ...access], { stdio: 'ignore' }));
    await until('bitcoind', () => chain.call('getblockchaininfo'));
    await chain.call('createwallet', ['w']);
    await chain.mine(FIRST_BLOCKS);
    return chain;
  }

  async call(method: string, params: readonly unknown[] = []): Promise<unknown> {
    const response = await fetch(`http://127.0.0.1:${String(this.port)}/`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${Bitcoind.user}:${Bitcoind.password}`)}` },
      body: JSON.stringify({ id: 1, method, params }),
    });
    const { result, error } = (await response.json()) as { result: unknown; error: { message: string } | null };
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  async mine(blocks: number): Promise<void> {
    await this.call('generatetoaddress', [blocks, await this.call('getnewaddress')]);
  }

  /** @throws Error when the mempool has refused the transaction, of which sendtoaddress says nothing. */
  async pay(address: unknown, btc: number): Promise<void> {
    await this.call('getmempoolentry', [await this.call('sendtoaddress', [address, btc])]);
  }

  async height(): Promise<number> {
    return (await this.call('getblockcount')) as number;
  }

  /** Transactions waiting for a block. */
  async waiting(): Promise<number> {
    return ((await this.call('getrawmempool')) as unknown[]).length;
  }

  stop(): Promise<void> {
    return endOf(this.#process, () => this.#process.kill('SIGTERM'));
  }
}

/** Asks a process to end and waits until it has; by force after 20 s. */
export function endOf(process: ChildProcess, ask: () => unknown): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return Promise.resolve();
  return new Promise((done) => {
    const timer = setTimeout(() => process.kill('SIGKILL'), 20_000);
    process.once('exit', () => {
      clearTimeout(timer);
      done();
    });
    ask();
  });
}
