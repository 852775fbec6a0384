// Which plugins run, what did they register, and who hears which notification?
import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { printJson } from '../json.ts';
import { INVALID_PARAMS, SimError } from '../method.ts';
import { BUNDLED_PLUGINS, type BundledPlugin } from './bundled-plugins.ts';
import { checksum, pathMatches, whyNotExecutable } from './executable.ts';
import { EXIT, Fatal } from './fatal.ts';
import { Handshake } from './handshake.ts';
import { listens, subscribes, type HostedPlugin, type Surroundings } from './hosted-plugin.ts';
import type { RpcMethod } from './manifest.ts';
import type { PluginOption } from './plugin-option.ts';
import { PluginProcess } from './plugin-process.ts';
import { BUNDLED_TOPICS, NATIVE_TOPICS } from './topics.ts';

/** lightningd's PLUGIN_ERROR. */
const PLUGIN_ERROR = -3;

export interface ListedPlugin {
  readonly name: string;
  readonly active: boolean;
  readonly dynamic: boolean;
}

export class PluginHost {
  readonly #around: Surroundings;
  readonly #handshake: Handshake;
  #plugins: HostedPlugin[] = [];
  #bundled: readonly BundledPlugin[];
  #startup = true;
  #stopping = false;
  #nextId = 0;

