// What can be done from the page? The commands themselves, asked first what they would do.
import { CommandError } from '../core/errors.ts';
import type { Command } from '../app/commands/command.ts';
import type { CommandContext } from '../app/commands/context.ts';
import { namedChannel } from '../app/named-channel.ts';
import { ACTIONS, type ActionName, type ActionReply } from './api.ts';
import { Refusal } from './failure.ts';

type Params = Readonly<Record<string, unknown>>;

export interface ActionOrder {
  readonly action: ActionName;
  readonly command: Command;
  /** The command's own, by name: what the rune is asked with. */
  readonly params: Params;
  readonly dryRun: boolean;
}

export const isAction = (name: string): name is ActionName => Object.hasOwn(ACTIONS, name);

const isObject = (value: unknown): value is Params =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads the body of a request and makes a command of it.
 * @throws Refusal invalid-request; CommandError for a hold on a channel that is not there
 */
export async function orderOf(
  action: ActionName,
  body: unknown,
  commands: readonly Command[],
  context: CommandContext,
): Promise<ActionOrder> {
  const command = commands.find(({ name }) => name === ACTIONS[action]);
  if (command?.preview === undefined || command.preview === null)
    throw new Error(`action ${action}: expected a command with a preview`);
  const names = ['params', 'dry_run'];
  if (!isObject(body)) throw new Refusal('invalid-request', 'body: expected an object with params and dry_run');
  const strange = Object.keys(body).find((name) => !names.includes(name));
  if (strange !== undefined) throw new Refusal('invalid-request', `${strange}: expected one of ${names.join(', ')}`);
  const { params, dry_run: dryRun } = body;
  // Nothing acts because somebody forgot to say that it should not.
  if (typeof dryRun !== 'boolean') throw new Refusal('invalid-request', 'dry_run: expected true or false');
  if (!isObject(params)) throw new Refusal('invalid-request', 'params: expected an object');
  return { action, command, params: action === 'hold' ? await holdParams(params, context) : params, dryRun };
}

/** A hold is a fee set by hand that is the present one. */
async function holdParams(params: Params, { node, store }: CommandContext): Promise<Params> {
  const strange = Object.keys(params).find((name) => name !== 'channel_id' && name !== 'hold_hours');
  if (strange !== undefined) throw new Refusal('invalid-request', `${strange}: expected channel_id or hold_hours`);
  const { channel_id: name, hold_hours: hours } = params;
  if (typeof name !== 'string') throw new CommandError('invalid-parameter', 'channel_id: expected a channel');
  const { channels } = await node.readSnapshot();
  const channel = await namedChannel('channel_id', name.trim().toLowerCase(), channels, node, store.ledger);
  return { channel_id: name, fee_ppm: channel.feePpm, ...(hours === undefined ? {} : { hold_hours: hours }) };
}

/** @throws CommandError as the command */
export async function carryOut(order: ActionOrder, context: CommandContext): Promise<ActionReply> {
  const { action, command, params, dryRun } = order;
  const reply = dryRun ? await command.preview?.(params, context) : await command.run(params, context);
  return { action, command: command.name, dry_run: dryRun, reply: { ...reply } };
}
