// How is one real lightningd run on a regtest chain, stopped and started again?
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';
import { CLOCK_VARIABLE, formatScaledTime, REAL_TIME } from '../../../src/core/scaled-time.ts';
import { rpcCall, until, type Json, type Params } from '../rpc.ts';
import { Bitcoind, endOf, freePort } from './bitcoind.ts';

/** Fees every node charges until setchannel says otherwise. */
const FEE_BASE_MSAT = 1;
const FEE_PPM = 100;
/** Blocks a hop needs between its two deadlines; small, so that a test may mine without closing channels. */
export const CLTV_DELTA = 6;

export class Lightningd {
  readonly name: string;
  readonly folder: string;
  readonly port: number;
  readonly #chain: Bitcoind;
  readonly #extra: readonly string[];
  #process: ChildProcess | null = null;
  #stderr = '';
  id = '';

  private constructor(name: string, folder: string, port: number, chain: Bitcoind, extra: readonly string[]) {
    this.name = name;
    this.folder = folder;
    this.port = port;
    this.#chain = chain;
    this.#extra = extra;
  }

  /** `folder` must be short: the path of a unix socket has at most 108 bytes. */
  static async start(
    name: string,
    folder: string,
    chain: Bitcoind,
    extra: readonly string[] = [],
  ): Promise<Lightningd> {
    mkdirSync(folder, { recursive: true });
    const node = new Lightningd(name, folder, await freePort(), chain, extra);
    await node.run();
    return node;
  }

  /**
   * @param disabled lightningd's own plugins that it is to do without
   * @param later seconds by which the clock of our plugin is ahead of its own
   */
  async run(disabled: readonly string[] = [], later = 0): Promise<void> {
    const flags = {
      'lightning-dir': this.folder,
      network: 'regtest',
      addr: `127.0.0.1:${String(this.port)}`,
      'bitcoin-datadir': this.#chain.folder,
      'bitcoin-rpcport': this.#chain.port,
      'bitcoin-rpcuser': Bitcoind.user,
      'bitcoin-rpcpassword': Bitcoind.password,
      'allow-deprecated-apis': false,
      'log-level': 'debug',
      'log-file': join(this.folder, 'log'),
      'fee-base': FEE_BASE_MSAT,
      'fee-per-satoshi': FEE_PPM,
      'cltv-delta': CLTV_DELTA,
      'dev-bitcoind-poll': 1,
    };
    const developer = ['--developer', '--dev-fast-gossip', '--dev-fast-reconnect'];
    const given = Object.entries(flags).map(([name, value]) => `--${name}=${String(value)}`);
    const without = disabled.map((name) => `--disable-plugin=${name}`);
    const process = spawn('lightningd', [...developer, ...given, ...without, ...this.#extra], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env:
        later === 0
          ? env
          : { ...env, [CLOCK_VARIABLE]: formatScaledTime({ ...REAL_TIME, virtualOriginMs: later * 1000 }) },
    });
    this.#process = process;
    process.stderr.on('data', (data: Buffer) => (this.#stderr += data.toString()));
    const info = await until(`lightningd ${this.name}`, async () => {
      if (process.exitCode !== null) throw new Error(`lightningd ${this.name} ended: ${this.#stderr}`);
      return this.call('getinfo');
    });
    this.id = String(info['id']);
  }

  get pid(): number {
    if (this.#process?.pid === undefined) throw new Error(`lightningd ${this.name} does not run`);
    return this.#process.pid;
  }

  /** False once the process has ended, for whatever reason. */
  get running(): boolean {
    return this.#process !== null && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  call(method: string, params?: Params): Promise<Json> {
    return rpcCall(join(this.folder, 'regtest', 'lightning-rpc'), method, params);
  }

  log(): string[] {
    return readFileSync(join(this.folder, 'log'), 'utf8').split('\n');
  }

  /** Waits until the node has seen the whole chain, and says so: after a start it has the height seconds before. */
  async synced(): Promise<void> {
    const height = await this.#chain.height();
    await until(`${this.name} at block ${String(height)}`, async () => {
      const info = await this.call('getinfo');
      const loading = 'warning_bitcoind_sync' in info || 'warning_lightningd_sync' in info;
      return !loading && Number(info['blockheight']) >= height;
    });
  }

  async connectTo(peer: Lightningd): Promise<void> {
    await until(`${this.name} to connect to ${peer.name}`, () =>
      this.call('connect', { id: peer.id, host: '127.0.0.1', port: peer.port }),
    );
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    const process = this.#process;
    if (process) await endOf(process, () => process.kill('SIGKILL'));
  }

  async stop(): Promise<void> {
    const process = this.#process;
    if (process) await endOf(process, () => this.call('stop').catch(() => process.kill('SIGTERM')));
  }
}