  /** `disabled`: plugins that lightningd brings along but shall not run. */
  constructor(around: Surroundings, disabled: readonly string[]) {
    this.#around = around;
    this.#bundled = BUNDLED_PLUGINS.filter(({ path }) => !disabled.some((name) => pathMatches(path, name)));
    this.#handshake = new Handshake(around, {
      isStartup: () => this.#startup,
      requestId: (method, caller) => this.requestId(method, caller),
      methodOwner: (name) => this.findMethod(name)?.plugin.process.path ?? this.bundledOwner(name)?.path ?? null,
      isOptionTaken: (name) => this.findOption(name) !== null,
      isKnownTopic: (topic) =>
        ['*', ...NATIVE_TOPICS, ...BUNDLED_TOPICS].includes(topic) ||
        this.#plugins.some(({ manifest }) => manifest?.topics.includes(topic)),
    });
  }

  /** The bundled plugin that brings a command along; undefined for lightningd's own, and where it is disabled. */
  bundledOwner(method: string): BundledPlugin | undefined {
    return this.#bundled.find(({ methods }) => methods.includes(method));
  }
  findMethod(name: string): { readonly plugin: HostedPlugin; readonly method: RpcMethod } | null {
    for (const plugin of this.#plugins)
      for (const method of plugin.methods) if (method.name === name) return { plugin, method };
    return null;
  }
  findOption(name: string): { readonly plugin: HostedPlugin; readonly option: PluginOption } | null {
    for (const plugin of this.#plugins)
      for (const option of plugin.options) if (option.name === name) return { plugin, option };
    return null;
  }
  plugins(): readonly HostedPlugin[] {
    return this.#plugins;
  }
  /** As `plugin list` shows them. */
  list(): readonly ListedPlugin[] {
    return [
      ...this.#bundled.map(({ path, dynamic }) => ({ name: path, active: true, dynamic })),
      ...this.#plugins.map(({ process, manifest }) => ({
        name: process.path,
        active: process.state === 'during normal operation',
        dynamic: manifest?.dynamic ?? false,
      })),
    ];
  }

  /** A request id as lightningd makes it: the caller's (JSON text), then its own. */
  requestId(method: string, caller: string | null): string {
    const own = `cln:${method}#${this.#nextId++}`;
    if (caller === null) return own;
    const bare = /^".*"$/s.test(caller) ? caller.slice(1, -1) : caller;
    return `${/[\\"\p{Cc}]/u.test(bare) ? 'weird-id' : bare}/${own}`;
  }

  /**
   * Starts the plugins the node starts with and collects their manifests; `init` comes later.
   * @throws Fatal for what keeps lightningd from starting.
   */
  async startAll(paths: readonly string[], important: readonly string[]): Promise<void> {
    await Promise.all(
      [...important, ...paths].map((path) => {
        const problem = whyNotExecutable(path);
        if (problem !== null) throw new Fatal(EXIT.fatal, `--plugin=${path}: ${path} is not executable: ${problem}`);
        return this.#handshake.manifest(this.#spawn(path, important.includes(path)), null, null);
      }),
    );
  }

  /** Sends `init` to those that start with the node, and waits for them. */
  async initAll(): Promise<void> {
    await Promise.all(this.#plugins.map((plugin) => this.#handshake.init(plugin)));
    this.#startup = false;
    for (const plugin of this.#plugins) this.#announce('plugin_started', plugin);
  }

  /**
   * `plugin start`: resolves when the plugin has answered `init`. `options` is null where parameters came by position.
   * @throws SimError -3 with the reason for which it was killed.
   */
  async start(given: string, options: Readonly<Record<string, unknown>> | null, caller: string): Promise<void> {
    const path = whyNotExecutable(given) === null ? given : resolve(this.#around.pluginDir, given);
    const problem = whyNotExecutable(path);
    if (problem !== null) throw new SimError(INVALID_PARAMS, `${path} is not executable: ${problem}`);
    const running = this.#plugins.find(({ process }) => process.path === realpathSync(path));
    if (running) {
      // Instead of "already registered" lightningd prints what errno happens to hold.
      if (running.checksum === checksum(path)) throw new SimError(INVALID_PARAMS, `${given}: Invalid argument`);
      running.process.kill('info', 'Plugin changed, needs restart.');
    }
    const plugin = this.#spawn(path, false);
    if (await this.#handshake.manifest(plugin, caller, options)) await this.#handshake.init(plugin);
    const { end } = plugin.process;
    if (end !== null) throw new SimError(PLUGIN_ERROR, `${plugin.process.path}: ${end}`);
    this.#announce('plugin_started', plugin);
  }

  /** `plugin stop`: asks first those that want to be asked. Returns the plugin's file name. */
  async stop(name: string): Promise<string> {
    const bundled = this.#bundled.find(({ path }) => pathMatches(path, name));
    const plugin = this.#plugins.find(({ process }) => pathMatches(process.path, name));
    if (!bundled && !plugin) throw new SimError(INVALID_PARAMS, `Could not find plugin ${name}`);
    if (!(bundled?.dynamic ?? plugin?.manifest?.dynamic ?? false))
      throw new SimError(INVALID_PARAMS, `${name} cannot be managed when lightningd is up`);
    if (bundled) this.#bundled = this.#bundled.filter((other) => other !== bundled);
    if (!plugin) return bundled?.path.split('/').at(-1) ?? name;
    plugin.important = false;
    if (!(await this.#askToEnd(plugin))) plugin.process.kill('info', 'stopped by lightningd via RPC');
    return plugin.process.shortName;
  }

  /** Ends all plugins, when the node itself stops. */
  async stopAll(): Promise<void> {
    this.#stopping = true;
    await Promise.all(
      this.#plugins.map(async (plugin) => {
        if (!(await this.#askToEnd(plugin))) plugin.process.kill('debug', 'lightningd is shutting down');
      }),
    );
  }

  /** Whether a payload need be made at all. */
  anyoneListens(topic: string): boolean {
    return this.#plugins.some((plugin) => subscribes(plugin, topic));
  }
  /** Tells every subscriber; the payload stands under the topic's name. */
  notify(topic: string, payload: unknown): void {
    if (this.anyoneListens(topic)) this.#broadcast(topic, `"params":{"${topic}":${printJson(payload)}}`);
  }

  #broadcast(topic: string, rest: string): void {
    for (const plugin of this.#plugins)
      if (subscribes(plugin, topic)) plugin.process.send(`{"jsonrpc":"2.0","method":"${topic}",${rest}}`);
  }

  #announce(topic: 'plugin_started' | 'plugin_stopped', { process, methods }: HostedPlugin): void {
    this.notify(topic, {
      plugin_name: process.shortName,
      plugin_path: process.path,
      methods: methods.map(({ name }) => name),
    });
  }

  #spawn(path: string, important: boolean): HostedPlugin {
    const process = new PluginProcess(realpathSync(path), this.#around.launch, {
      log: (level, text) => {
        this.#around.log.add(level, process.logSource, text);
      },
      custom: (topic, params) => {
        this.#relay(plugin, topic, params);
      },
      gone: () => {
        this.#remove(plugin);
      },
    });
    const plugin: HostedPlugin = {
      process,
      checksum: checksum(path),
      important,
      manifest: null,
      methods: [],
      options: [],
    };
    this.#plugins.push(plugin);
    return plugin;
  }

  #remove(plugin: HostedPlugin): void {
    const { process } = plugin;
    this.#plugins = this.#plugins.filter((other) => other !== plugin);
    for (const { name } of plugin.options) this.#around.vars.forgetPluginStart(name);
    if (this.#stopping) return;
    if (plugin.important) {
      const text = 'Plugin marked as important, shutting down lightningd!';
      this.#around.log.add('broken', process.logSource, text);
      this.#around.die(new Fatal(EXIT.fatal, `${process.path}: ${process.end ?? ''}. ${text}`));
    } else if (!this.#startup) this.#announce('plugin_stopped', plugin);
  }

  /** Passes a plugin's own notification on, if it announced that it would send such. */
  #relay({ process, manifest }: HostedPlugin, topic: string, params: string): void {
    if (manifest?.topics.includes(topic) === true) {
      this.#broadcast(topic, `"origin":${JSON.stringify(process.shortName)},"params":${params}`);
      return;
    }
    this.#around.log.add(
      'unusual',
      process.logSource,
      `Plugin attempted to send a notification to topic "${topic}" it hasn't declared in its manifest, ` +
        'not forwarding to subscribers.',
    );
  }

  /** Notifies a subscriber of `shutdown` and waits until it ends or is killed; false when it did not subscribe. */
  async #askToEnd({ process, manifest }: HostedPlugin): Promise<boolean> {
    if (process.state !== 'during normal operation' || !listens(manifest, 'shutdown')) return false;
    process.send('{"jsonrpc":"2.0","method":"shutdown","params":{"shutdown":{}}}');
    await process.ended(this.#around.grace * 1000);
    if (process.end === null) {
      this.#around.log.add('unusual', process.logSource, 'Timeout on shutdown: killing anyway');
      process.kill('info', 'stopped by lightningd via RPC');
    }
    return true;
  }
}
