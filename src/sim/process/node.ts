// What is the simulated node as a whole? Its world, plugins, commands and socket, from start to end.
import { join, resolve } from 'node:path';
import { CLOCK_VARIABLE, formatScaledTime, type ScaledTime } from '../../core/scaled-time.ts';
import { rpcMethods } from '../rpc/methods.ts';
import { createWorld, type SimulatedWorld } from '../world/simulated-world.ts';
import { BUILTIN_COMMANDS, BUILTIN_OPTIONS } from './builtin-names.ts';
import { CallBook } from './call-book.ts';
import { readConfigFile } from './config-file.ts';
import { configMethods } from './config-methods.ts';
import { ConfigVars } from './config-vars.ts';
import { Dispatcher, type HostMethod } from './dispatcher.ts';
import { EXIT, type Fatal } from './fatal.ts';
import { Faults } from './faults.ts';
import { hostMethods } from './host-methods.ts';
import { LogBook } from './log-book.ts';
import { makeFolders } from './make-folders.ts';
import { checkSettings, describeOwn, type NodeOptions } from './node-options.ts';
import { PluginHost } from './plugin-host.ts';
import { replay } from './replay.ts';
import { RpcServer } from './rpc-server.ts';
import { changesWorld, StateFile } from './state-file.ts';
import { WorldClock } from './world-clock.ts';

const DAY_MS = 86_400_000;

export class SimulatedNode {
  readonly socketPath: string;
  readonly #options: NodeOptions;
  readonly #exit: (code: number) => void;
  readonly #world: SimulatedWorld;
  readonly #state: StateFile | null;
  readonly #time: ScaledTime;
  readonly #clock: WorldClock;
  readonly #log: LogBook;
  readonly #vars: ConfigVars;
  readonly #host: PluginHost;
  readonly #server: RpcServer;
  readonly #netDir: string;
  readonly #dying: (fatal: Fatal) => void;
  #endOfDays: NodeJS.Timeout | null = null;
  #shutdown: Promise<void> | null = null;

