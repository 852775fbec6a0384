// What is an RPC method of the simulated node, and how does it read its parameters in lightningd's own words?

/** A JSON-RPC error as lightningd replies it: code, message, optional data. */
export class SimError extends Error {
  readonly code: number;
  readonly data: unknown;
  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.name = 'SimError';
    this.code = code;
    this.data = data;
  }
}

/** Thrown by ParamReader.read when the call only checks parameters: they are all right, and nothing was done. */
export class CheckPassed extends Error {}

export const INVALID_PARAMS = -32602;
export const UNKNOWN_COMMAND = -32601;
/** lightningd's LIGHTNINGD: a failure that has no code of its own. */
export const GENERIC = -1;

export interface MethodContext {
  /** Aborts when the caller hangs up: a blocked `wait` must not hold on to it. */
  readonly signal: AbortSignal;
  /** The request's id as JSON text, where there is one. */
  readonly requestId?: string;
}

export interface SimMethod {
  readonly name: string;
  /** lightningd's usage line without the name, as `help` prints it. */
  readonly usage: string;
  /**
   * Returns a JSON-able value (bigints allowed, see printJson), or a promise of one.
   * @throws SimError for what lightningd refuses, CheckPassed when only checking.
   */
  run(params: ParamReader, context: MethodContext): unknown;
}

/** Turns one JSON value into a typed one. @throws BadToken in lightningd's words. */
export type Param<T> = (value: unknown) => T;

/** What is wrong with a parameter's value; the reader adds its name and the token. */
export class BadToken extends Error {}

export interface Field<T> {
  readonly parse: Param<T>;
  /** What stands in for a parameter that is not given; null when it must be given. */
  readonly absent: { readonly value: T } | null;
  /** This version of lightningd does not know it. */
  readonly hidden?: boolean;
}
export const required = <T>(parse: Param<T>): Field<T> => ({ parse, absent: null });
export const optional = <T>(parse: Param<T>): Field<T | undefined> => ({ parse, absent: { value: undefined } });
export const withDefault = <T>(parse: Param<T>, value: T): Field<T> => ({ parse, absent: { value } });
/** A parameter that older versions refuse as unknown. */
export const onlyIf = <T>(known: boolean, field: Field<T>): Field<T> => ({ ...field, hidden: !known });

export type Fields = Readonly<Record<string, Field<unknown>>>;
export type Values<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };

/** Params of one call, named or positional. */
export class ParamReader {
  readonly #params: unknown;
  readonly #checkOnly: boolean;
  constructor(params: unknown, checkOnly = false) {
    this.#params = params;
    this.#checkOnly = checkOnly;
  }

  /**
   * All parameters at once, in the order given, then what is missing: lightningd's order of complaints. The order of
   * the fields is the positional order, where null counts as not given. `crossCheck` refuses what no single value is
   * guilty of, before a mere check passes.
   * @throws SimError -32602; CheckPassed when checking.
   */
  read<F extends Fields>(fields: F, crossCheck: (values: Values<F>) => void = () => undefined): Values<F> {
    const values: Record<string, unknown> = {};
    for (const [name, token] of this.#given(visible(fields))) {
      const field = fields[name];
      if (!field || field.hidden) throw new SimError(INVALID_PARAMS, unknownParameter(name));
      values[name] = parseToken(name, field, token);
    }
    for (const [name, field] of Object.entries(fields)) {
      if (name in values) continue;
      if (field.absent === null) throw new SimError(INVALID_PARAMS, `missing required parameter: ${name}`);
      values[name] = field.absent.value;
    }
    crossCheck(values as Values<F>);
    if (this.#checkOnly) throw new CheckPassed();
    return values as Values<F>;
  }

  #given(names: readonly string[]): (readonly [string, unknown])[] {
    if (Array.isArray(this.#params)) {
      const tokens: readonly unknown[] = this.#params;
      if (tokens.length > names.length)
        throw new SimError(INVALID_PARAMS, `too many parameters: got ${tokens.length}, expected ${names.length}`);
      return tokens.flatMap((token, i) => (token === null ? [] : [[names[i] ?? '', token] as const]));
    }
    if (typeof this.#params === 'object' && this.#params !== null) return Object.entries(this.#params);
    throw new SimError(INVALID_PARAMS, 'Expected array or object for params');
  }
}

/** Names of the parameters this version knows, in positional order. */
export const visible = (fields: Fields): string[] =>
  Object.entries(fields).flatMap(([name, field]) => (field.hidden ? [] : [name]));

function parseToken(name: string, field: Field<unknown>, token: unknown): unknown {
  try {
    return field.parse(token);
  } catch (error) {
    if (!(error instanceof BadToken)) throw error;
    throw badParameter(name, error.message, token);
  }
}

/** lightningd's refusal of a value: name, what is wrong, the token as it stood in the request. */
export const badParameter = (name: string, problem: string, token: unknown): SimError =>
  new SimError(INVALID_PARAMS, `${name}: ${problem}: invalid token '${JSON.stringify(token)}'`);

const unknownParameter = (name: string): string =>
  `unknown parameter: ${name}, this may be caused by a failure to autodetect key=value-style parameters. ` +
  'Please try using the -k flag and explicit key=value pairs of parameters.';
