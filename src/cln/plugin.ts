// How does a plugin live? Messages in on stdin, answers out on stdout, until lightningd says shutdown or goes away.
import { GENERIC_ERROR, INVALID_REQUEST, messageOf, MethodError } from './errors.ts';
import { DocumentSplitter } from './framing.ts';
import { readMessage, writeAbout, writeError, writeNotification, writeResult, type RawId } from './jsonrpc.ts';
import { logParams, type LogLevel } from './log.ts';
import { checkDefinition } from './manifest.ts';
import { payloadOf } from './notification.ts';
import { MessageOutput } from './output.ts';
import type { CallContext, NotificationHandler, PluginDefinition } from './plugin-definition.ts';
import { watchProcess } from './process-watch.ts';
import { Requests } from './requests.ts';

export type { LogLevel } from './log.ts';
export { MethodError } from './errors.ts';
export type { OptionDeclaration } from './options.ts';
export { DefinitionError } from './plugin-definition.ts';
export type * from './plugin-definition.ts';

/** Where a plugin's messages come from and go to. */
export interface PluginIo {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  exit(code: number): void;
}

export interface PluginHandle {
  /** A line, or several, in lightningd's log. */
  log(level: LogLevel, message: string): void;
  /** A notification of a topic declared in the definition, to the plugins that subscribed to it. */
  notify(topic: string, params: unknown): void;
  /** Resolves when the plugin has shut down, just before it exits. */
  readonly done: Promise<void>;
}

/** lightningd kills 30 seconds after `shutdown`; what is not closed by then had better be crash-safe. */
const SHUTDOWN_DEADLINE_MS = 25_000;

/**
 * Runs a plugin on this process's stdin and stdout, or on `io`. On the process it also keeps everything else off
 * stdout, survives what nobody caught, and shuts down on SIGTERM and SIGINT.
 * @throws DefinitionError when lightningd would not bear the definition.
 */
export function runPlugin(definition: PluginDefinition, io?: PluginIo): PluginHandle {
  checkDefinition(definition);
  const plugin = new Plugin(definition, io ?? ownIo());
  if (io === undefined) plugin.ownProcess();
  return plugin;
}

const ownIo = (): PluginIo => ({
  input: process.stdin,
  output: process.stdout,
  exit: (code) => {
    process.exit(code);
  },
});

class Plugin implements PluginHandle {
  readonly done: Promise<void>;
  readonly #definition: PluginDefinition;
  readonly #io: PluginIo;
  readonly #output: MessageOutput;
  readonly #requests: Requests;
  readonly #handlers: ReadonlyMap<string, NotificationHandler>;
  readonly #splitter = new DocumentSplitter();
  #finish: () => void = () => undefined;
  #ending = false;

  constructor(definition: PluginDefinition, io: PluginIo) {
    this.#definition = definition;
    this.#io = io;
    this.#requests = new Requests(definition);
    this.#handlers = new Map(Object.entries(definition.subscriptions));
    this.done = new Promise((resolve) => {
      this.#finish = resolve;
    });
    const end = (): void => {
      this.end();
    };
    this.#output = new MessageOutput(io.output, end);
    io.input.on('data', (bytes: Buffer) => {
      this.#take(bytes);
    });
    io.input.on('end', end);
    io.input.on('close', end);
    io.input.on('error', end);
  }

  /** Takes this process over for the plugin alone. */
  ownProcess(): void {
    const releaseStdout = this.#output.guard(process.stderr);
    const unwatch = watchProcess({
      onFault: (error) => {
        this.log('error', `not caught anywhere: ${stackOf(error)}`);
        try {
          this.#definition.onFault?.(error);
        } catch (second) {
          // Thrown here it would end the process after all.
          this.log('error', `onFault: ${stackOf(second)}`);
        }
      },
      onSignal: () => {
        this.end();
      },
    });
    void this.done.then(() => {
      unwatch();
      releaseStdout();
    });
  }

  log(level: LogLevel, message: string): void {
    this.#output.send(writeNotification('log', logParams(level, message)));
  }

