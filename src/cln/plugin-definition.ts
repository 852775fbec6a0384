// What does the author of a plugin write down about it?
import type { LogLevel } from './log.ts';
import type { OptionDeclaration } from './options.ts';

/** How a long command tells its caller how far it is. Shown by lightning-cli; without effect after the reply. */
export interface CallContext {
  /** `num` of `total` steps are done, 0 <= num < total; `stage` the same for stages, where there are several. */
  progress(num: number, total: number, stage?: { readonly num: number; readonly total: number }): void;
  /** A line for the caller, not for the log. Default level: info. */
  message(text: string, level?: LogLevel): void;
}

export interface MethodDeclaration {
  readonly name: string;
  /** Parameters as `help` shows them, for instance `channel_id [hold_hours]`; may be empty. */
  readonly usage: string;
  readonly description: string;
  readonly category?: string;
  /**
   * `params` is an object or an array. The result is the reply; MethodError makes an error reply, and so does anything
   * else thrown, which is then logged as a defect.
   */
  run(params: unknown, call: CallContext): Promise<unknown>;
  /** Throws what `run` would throw about `params`; changes nothing. Without it every `check` passes. */
  check?(params: unknown): void;
}

/** What lightningd says about itself in `init`. */
export interface NodeConfiguration {
  /** Absolute, with the network's folder. */
  readonly lightningDir: string;
  readonly rpcFile: string;
  /** True when the node is starting, false when the plugin was started later by `plugin start`. */
  readonly startup: boolean;
  readonly network: string;
  /** Everything that lightningd sent, by its names. */
  readonly raw: Readonly<Record<string, unknown>>;
}

export interface InitMessage {
  /** Typed values by option name; an option that is not set and has no default is absent. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly configuration: NodeConfiguration;
  /** Absolute path of the RPC socket. */
  readonly socketPath: string;
}

/** Gets the payload itself, whether lightningd sent it flat or under the topic's name. */
export type NotificationHandler = (payload: unknown, topic: string) => void | Promise<void>;

export interface PluginDefinition {
  readonly options: readonly OptionDeclaration[];
  readonly methods: readonly MethodDeclaration[];
  /** By topic; `*` gets every topic that has no handler of its own. `shutdown` is subscribed to in any case. */
  readonly subscriptions: Readonly<Record<string, NotificationHandler>>;
  /** Topics that the plugin itself notifies of. */
  readonly notifications?: readonly string[];
  /**
   * Runs before the node goes on starting, so it only takes the message in and begins the work for later. What it
   * throws, or `disable`, turns the plugin off with that sentence; the node starts all the same.
   */
  init(message: InitMessage): { readonly disable: string } | undefined;
  /**
   * Takes a new value of a dynamic option. `value` is the text that lightningd sent, already known to be of the
   * declared type; an array for a multi option, undefined for a flag. Null accepts it, a sentence refuses it.
   */
  setOption?(name: string, value: unknown): string | null;
  /** Says what setOption would say, and changes nothing. */
  checkOption?(name: string, value: unknown): string | null;
  /** Closes what is open. lightningd kills the plugin 30 seconds after it asked. Only called after init. */
  shutdown(): void | Promise<void>;
  /**
   * Hears of what nobody caught: an exception, a rejection. It has been logged. The plugin goes on, because lightningd
   * would not restart it and an important plugin's death stops the node; stop acting here if acting is not safe.
   */
  onFault?(error: unknown): void;
}

/** The largest JSON object there is of a reason to refuse a definition: all of its faults at once. */
export class DefinitionError extends Error {
  constructor(faults: readonly string[]) {
    super(`plugin definition: ${faults.join('; ')}`);
    this.name = 'DefinitionError';
  }
}
