// lightningd's side of the plugin's two connections: its pipes and the RPC socket, over a small node in this process.
// Faster than the simulated node, and a test holds every string: what is answered, when, and when the plugin is killed.
import type { Socket } from 'node:net';
import { dirname, resolve } from 'node:path';
import type { Forward } from '../../src/core/forward.ts';
import { Child } from '../cln/child.ts';
import { reply, SocketServer, type Request } from '../cln/socket-server.ts';
import { recording, type Json } from '../node/recorded-node.ts';
import { FakeNode, idOf, scidOf } from '../store/fake-node.ts';

export const PLUGIN = resolve(import.meta.dirname, '../../cl-revenue-ops.js');

/** As listforwards and forward_event word it. */
export function rowOf(forward: Forward): Json {
  const seconds = (ns: bigint): number => Number(ns) / 1e9;
  const row = {
    created_index: forward.createdIndex,
    updated_index: forward.updatedIndex,
    in_channel: forward.inChannel,
    in_htlc_id: Number(forward.inHtlcId),
    in_msat: Number(forward.inMsat),
    out_channel: forward.outChannel,
    out_msat: forward.outMsat === null ? null : Number(forward.outMsat),
    fee_msat: forward.feeMsat === null ? null : Number(forward.feeMsat),
    status: forward.status,
    failcode: forward.failcode,
    style: 'tlv',
    received_time: seconds(forward.receivedNs),
    resolved_time: forward.resolvedNs === null ? null : seconds(forward.resolvedNs),
  };
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
}

export class FakeLightningd {
  readonly node = new FakeNode();
  readonly #server: SocketServer;
  readonly #channels: number;
  /** Replies of methods by name, over the built-in ones. */
  readonly answers = new Map<string, (request: Request) => unknown>();

  /** Called before each call is answered. */
  onRequest: () => void = () => undefined;

  private constructor(server: SocketServer, channels: number) {
    this.#server = server;
    this.#channels = channels;
    server.answer = (request, socket) => void this.#answer(request, socket);
  }

  static async listen(channels: number): Promise<FakeLightningd> {
    return new FakeLightningd(await SocketServer.listen(() => undefined), channels);
  }

  /** Where the plugin keeps its database. */
  get folder(): string {
    return dirname(this.#server.path);
  }

  get requests(): readonly Request[] {
    return this.#server.requests;
  }

  /** Starts the plugin and sends init; resolves with the reply. */
  async start(options: Json = {}): Promise<{ child: Child; init: Json }> {
    const child = new Child(PLUGIN);
    await child.ask('getmanifest', { 'allow-deprecated-apis': false });
    const { result } = await child.ask('init', {
      options,
      configuration: { 'lightning-dir': this.folder, 'rpc-file': 'lightning-rpc', startup: true, network: 'regtest' },
    });
    return { child, init: result as Json };
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  async #answer(request: Request, socket: Socket): Promise<void> {
    this.onRequest();
    const own = this.answers.get(request.method);
    const result = own ? await own(request) : await this.#result(request);
    if (result === undefined) {
      const error = { code: -32601, message: `Unknown command '${request.method}'` };
      socket.write(`${JSON.stringify({ jsonrpc: '2.0', id: request.id, error })}\n\n`);
    } else if (!socket.destroyed) reply(socket, request.id, result);
  }

  async #result({ method, params }: Request): Promise<unknown> {
    switch (method) {
      case 'getinfo':
        return recording('getinfo').result;
      case 'listpeerchannels':
        return { channels: Array.from({ length: this.#channels }, (_, i) => this.#channel(i)) };
      case 'listclosedchannels':
        return { closedchannels: [] };
      case 'listnodes':
        return { nodes: [] };
      case 'listfunds':
        return recording('listfunds').result;
      case 'help':
        return recording('help').result;
      case 'wait': {
        if (params['subsystem'] !== 'forwards') return { created: 0 };
        const indexes = await this.node.readForwardIndexes();
        return indexes ?? undefined;
      }
      case 'listforwards': {
        const by = params['index'] === 'updated' ? 'updated' : 'created';
        const rows = await this.node.readForwards(by, Number(params['start']), Number(params['limit']));
        return { forwards: rows.map(rowOf) };
      }
      default:
        return undefined;
    }
  }

  #channel(number: number): Json {
    const [template] = recording('listpeerchannels').result['channels'] as Json[];
    return { ...template, channel_id: idOf(number), short_channel_id: scidOf(number), alias: undefined };
  }
}

/** Whether the plugin has read the whole history. */
export const isReady = (child: Child): boolean => child.stdout.includes('ready: ');
