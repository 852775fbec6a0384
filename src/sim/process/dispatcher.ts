// Who answers a call: a command of the node, or a plugin? And in which words is it refused?
import { CheckPassed, GENERIC, ParamReader, SimError, UNKNOWN_COMMAND, type MethodContext } from '../method.ts';
import { applyFilter } from '../rpc/filter.ts';
import { BUNDLED_PLUGINS } from './bundled-plugins.ts';
import type { CallBook } from './call-book.ts';
import { EXIT, Fatal } from './fatal.ts';
import type { Fault, Faults } from './faults.ts';
import type { HostedPlugin } from './hosted-plugin.ts';
import { withMember } from './json-splice.ts';
import type { PluginHost } from './plugin-host.ts';
import { failure, RawJson, success } from './reply.ts';
import type { Call, Dispatch } from './rpc-server.ts';

/** What a command of the host itself may look at, beside its parameters. */
export interface HostContext extends MethodContext {
  readonly call: Call;
  /** Parameters as they came. */
  readonly params: unknown;
  /** `check` asks only whether the call would be accepted. */
  readonly checkOnly: boolean;
}

/** A command of the node: of the simulated lightningd (SimMethod) or of its process. */
export interface HostMethod {
  readonly name: string;
  readonly usage: string;
  run(params: ParamReader, context: HostContext): unknown;
}

export interface DispatcherParts {
  readonly host: PluginHost;
  readonly methods: ReadonlyMap<string, HostMethod>;
  readonly faults: Faults;
  readonly book: CallBook;
  /** lightningd quotes a wrong token only to developers; it may be a secret. */
  readonly developer: boolean;
  /** Before a command of the node runs: brings the world up to date and keeps record. */
  readonly before: (method: string, params: unknown) => void;
  readonly die: (fatal: Fatal) => void;
}

const OWNED_BY_BUNDLED = new Set(BUNDLED_PLUGINS.flatMap(({ methods }) => methods));

export class Dispatcher {
  readonly #parts: DispatcherParts;
  constructor(parts: DispatcherParts) {
    this.#parts = parts;
  }

  readonly dispatch: Dispatch = async (call) => {
    this.#parts.book.add({ id: JSON.parse(call.id), method: call.method, params: call.params });
    const fault: Fault | null = this.#parts.faults.take(call.method);
    if (fault?.kind === 'error') return { reply: failure(call.id, new SimError(fault.code, fault.message)), fault };
    return { reply: await this.#reply(call), fault };
  };

  /** The node's own command of that name; undefined where the plugin that brings it is disabled. */
  builtin(name: string): HostMethod | undefined {
    if (OWNED_BY_BUNDLED.has(name) && !this.#parts.host.bundledOwner(name)) return undefined;
    return this.#parts.methods.get(name);
  }

  async #reply(call: Call): Promise<string> {
    try {
      const plugin = this.#parts.host.findMethod(call.method)?.plugin;
      if (plugin) return await this.#forward(plugin, call);
      const result =
        call.method === 'check' ? await this.#check(call) : await this.#run(call.method, call.params, call, false);
      return result instanceof Forwarded ? result.reply : success(call.id, filtered(result, call.filter));
    } catch (error) {
      if (error instanceof SimError) return failure(call.id, this.#discreet(error));
      const fatal =
        error instanceof Fatal
          ? error
          : new Fatal(EXIT.fatal, `${call.method}: ${error instanceof Error ? (error.stack ?? error.message) : ''}`);
      this.#parts.die(fatal);
      return failure(call.id, new SimError(GENERIC, fatal.message));
    }
  }

  #run(name: string, params: unknown, call: Call, checkOnly: boolean): unknown {
    const method = this.builtin(name);
    if (!method) throw new SimError(UNKNOWN_COMMAND, `Unknown command '${name}'`);
    if (!checkOnly) this.#parts.before(name, params);
    const context = { signal: call.caller.signal, requestId: call.id, call, params, checkOnly };
    return method.run(new ParamReader(params, checkOnly), context);
  }

  /** `check`: the same refusals as the command itself, and nothing done. */
  async #check(call: Call): Promise<unknown> {
    const { name, rest } = splitCheck(call.params);
    const done = { command_to_check: name };
    const plugin = this.#parts.host.findMethod(name)?.plugin;
    if (plugin) return plugin.manifest?.canCheck === true ? new Forwarded(await this.#forward(plugin, call)) : done;
    try {
      await this.#run(name, rest, call, true);
    } catch (error) {
      if (!(error instanceof CheckPassed)) throw error;
    }
    return done;
  }

  /** Hands the request on as it is, but for the id, and the reply back. */
  async #forward({ process }: HostedPlugin, call: Call): Promise<string> {
    const onNotify = (method: string, params: string): void => {
      if (!call.wantsNotifications) return;
      const own = withMember(params, 'id', call.id);
      call.caller.send(`{"jsonrpc":"2.0","method":"${method}","params":${own}}`);
    };
    const id = this.#parts.host.requestId(call.method, call.id);
    const reply = await process.request(id, (quoted) => withMember(call.text, 'id', quoted), onNotify);
    return withMember(reply.text, 'id', call.id);
  }

  #discreet(error: SimError): SimError {
    if (this.#parts.developer) return error;
    const hidden = error.message.replace(/^([^:]+: .*: invalid token) '.*'$/s, '$1 (see logs for details)');
    return new SimError(error.code, hidden, error.data);
  }
}

/** A reply that a plugin has made, id and all. */
class Forwarded {
  readonly reply: string;
  constructor(reply: string) {
    this.reply = reply;
  }
}

function splitCheck(params: unknown): { readonly name: string; readonly rest: unknown } {
  const name: unknown = Array.isArray(params)
    ? params[0]
    : (params as { readonly command_to_check?: unknown } | null)?.command_to_check;
  if (typeof name !== 'string') throw new SimError(-32602, 'missing required parameter: command_to_check');
  if (Array.isArray(params)) return { name, rest: params.slice(1) };
  const rest = Object.fromEntries(Object.entries(params as object).filter(([key]) => key !== 'command_to_check'));
  return { name, rest };
}

const filtered = (result: unknown, filter: unknown): unknown =>
  filter === undefined ? result : applyFilter(result instanceof RawJson ? JSON.parse(result.text) : result, filter);
