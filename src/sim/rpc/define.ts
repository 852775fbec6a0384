// How is a method written down? Its parameters once, from which follow their reading, the usage line and `check`.
import { visible } from '../method.ts';
import type { Fields, MethodContext, SimMethod, Values } from '../method.ts';

export interface Definition<F extends Fields> {
  readonly name: string;
  readonly params: F;
  /** Refuses what no single parameter is guilty of. */
  readonly crossCheck?: (values: Values<F>) => void;
  readonly run: (values: Values<F>, context: MethodContext) => unknown;
}

export function define<F extends Fields>({ name, params, crossCheck, run }: Definition<F>): SimMethod {
  return {
    name,
    usage: visible(params)
      .map((param) => (params[param]?.absent === null ? param : `[${param}]`))
      .join(' '),
    run: (reader, context) => run(reader.read(params, crossCheck), context),
  };
}