  /**
   * `exit` ends the process; `die` does so without any tidying, as a crash would.
   * @throws Fatal when it cannot start.
   */
  constructor(
    options: NodeOptions,
    end: { readonly exit: (code: number) => void; readonly die: (fatal: Fatal) => void },
  ) {
    this.#options = options;
    this.#exit = end.exit;
    const dir = resolve(options.lightningDir);
    this.#netDir = join(dir, 'regtest');
    this.socketPath = join(this.#netDir, 'lightning-rpc');
    makeFolders(this.#netDir);

    const { world, state } = openWorld(options, this.#netDir);
    this.#world = world;
    this.#state = state;
    this.#time = {
      virtualOriginMs: world.now(),
      realOriginMs: Date.now(),
      speed: options.speed,
      endMs: options.freezeAfterDays === null ? null : world.now() + options.freezeAfterDays * DAY_MS,
    };
    this.#clock = new WorldClock(world, this.#time, (ms) => state?.reach(ms));
    this.#log = new LogBook(options.logFile ?? join(this.#netDir, 'log'), () => world.now());
    this.#dying = (fatal) => {
      this.#log.add('broken', 'lightningd', fatal.message);
      this.#clock.stop();
      end.die(fatal);
    };

    const files = [...readConfigFile(join(dir, 'config')), ...readConfigFile(join(this.#netDir, 'config'))];
    this.#vars = new ConfigVars([...files, ...options.vars]);
    const faults = new Faults();
    const book = new CallBook();
    this.#host = this.#makeHost(dir);
    const methods = new Map<string, HostMethod>(rpcMethods(world));
    const dispatcher = new Dispatcher({
      host: this.#host,
      methods,
      faults,
      book,
      developer: options.developer,
      before: (method, params) => {
        this.#before(method, params);
      },
      die: this.#dying,
    });
    const own = [
      ...hostMethods({
        host: this.#host,
        log: this.#log,
        faults,
        book,
        commands: () => [
          ...[...methods.keys()].flatMap((name) => dispatcher.builtin(name) ?? []),
          ...this.#host.plugins().flatMap((plugin) => plugin.methods),
        ],
        shutdown: () => this.shutdown(),
        exit: () => {
          this.#close();
          this.#exit(EXIT.clean);
        },
        clock: () => ({
          virtual_now: this.#clock.virtualNow() / 1000,
          world_now: world.now() / 1000,
          speed: this.#time.speed,
        }),
        skip: (seconds) => {
          this.#clock.skip(seconds * 1000);
        },
      }),
      ...configMethods({
        host: this.#host,
        vars: this.#vars,
        netDir: this.#netDir,
        log: this.#log,
        ownOptions: describeOwn(options, dir),
      }),
    ];
    for (const method of own) methods.set(method.name, method);
    this.#server = new RpcServer(dispatcher.dispatch);
  }

  /** Resolves when everything runs. @throws Fatal when lightningd would refuse to start. */
  async start(): Promise<void> {
    this.#world.onNotification((topic, payload) => {
      this.#host.notify(topic, payload);
    });
    this.#log.onWarning(({ level, at, source, text }) => {
      this.#host.notify('warning', {
        level: level === 'broken' ? 'error' : 'warn',
        time: (at / 1000).toFixed(9),
        timestamp: new Date(at).toISOString(),
        source,
        log: text,
      });
    });
    const named = (name: string): string[] =>
      this.#vars.all().flatMap((v) => (v.name === name && v.value !== null ? [v.value] : []));
    await this.#host.startAll(
      [...this.#options.plugins, ...named('plugin')],
      [...this.#options.importantPlugins, ...named('important-plugin')],
    );
    checkSettings(this.#vars.all(), (name) => this.#host.findOption(name)?.option, !this.#options.developer);
    await this.#server.listen(this.socketPath);
    await this.#host.initAll();
    this.#clock.start();
    const { days } = this.#options;
    if (days !== null) this.#endAfter(days);
    this.#log.add('info', 'lightningd', `Server started with public key ${this.#world.nodeId}`);
  }

  /** Ends the plugins and stops time; callers already connected are still served. Safe to call twice. */
  shutdown(): Promise<void> {
    this.#shutdown ??= (async () => {
      if (this.#endOfDays) clearInterval(this.#endOfDays);
      this.#server.stopListening();
      await this.#host.stopAll();
      this.#clock.stop();
    })();
    return this.#shutdown;
  }

  /** Ends as on a signal. */
  async stop(): Promise<void> {
    await this.shutdown();
    this.#close();
    this.#exit(EXIT.clean);
  }

  #close(): void {
    this.#server.closeAll();
    this.#state?.close();
    this.#log.close();
  }

  #makeHost(dir: string): PluginHost {
    const { version = 'v26.06.6' } = this.#options.world;
    const clock = this.#clock;
    return new PluginHost(
      {
        netDir: this.#netDir,
        pluginDir: join(dir, 'plugins'),
        developer: this.#options.developer,
        launch: {
          cwd: this.#netDir,
          args: this.#options.developer ? ['--developer'] : [],
          // Anew for each plugin: the clock may have been put forward.
          get env() {
            return {
              ...process.env,
              LIGHTNINGD_PLUGIN: '1',
              LIGHTNINGD_VERSION: version,
              [CLOCK_VARIABLE]: formatScaledTime(clock.time),
            };
          },
        },
        timeout: this.#options.pluginTimeout,
        grace: this.#options.shutdownGrace,
        log: this.#log,
        vars: this.#vars,
        isBuiltinCommand: (name) => BUILTIN_COMMANDS.has(name),
        isBuiltinOption: (name) => BUILTIN_OPTIONS.has(name),
        die: this.#dying,
      },
      [
        ...this.#options.disabledPlugins,
        ...this.#vars.all().flatMap((v) => (v.name === 'disable-plugin' && v.value !== null ? [v.value] : [])),
      ],
    );
  }

  #before(method: string, params: unknown): void {
    if (changesWorld(method)) this.#state?.record({ at: this.#world.now(), method, params });
  }

  #endAfter(days: number): void {
    const end = this.#time.virtualOriginMs + days * DAY_MS;
    this.#endOfDays = setInterval(() => {
      if (this.#world.now() >= end) void this.stop();
    }, 50);
  }
}

/** The world of the state file where there is one, else a new one. */
function openWorld(
  options: NodeOptions,
  netDir: string,
): { readonly world: SimulatedWorld; readonly state: StateFile | null } {
  const recorded = options.stateFile === null ? null : StateFile.open(options.stateFile);
  const bookkeeper = !options.disabledPlugins.some((name) => name.endsWith('bookkeeper'));
  if (recorded) {
    const { world, file } = recorded;
    // What bookkeeper tells, it tells of what has happened in any case.
    return { world: replay({ ...world, config: { ...world.config, bookkeeper } }), state: file };
  }
  const world = createWorld({ ...options.world, lightningDir: netDir, bookkeeper });
  const { config } = world.sim.state;
  return { world, state: options.stateFile === null ? null : StateFile.create(options.stateFile, config) };
}