  notify(topic: string, params: unknown): void {
    if (!this.#definition.notifications?.includes(topic))
      throw new Error(`notification ${topic}: expected a topic declared in the definition`);
    this.#output.send(writeNotification(topic, params));
  }

  /** Shuts down once, whoever asks first: lightningd, the end of its pipe, or a signal. */
  end(): void {
    if (this.#ending) return;
    this.#ending = true;
    void this.#shutDown().finally(() => {
      this.#finish();
      this.#io.exit(0);
    });
  }

  async #shutDown(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, SHUTDOWN_DEADLINE_MS);
    });
    await Promise.race([deadline, this.#closeAll()]);
    clearTimeout(timer);
  }

  async #closeAll(): Promise<void> {
    try {
      if (this.#requests.initialised) await this.#definition.shutdown();
    } catch (error) {
      this.log('error', `shutdown: ${stackOf(error)}`);
    }
    await this.#output.flush();
  }

  #take(bytes: Buffer): void {
    for (const text of this.#splitter.push(bytes)) this.#handle(text);
  }

  #handle(text: string): void {
    const message = readMessage(text);
    switch (message.kind) {
      case 'request':
        this.#answer(message.id, message.method, message.params);
        return;
      case 'notification':
        this.#hear(message.method, message.params);
        return;
      case 'invalid':
        this.log('warn', `lightningd sent what is not a message (${message.reason})`);
        if (message.id !== null)
          this.#output.send(writeError(message.id, { code: INVALID_REQUEST, message: message.reason }));
    }
  }

  #answer(id: RawId, method: string, params: unknown): void {
    let open = true;
    const about = (topic: string, what: Readonly<Record<string, unknown>>): void => {
      if (open) this.#output.send(writeAbout(id, topic, what));
    };
    const call: CallContext = {
      progress(num, total, stage) {
        // lightning-cli stumbles over anything else.
        if (isStep({ num, total }) && (!stage || isStep(stage)))
          about('progress', { num, total, ...(stage ? { stage } : {}) });
      },
      message(text, level = 'info') {
        about('message', logParams(level, text));
      },
    };
    const succeed = (result: unknown): void => {
      const text = writeResult(id, result);
      open = false;
      this.#output.send(text);
    };
    const fail = (error: unknown): void => {
      open = false;
      if (!(error instanceof MethodError)) this.log('error', `${method}: ${stackOf(error)}`);
      this.#output.send(errorText(id, error));
    };
    try {
      const result = this.#requests.answer(method, params, call);
      // getmanifest and init are answered before anything else runs.
      if (result instanceof Promise) result.then(succeed).catch(fail);
      else succeed(result);
    } catch (error) {
      fail(error);
    }
  }

  #hear(topic: string, params: unknown): void {
    if (topic === 'shutdown') {
      this.end();
      return;
    }
    const handler = this.#handlers.get(topic) ?? this.#handlers.get('*');
    if (!handler) return;
    const complain = (error: unknown): void => {
      const text = `notification ${topic}: ${stackOf(error)}`;
      // An error logged about a log line would come back as the next one, for ever.
      if (topic === 'log' || topic === 'warning') process.stderr.write(`${text}\n`);
      else this.log('error', text);
    };
    try {
      Promise.resolve(handler(payloadOf(topic, params), topic)).catch(complain);
    } catch (error) {
      complain(error);
    }
  }
}

const isStep = ({ num, total }: { readonly num: number; readonly total: number }): boolean =>
  Number.isSafeInteger(num) && Number.isSafeInteger(total) && num >= 0 && num < total;

function errorText(id: RawId, error: unknown): string {
  const code = error instanceof MethodError && Number.isSafeInteger(error.code) ? error.code : GENERIC_ERROR;
  const message = messageOf(error);
  try {
    return writeError(id, { code, message, ...(error instanceof MethodError ? { data: error.data } : {}) });
  } catch {
    // The data cannot be JSON; the message can.
    return writeError(id, { code, message });
  }
}

const stackOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
