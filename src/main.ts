// The plugin: which parts are there, and how are they joined? Nothing but that is decided here.
import { MethodError, runPlugin, type InitMessage, type MethodDeclaration } from './cln/plugin.ts';
import { RpcClient } from './cln/rpc-client.ts';
import { backtestProcess } from './backtest-process.ts';
import { systemClock } from './clock.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { told } from './app/alerts/alert.ts';
import { Application } from './app/application.ts';
import { COMMANDS } from './app/commands/all.ts';
import type { Command } from './app/commands/command.ts';
import { LastBacktest } from './dashboard/last-backtest.ts';
import type { Dashboard } from './dashboard/start.ts';
import { changeConfig, validateConfig } from './core/config/validate.ts';
import { CommandError } from './core/errors.ts';
import { legacyOptionsIn, OPTION_DECLARATIONS } from './manifest.ts';
import { keepMemorySmall } from './memory.ts';
import { LightningLedger } from './node/ledger.ts';
import { asker } from './node/ask.ts';
import { LightningClboss } from './node/clboss.ts';
import { LightningFees } from './node/fees.ts';
import { decodeForward } from './node/forwards.ts';
import { LightningReader } from './node/reader.ts';
import { LightningRebalancing } from './node/rebalancing.ts';
import { LightningRunes } from './node/runes.ts';
import { Webhook } from './node/webhook.ts';
import type { Log, RuneChecker, Store } from './ports.ts';
import { expandPath, openStore } from './store/open.ts';

/** Put in by scripts/build.mjs from package.json. */
declare const __VERSION__: string;
/** The dashboard's page, put in by scripts/build.mjs. */
declare const __PAGE__: string;

/** How long lightningd may take for a call that says nothing else: it answers nobody during someone's big listing. */
const CALL_TIMEOUT_MS = 60_000;

/** What other plugins subscribe to in order to hear of alerts. */
const ALERT_TOPIC = 'revenue_ops_alert';

/** By which lightningd's log, and what is left behind by a run that was killed, tell our calls from others'. */
const CALL_PREFIX = 'cl-revenue-ops';

interface Running {
  readonly application: Application;
  readonly store: Store;
  readonly client: RpcClient;
  readonly runes: RuneChecker;
  readonly backtester: LastBacktest;
  /** Null until one is wanted. */
  dashboard: Promise<Dashboard> | null;
  /** What keeps the dashboard from being there. */
  readonly troubles: Map<string, string>;
  readonly webhook: Webhook;
}
let running: Running | null = null;

const log: Log = {
  debug: (message) => {
    plugin.log('debug', message);
  },
  info: (message) => {
    plugin.log('info', message);
  },
  warn: (message) => {
    plugin.log('warn', message);
  },
  error: (message) => {
    plugin.log('error', message);
  },
};

/** Refuses a bad configuration or database with a sentence; else answers at once and begins in the background. */
function init({ options, configuration, socketPath }: InitMessage): { disable: string } | undefined {
  const config = validateConfig(options);
  if (!config.ok) return { disable: config.error.join('; ') };
  const legacyOptionsSet = legacyOptionsIn(options);
  for (const name of legacyOptionsSet) log.warn(`${name} is no longer used; remove it from the configuration`);
  const clock = systemClock(process.env);
  const store = openStore(expandPath(config.value.dbPath, configuration.lightningDir));
  const client = new RpcClient({
    socketPath,
    idPrefix: CALL_PREFIX,
    timeoutMs: CALL_TIMEOUT_MS,
    onWarning: (text) => {
      log.warn(text);
    },
  });
  const ask = asker(client);
  const node = new LightningReader(ask, clock);
  const troubles = new Map<string, string>();
  const accounts = new LightningLedger(ask, clock);
  const webhook = new Webhook(
    {
      fetch,
      log,
      now: () => Math.floor(Date.now() / 1000),
      sleep: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
    },
    () => {
      const { webhook: url, webhookSecretFile } = running?.application.config ?? config.value;
      return { url, secretFile: expandPath(webhookSecretFile, configuration.lightningDir) };
    },
  );
  const backtester = new LastBacktest(backtestProcess(), clock);
  const application = new Application(
    {
      node,
      accounts,
      fees: new LightningFees(ask),
      clboss: new LightningClboss(ask),
      rebalancing: new LightningRebalancing(ask, { clock, log, callPrefix: CALL_PREFIX }),
      backtester,
      store,
      clock,
      rng: { next: Math.random },
      log,
    },
    {
      version: __VERSION__,
      config: config.value,
      legacyOptionsSet,
      notices: () => [
        ...told('dashboard', [...troubles.values()]),
        ...told('webhook', webhook.trouble === null ? [] : [webhook.trouble]),
      ],
      onReady: () => {
        void running?.dashboard?.then(({ warm }) => warm()).catch(() => undefined);
      },
      onAlert: (news) => {
        plugin.notify(ALERT_TOPIC, news);
        webhook.send(news);
      },
    },
  );
  const runes = new LightningRunes(ask, () => application.context.nodeId());
  running = { application, store, client, runes, backtester, dashboard: null, troubles, webhook };
  application.start();
  configureDashboard(running);
  webhook.prepare();
  keepMemorySmall();
  return undefined;
}

