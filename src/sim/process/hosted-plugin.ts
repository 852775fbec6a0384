// What does the node know of a plugin it runs, and what must a plugin's surroundings offer?
import type { ConfigVars } from './config-vars.ts';
import type { Fatal } from './fatal.ts';
import type { LogBook } from './log-book.ts';
import type { Manifest, RpcMethod } from './manifest.ts';
import type { PluginOption } from './plugin-option.ts';
import type { Launch, PluginProcess } from './plugin-process.ts';

/** A plugin that has been started, and what it registered so far. */
export interface HostedPlugin {
  readonly process: PluginProcess;
  readonly checksum: string;
  important: boolean;
  manifest: Manifest | null;
  readonly methods: RpcMethod[];
  readonly options: PluginOption[];
}

/** What the hosting of plugins needs to know of the node around it. */
export interface Surroundings {
  /** The lightning directory with the network's folder. */
  readonly netDir: string;
  readonly pluginDir: string;
  readonly developer: boolean;
  readonly launch: Launch;
  /** Seconds for getmanifest, and again for init. */
  readonly timeout: number;
  /** Seconds from the `shutdown` notification to SIGKILL. */
  readonly grace: number;
  readonly log: LogBook;
  readonly vars: ConfigVars;
  /** lightningd's own commands and options: their names are taken. */
  readonly isBuiltinCommand: (name: string) => boolean;
  readonly isBuiltinOption: (name: string) => boolean;
  /** The node cannot go on. */
  readonly die: (fatal: Fatal) => void;
}

/** Whether a manifest asks for a topic; "*" is everything but `log`. */
export const listens = (manifest: Manifest | null, topic: string): boolean =>
  manifest !== null &&
  (manifest.subscriptions.includes(topic) || (topic !== 'log' && manifest.subscriptions.includes('*')));

/** Notifications reach a plugin only after it has answered `init`. */
export const subscribes = ({ process, manifest }: HostedPlugin, topic: string): boolean =>
  process.state === 'during normal operation' && listens(manifest, topic);
