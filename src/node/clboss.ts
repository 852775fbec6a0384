// How is clboss asked what it leaves alone, and told what to?
import { decode, nullable, object, str, optional, type Decoder, DecodeError } from '../cln/decode.ts';
import { nodeId, type NodeId } from '../core/units.ts';
import type { ClbossNode, ClbossStatus } from '../ports.ts';
import type { Ask } from './ask.ts';

const isNodeId = (name: string): name is NodeId => {
  try {
    nodeId(name);
    return true;
  } catch {
    return false;
  }
};

/** `balance, lnfee`: sorted, with a space that clboss-unmanage refuses to take back. */
const tags: Decoder<readonly string[]> = (value, path) =>
  str(value, path)
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');

/** By node id; other names, such as `comment`, are words for people. */
const unmanaged: Decoder<ReadonlyMap<NodeId, readonly string[]>> = (value, path) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new DecodeError(path, 'an object', value);
  const found = new Map<NodeId, readonly string[]>();
  for (const [name, text] of Object.entries(value)) {
    if (!isNodeId(name)) continue;
    const held = tags(text, path === '' ? name : `${path}.${name}`);
    if (held.length > 0) found.set(name, held);
  }
  return found;
};

const status = object({ info: optional(object({ version: nullable(str) })), unmanaged });

/** @throws DecodeError */
export function decodeClbossStatus(reply: unknown): ClbossStatus {
  const { info, unmanaged } = decode(status, reply, 'clboss-status');
  return { version: info?.version ?? null, unmanaged };
}

const done = (reply: unknown): void => {
  decode(object({}), reply, 'clboss-unmanage');
};

/** Both forks of clboss have these two methods; neither has a clboss-manage. */
export class LightningClboss implements ClbossNode {
  readonly #ask: Ask;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  readClboss(): Promise<ClbossStatus> {
    return this.#ask('clboss-status', {}, decodeClbossStatus);
  }

  replaceTags(peer: NodeId, tags: readonly string[]): Promise<void> {
    return this.#ask('clboss-unmanage', { nodeid: peer, tags: tags.join(',') }, done);
  }
}
