// What is the answer to a request of lightningd? getmanifest, init, setconfig, check, and the plugin's own methods.
import { INVALID_PARAMS, messageOf, MethodError, GENERIC_ERROR, UNKNOWN_METHOD } from './errors.ts';
import { readInit } from './init.ts';
import { isObject } from './jsonrpc.ts';
import { loggable } from './log.ts';
import { manifestOf } from './manifest.ts';
import { refuseText, type OptionDeclaration } from './options.ts';
import type { CallContext, MethodDeclaration, PluginDefinition } from './plugin-definition.ts';

/** Answers requests; what it throws or rejects with becomes the error reply. */
export class Requests {
  readonly #definition: PluginDefinition;
  readonly #methods: ReadonlyMap<string, MethodDeclaration>;
  readonly #options: ReadonlyMap<string, OptionDeclaration>;
  #initialised = false;

  constructor(definition: PluginDefinition) {
    this.#definition = definition;
    this.#methods = new Map(definition.methods.map((method) => [method.name, method]));
    this.#options = new Map(definition.options.map((option) => [option.name, option]));
  }

  /** Whether init was accepted, so that there is something to shut down. */
  get initialised(): boolean {
    return this.#initialised;
  }

  /** The result, at once or later. @throws MethodError for what the caller did wrong; anything else is a defect. */
  answer(method: string, params: unknown, call: CallContext): unknown {
    switch (method) {
      case 'getmanifest':
        return manifestOf(this.#definition);
      case 'init':
        return this.#init(params);
      case 'setconfig':
        return this.#setconfig(named(params, ['config', 'val']), this.#definition.setOption?.bind(this.#definition));
      case 'check':
        return this.#check(params);
      default: {
        const declaration = this.#method(method);
        if (!this.#initialised) throw new MethodError(GENERIC_ERROR, `${method}: the plugin has not been initialised`);
        return declaration.run(params, call);
      }
    }
  }

  /**
   * lightningd ignores an error reply to init and takes the plugin for active; only `disable` stops it.
   */
  #init(params: unknown): object {
    try {
      if (this.#initialised) throw new Error('init came twice');
      const answer = this.#definition.init(readInit(params, this.#definition.options));
      if (answer) return disabled(answer.disable);
      this.#initialised = true;
      return {};
    } catch (error) {
      return disabled(messageOf(error));
    }
  }

  #setconfig(
    { config, val }: Readonly<Record<string, unknown>>,
    accept: ((name: string, value: unknown) => string | null) | undefined,
  ): object {
    const option = typeof config === 'string' ? this.#options.get(config) : undefined;
    const refusal =
      option === undefined
        ? `config: expected the name of an option of this plugin, got ${JSON.stringify(config)}`
        : option.dynamic !== true
          ? `${option.name}: cannot change while the plugin runs`
          : (refuseText(option, val) ?? accept?.(option.name, val) ?? null);
    // lightningd v26.06 escapes double quotes a second time when it passes this one message on.
    if (refusal !== null) throw new MethodError(INVALID_PARAMS, refusal.replaceAll('"', "'"));
    return {};
  }

  #check(params: unknown): object {
    const name = Array.isArray(params)
      ? (params as unknown[])[0]
      : isObject(params)
        ? params['command_to_check']
        : null;
    if (typeof name !== 'string')
      throw new MethodError(INVALID_PARAMS, `command_to_check: expected a method name, got ${JSON.stringify(name)}`);
    const rest = withoutCommand(params);
    if (name === 'setconfig')
      this.#setconfig(named(rest, ['config', 'val']), this.#definition.checkOption?.bind(this.#definition));
    else this.#method(name).check?.(rest);
    return { command_to_check: name };
  }

  #method(name: string): MethodDeclaration {
    const declaration = this.#methods.get(name);
    if (!declaration) throw new MethodError(UNKNOWN_METHOD, `Unknown command '${name}'`);
    return declaration;
  }
}

/** lightningd logs the sentence, as one line whatever is in it. */
const disabled = (reason: string): object => ({ disable: loggable(reason.replace(/\s*\n\s*/g, '; ')) });

function withoutCommand(params: unknown): unknown {
  if (Array.isArray(params)) return params.slice(1);
  return isObject(params)
    ? Object.fromEntries(Object.entries(params).filter(([key]) => key !== 'command_to_check'))
    : params;
}

/** Parameters by name, whether they came by name or by position. */
function named(params: unknown, names: readonly string[]): Readonly<Record<string, unknown>> {
  if (Array.isArray(params))
    return Object.fromEntries(names.map((name, index) => [name, (params as unknown[])[index]]));
  return isObject(params) ? params : {};
}
