// clboss beside a simulated node: it keeps its tags as the recorded one does, and comes, goes and fails as a test says.
import { RpcError, RpcTimeoutError } from '../../src/cln/errors.ts';
import type { NodeId } from '../../src/core/units.ts';
import type { Params } from '../../src/node/ask.ts';
import { describeStatus } from '../../src/sim/clboss/status.ts';
import { ClbossRefusal, PARAMETER_ERROR, unmanage, type Unmanaged } from '../../src/sim/clboss/unmanaged.ts';

/** How the next clboss-unmanage goes wrong; `late`: done, but the answer does not come in time. */
export const MISHAPS = ['refuse', 'die-before', 'die-after', 'lost', 'late'] as const;
export type Mishap = (typeof MISHAPS)[number];

/** lightningd's words and code for a plugin that ends with a call of it under way. */
const ENDED = (method: string): RpcError => new RpcError(method, -4, 'Plugin terminated before replying to RPC call.');

export class ImitatedClboss {
  running = true;
  /** Whether clboss-status is answered in time. */
  mute = false;
  mishap: Mishap | null = null;
  #kept: Unmanaged = [];

  /** Undefined for what is none of its commands, or while it is not running. */
  readonly answer = (method: string, params: Params): unknown => {
    if (!this.running) return undefined;
    if (method === 'clboss-status') {
      if (this.mute) throw new RpcTimeoutError(method, 60_000);
      return describeStatus(this.#kept, new Map(), 1_795_230_000);
    }
    return method === 'clboss-unmanage' ? this.#unmanage(params) : undefined;
  };

  tagsOf(peer: NodeId): readonly string[] {
    return this.#kept.find(([id]) => id === peer)?.[1] ?? [];
  }

  /** As the operator would, by hand. */
  set(peer: NodeId, tags: readonly string[]): void {
    this.#kept = unmanage(this.#kept, { nodeid: peer, tags: tags.join(',') });
  }

  /** Its database is gone. */
  forget(): void {
    this.#kept = [];
  }

  #unmanage(params: Params): object {
    const { mishap } = this;
    this.mishap = null;
    const method = 'clboss-unmanage';
    if (mishap === 'refuse') throw new RpcError(method, PARAMETER_ERROR, 'Parameter error: as ordered', {});
    if (mishap === 'lost') throw new RpcTimeoutError(method, 60_000);
    if (mishap === 'die-before') this.running = false;
    else this.#apply(method, params);
    if (mishap === 'late') throw new RpcTimeoutError(method, 60_000);
    if (mishap === 'die-after') this.running = false;
    if (!this.running) throw ENDED(method);
    return {};
  }

  #apply(method: string, params: Params): void {
    try {
      this.#kept = unmanage(this.#kept, params);
    } catch (error) {
      if (!(error instanceof ClbossRefusal)) throw error;
      throw new RpcError(method, PARAMETER_ERROR, error.message, {});
    }
  }
}

/** Answers everything but clboss' commands as a node without them. */
export const clbossOnly =
  (clboss: ImitatedClboss) =>
  async (method: string, params: Params): Promise<unknown> => {
    await Promise.resolve();
    const reply = clboss.answer(method, params);
    if (reply === undefined) throw new RpcError(method, -32601, `Unknown command '${method}'`);
    return reply;
  };
