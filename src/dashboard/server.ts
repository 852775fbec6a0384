// How does the dashboard come to listen, move to another address, and end, whatever the operating system says to it?
import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { parseAddress, parseHosts, type Address } from '../core/config/dashboard-address.ts';
import type { Config } from '../core/config/options.ts';
import type { Log } from '../ports.ts';
import { hostsOf, isLoopback, printAddress } from './address.ts';
import { endSlowReaders } from './slow-readers.ts';

/** What the server needs of the configuration. */
export type ServerConfig = Pick<Config, 'dashboard' | 'dashboardHosts'>;

/** A browser that sends nothing more, or reads nothing of its answer, keeps no socket for longer, in milliseconds. */
const IDLE_MS = 30_000;
/** A request whose head and body are not there by then is none: nothing sent here is long. */
const REQUEST_MS = 20_000;
/** A browser opens six to one address; each costs us memory and a file. */
const MOST_CONNECTIONS = 100;

export class DashboardServer {
  readonly #app: Hono;
  readonly #log: Log;
  #server: Server | null = null;
  #wanted: ServerConfig | null = null;
  #listening: Address | null = null;
  #hosts: ReadonlySet<string> = new Set();
  #trouble: string | null = null;
  /** One change of mind after the other. */
  #turn: Promise<void> = Promise.resolve();

  /** @param app made with `hosts` of this server */
  constructor(app: (hosts: () => ReadonlySet<string>) => Hono, log: Log) {
    this.#app = app(() => this.#hosts);
    this.#log = log;
  }

  /** Where it listens; null while it does not. */
  get address(): Address | null {
    return this.#listening;
  }

  /** What keeps it from listening, for revenue-status; null when all is as the operator wants it. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /** Resolves once it listens as configured, or has said in the log why not. Never rejects. */
  configure(config: ServerConfig): Promise<void> {
    const before = this.#wanted;
    this.#wanted = config;
    if (before?.dashboard === config.dashboard && before.dashboardHosts === config.dashboardHosts) return this.#turn;
    return (this.#turn = this.#turn.then(() => this.#apply(config)));
  }

  /** Resolves once nobody is served any more. */
  stop(): Promise<void> {
    this.#wanted = null;
    return (this.#turn = this.#turn.then(() => this.#close()));
  }

  async #apply({ dashboard, dashboardHosts }: ServerConfig): Promise<void> {
    await this.#close();
    this.#trouble = null;
    if (dashboard === 'off') return;
    try {
      const address = parseAddress(dashboard);
      if (address === null) throw new Error('it is no address');
      const port = await this.#listen(address);
      const actual = { ...address, port };
      this.#listening = actual;
      this.#hosts = hostsOf(actual, parseHosts(dashboardHosts) ?? []);
      this.#log.info(`dashboard: http://${printAddress(actual)}/ (make a rune for it: docs/dashboard.md)`);
      if (!isLoopback(actual))
        this.#log.warn(
          `dashboard: ${printAddress(actual)} can be reached from other machines, and what is sent there can be read on the way: put a proxy with TLS before it`,
        );
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const why = code === 'EADDRINUSE' ? 'another program listens there' : message;
      this.#trouble = `the dashboard cannot listen at ${dashboard}: ${why}; set revenue-ops-dashboard to another address, or to off`;
      this.#log.error(this.#trouble);
    }
  }

  #listen({ host, port }: Address): Promise<number> {
    const answer = getRequestListener(this.#app.fetch);
    const server = createServer((request, response) => void answer(request, response));
    server.keepAliveTimeout = IDLE_MS;
    server.requestTimeout = REQUEST_MS;
    server.headersTimeout = REQUEST_MS;
    server.maxConnections = MOST_CONNECTIONS;
    endSlowReaders(server, IDLE_MS);
    server.on('clientError', (_, socket) => {
      socket.destroy();
    });
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => {
        server.off('error', reject);
        server.on('error', (error) => {
          this.#log.warn(`dashboard: ${error.message}`);
        });
        this.#server = server;
        const bound = server.address();
        resolve(typeof bound === 'object' && bound !== null ? bound.port : port);
      });
    });
  }

  async #close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    this.#listening = null;
    if (server === null) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }
}
