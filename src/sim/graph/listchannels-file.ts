// Which channels does a reply of `lightning-cli listchannels` hold? One entry for each direction of a channel.
import { GraphError, type ChannelRecord, type Policy } from './channel-record.ts';

interface Direction {
  readonly channel: string;
  readonly source: string;
  readonly destination: string;
  readonly capacitySats: number;
  readonly policy: Policy | null;
  readonly updated: number;
}

export interface Listchannels {
  readonly records: readonly ChannelRecord[];
  /** The latest that any node announced, seconds since the epoch; 0 where nothing was. */
  readonly newest: number;
}

/** @throws GraphError that names the entry, what was expected and what was got */
export function parseListchannels(text: string): Listchannels {
  const drafts = new Map<string, { first: Direction; second: Direction | null }>();
  let newest = 0;
  entriesOf(text).forEach((entry, i) => {
    const direction = parseDirection(entry, `channels[${i}]`);
    newest = Math.max(newest, direction.updated);
    const draft = drafts.get(direction.channel);
    if (draft === undefined) drafts.set(direction.channel, { first: direction, second: null });
    else if (draft.first.source !== direction.source) draft.second = direction;
  });
  const records = [...drafts.values()].map(({ first, second }): ChannelRecord => ({
    capacitySats: first.capacitySats,
    nodes: [first.source, first.destination],
    policies: [first.policy, second?.policy ?? null],
  }));
  return { records, newest };
}

function entriesOf(text: string): unknown[] {
  let reply: unknown;
  try {
    reply = JSON.parse(text);
  } catch (error) {
    throw new GraphError(`expected the JSON that lightning-cli listchannels prints, got: ${String(error)}`);
  }
  const channels = isObject(reply) ? reply['channels'] : undefined;
  if (Array.isArray(channels)) return channels as unknown[];
  throw new GraphError('expected an object with the list "channels", as lightning-cli listchannels prints it');
}

function parseDirection(entry: unknown, where: string): Direction {
  if (!isObject(entry)) throw new GraphError(`${where}: expected an object, got ${JSON.stringify(entry)}`);
  const word = (name: string): string => {
    const value = entry[name];
    if (typeof value === 'string' && value !== '') return value;
    throw new GraphError(`${where}.${name}: expected a text, got ${JSON.stringify(value)}`);
  };
  const count = (name: string): number => {
    const value = entry[name];
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    throw new GraphError(`${where}.${name}: expected an integer >= 0, got ${JSON.stringify(value)}`);
  };
  const capacityMsat = count('amount_msat');
  return {
    channel: word('short_channel_id'),
    source: word('source'),
    destination: word('destination'),
    capacitySats: Math.floor(capacityMsat / 1000),
    updated: count('last_update'),
    policy:
      // What is not announced no sender knows.
      entry['active'] !== true || entry['public'] === false
        ? null
        : {
            baseMsat: count('base_fee_millisatoshi'),
            ppm: count('fee_per_millionth'),
            delay: count('delay'),
            htlcMinMsat: count('htlc_minimum_msat'),
            // Absent where the peer set none.
            htlcMaxMsat: entry['htlc_maximum_msat'] === undefined ? capacityMsat : count('htlc_maximum_msat'),
          },
  };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
