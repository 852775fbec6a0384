// What does lightningd tell a plugin at its start?
import { resolve } from 'node:path';
import { bool, decode, object, optional, str } from './decode.ts';
import { isObject, type JsonObject } from './jsonrpc.ts';
import { refuseValue, type OptionDeclaration } from './options.ts';
import type { InitMessage } from './plugin-definition.ts';

const anyObject = (value: unknown): JsonObject => (isObject(value) ? value : {});

const CONFIGURATION = object({
  'lightning-dir': str,
  'rpc-file': str,
  startup: optional(bool),
  network: str,
});

/**
 * Reads the params of `init`.
 * @throws Error naming the field, or every option, that is not what was declared (an int beyond 2^53, for instance).
 */
export function readInit(params: unknown, declarations: readonly OptionDeclaration[]): InitMessage {
  const given = anyObject(params);
  const options = anyObject(given['options']);
  const raw = anyObject(given['configuration']);
  const node = decode(CONFIGURATION, raw, 'init.configuration');
  const refused = declarations
    .map((option) => {
      const value = options[option.name];
      return value === undefined || value === null ? null : refuseValue(option, value);
    })
    .filter((refusal) => refusal !== null);
  if (refused.length > 0) throw new Error(refused.join('; '));
  const lightningDir = node['lightning-dir'];
  return {
    options,
    configuration: {
      lightningDir,
      rpcFile: node['rpc-file'],
      startup: node.startup ?? false,
      network: node.network,
      raw,
    },
    socketPath: resolve(lightningDir, node['rpc-file']),
  };
}
