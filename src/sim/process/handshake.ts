// How does a started plugin become part of the node? getmanifest, registration of what it brings, init.
import { initOptions } from './config-vars.ts';
import { EXIT, Fatal } from './fatal.ts';
import type { HostedPlugin, Surroundings } from './hosted-plugin.ts';
import type { Frame } from './json-frames.ts';
import { Disabled, DuplicateOption, ManifestError, parseManifest, type RpcMethod } from './manifest.ts';
import { checkValue } from './plugin-option.ts';
import type { PluginState } from './plugin-process.ts';

/** What is registered already. */
export interface Registry {
  isStartup(): boolean;
  requestId(method: string, caller: string | null): string;
  /** Path of the plugin that has registered a command. */
  methodOwner(method: string): string | null;
  isOptionTaken(name: string): boolean;
  isKnownTopic(topic: string): boolean;
}

export class Handshake {
  readonly #around: Surroundings;
  readonly #registry: Registry;
  constructor(around: Surroundings, registry: Registry) {
    this.#around = around;
    this.#registry = registry;
  }

  /**
   * Asks for the manifest and registers what it says; false when that ended in the plugin's death.
   * @throws Fatal for what takes lightningd down with it.
   */
  async manifest(
    plugin: HostedPlugin,
    caller: string | null,
    given: Readonly<Record<string, unknown>> | null,
  ): Promise<boolean> {
    const params = `{"allow-deprecated-apis":${!this.#around.developer}}`;
    const reply = await this.#ask(plugin, 'before replying to getmanifest', 'getmanifest', caller, params);
    if (plugin.process.end !== null) return false;
    try {
      this.#register(plugin, reply, given);
    } catch (error) {
      this.#refuse(plugin, error);
      return false;
    }
    if (!this.#registry.isStartup() && plugin.manifest?.dynamic !== true) {
      plugin.process.kill('info', 'Not a dynamic plugin');
      return false;
    }
    plugin.process.state = 'before we sent init';
    return true;
  }

  /** Sends `init` and waits for any reply: even an error leaves the plugin running. */
  async init(plugin: HostedPlugin): Promise<void> {
    const configuration = {
      'lightning-dir': this.#around.netDir,
      'rpc-file': 'lightning-rpc',
      startup: this.#registry.isStartup(),
      network: 'regtest',
      feature_set: FEATURES,
    };
    const options = initOptions(plugin.options, this.#around.vars);
    const params = `{"options":${options},"configuration":${JSON.stringify(configuration)}}`;
    const reply = await this.#ask(plugin, 'before replying to init', 'init', null, params);
    if (plugin.process.end !== null) return;
    const disable = (reply.value['result'] as { readonly disable?: unknown } | undefined)?.disable;
    if (disable === undefined) {
      plugin.process.state = 'during normal operation';
      return;
    }
    plugin.important = false;
    const reason = typeof disable === 'string' ? disable : JSON.stringify(disable);
    plugin.process.kill('debug', `disabled itself at init: ${reason}`);
  }

  /** A request during start-up, under lightningd's time limit. */
  async #ask(
    { process }: HostedPlugin,
    state: PluginState,
    method: string,
    caller: string | null,
    params: string,
  ): Promise<Frame> {
    process.state = state;
    const timer = setTimeout(() => {
      process.kill('unusual', `timed out ${state}`);
      if (this.#registry.isStartup())
        this.#around.die(new Fatal(EXIT.fatal, "Can't recover from plugin failure, terminating."));
    }, this.#around.timeout * 1000);
    const reply = await process.request(
      this.#registry.requestId(method, caller),
      (id) => `{"jsonrpc":"2.0","id":${id},"method":"${method}","params":${params}}`,
    );
    clearTimeout(timer);
    return reply;
  }

  #refuse(plugin: HostedPlugin, error: unknown): void {
    const { process } = plugin;
    if (error instanceof Disabled) {
      plugin.important = false;
      process.kill('info', `disabled itself: ${error.message}`);
    } else if (error instanceof DuplicateOption && this.#registry.isStartup())
      throw new Fatal(
        EXIT.fatal,
        `error starting plugin '${process.path}': option name '${error.option}' is already taken`,
      );
    else if (error instanceof ManifestError) process.kill('unusual', error.message);
    else throw error;
  }

  #register(plugin: HostedPlugin, reply: Frame, given: Readonly<Record<string, unknown>> | null): void {
    const { isBuiltinOption, log } = this.#around;
    const manifest = parseManifest(reply.value, reply.text, {
      deprecatedApis: !this.#around.developer,
      optionTaken: (name) => isBuiltinOption(name) || this.#registry.isOptionTaken(name),
    });
    plugin.manifest = manifest;
    plugin.options.push(...manifest.options);
    for (const method of manifest.methods) this.#registerMethod(plugin, method);
    if (given !== null) this.#setOptions(plugin, given);
    for (const topic of manifest.subscriptions)
      if (!this.#registry.isKnownTopic(topic))
        log.add('unusual', plugin.process.logSource, `topic '${topic}' is not a known notification topic`);
  }

  #registerMethod(plugin: HostedPlugin, method: RpcMethod): void {
    const owner = this.#registry.methodOwner(method.name);
    if (owner !== null)
      throw new ManifestError(
        `Could not register method "${method.name}", a method with that name is already registered by plugin ${owner}`,
      );
    // lightningd looks for the plugin that owns the name, finds none, and reads through the null pointer.
    if (this.#around.isBuiltinCommand(method.name))
      throw new Fatal(
        EXIT.segfault,
        `lightningd would crash: plugin ${plugin.process.path} registered "${method.name}", a command of lightningd's own`,
      );
    plugin.methods.push(method);
  }

  /** Takes what was given to `plugin start` by name. */
  #setOptions(plugin: HostedPlugin, given: Readonly<Record<string, unknown>>): void {
    for (const [name, value] of Object.entries(given)) this.#setOption(plugin, name, value);
    const { vars, isBuiltinOption } = this.#around;
    const orphan = vars.all().find(({ name }) => !isBuiltinOption(name) && !this.#registry.isOptionTaken(name));
    // lightningd looks every setting up again, does not find the option, and reads through the null pointer.
    if (orphan)
      throw new Fatal(
        EXIT.segfault,
        `lightningd would crash: plugin start with named parameters while ${orphan.name} is set, of a plugin that does not run`,
      );
  }

  #setOption(plugin: HostedPlugin, name: string, value: unknown): void {
    const option = plugin.options.find((known) => known.name === name);
    if (!option) throw new ManifestError(`unknown parameter ${name}`);
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const problem = checkValue(option, text, !this.#around.developer);
    if (problem !== null) throw new ManifestError(problem);
    this.#around.vars.add({ name, value: option.type === 'flag' ? null : text, source: { kind: 'pluginstart' } });
  }
}

/** Feature bits as a v26.06.6 node on regtest hands them to plugins. */
const FEATURES = {
  init: '800898880a8a59a1',
  node: '808898880a8a59a1',
  channel: '',
  invoice: '02000002024100',
  bolt12_offer: '',
  bolt12_invreq: '',
  bolt12_invoice: '020000',
  channel_type: '08800000800000',
};