/** Opens the dashboard, moves it or closes it, as the configuration says; what fails is told and keeps nothing up. */
function configureDashboard(parts: Running): void {
  const { application, runes, backtester, troubles } = parts;
  const { config, context } = application;
  if (parts.dashboard === null && config.dashboard === 'off') return;
  parts.dashboard ??= import('./dashboard/start.ts').then(({ openDashboard }) =>
    openDashboard({
      context,
      commands: COMMANDS,
      runes,
      log,
      html: __PAGE__,
      backtest: () => backtester.answer,
    }),
  );
  void parts.dashboard
    .then(async ({ server, warm }) => {
      await server.configure(config);
      if (server.trouble === null) troubles.delete('dashboard');
      else troubles.set('dashboard', server.trouble);
      await warm();
    })
    .catch((error: unknown) => {
      troubles.set('dashboard', `the dashboard cannot run: ${String(error)}`);
      log.error(`dashboard: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    });
}

/** Cuts off what is under way at the socket, waits until it has noticed, and only then closes the database. */
async function shutdown(): Promise<void> {
  if (running === null) return;
  const { application, client, store, dashboard, webhook } = running;
  // One that never came to be needs no stopping.
  const closed = dashboard?.then(({ server }) => server.stop()).catch(() => undefined);
  const stopped = Promise.all([application.stop(), closed, webhook.stop()]);
  client.close();
  await stopped;
  store.close();
}

function toMethod(command: Command): MethodDeclaration {
  const { name, usage, description } = command;
  return {
    name,
    usage,
    description,
    category: 'revenue',
    check: (params) => {
      try {
        command.check(params);
      } catch (error) {
        throw asMethodError(error);
      }
    },
    run: async (params, call) => {
      try {
        if (running === null) throw new CommandError('not-ready', 'not ready yet: waiting for lightningd to start us');
        return await command.run(params, running.application.context, {
          progress: (num, total) => {
            call.progress(num, total);
          },
        });
      } catch (error) {
        throw asMethodError(error);
      }
    },
  };
}

/** Names the error in `data`, for programs; what is no CommandError is a defect and stays what it is. */
const asMethodError = (error: unknown): unknown =>
  error instanceof CommandError ? new MethodError(error.code, error.message, { error: error.errorName }) : error;

const WEBHOOK_OPTIONS: readonly string[] = ['revenue-ops-webhook', 'revenue-ops-webhook-secret-file'];

/** The configuration after `setconfig`, or why not; kept only when `keep`. */
function changeOption(name: string, text: unknown, keep: boolean): string | null {
  if (running === null) return `${name}: expected the plugin to be running`;
  const changed = changeConfig(running.application.config, name, text);
  if (!changed.ok) return changed.error;
  if (keep) {
    running.application.config = changed.value;
    configureDashboard(running);
    if (WEBHOOK_OPTIONS.includes(name)) running.webhook.prepare();
  }
  return null;
}

const plugin = runPlugin({
  options: OPTION_DECLARATIONS,
  methods: COMMANDS.map(toMethod),
  notifications: [ALERT_TOPIC],
  subscriptions: {
    forward_event: (payload) => {
      running?.application.onForward(decodeForward(payload));
    },
    channel_state_changed: () => {
      running?.application.onChannelsChanged();
    },
  },
  init,
  setOption: (name, text) => changeOption(name, text, true),
  checkOption: (name, text) => changeOption(name, text, false),
  shutdown,
});
