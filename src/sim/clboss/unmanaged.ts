// What does clboss leave alone, peer by peer, and in which words does it refuse? As v0.16.3 does, found by asking it.

/** clboss's code for everything it refuses. */
export const PARAMETER_ERROR = -32602;

/** Becomes the error reply of `clboss-unmanage`. */
export class ClbossRefusal extends Error {
  constructor(reason: string) {
    super(`Parameter error: ${reason}`);
    this.name = 'ClbossRefusal';
  }
}

const TAGS: ReadonlySet<string> = new Set(['lnfee', 'open', 'close', 'balance']);
/** All zeroes is a node id to clboss, and upper case is as good as lower. */
const NODE_ID = /^0[23][0-9a-f]{64}$|^0{66}$/;

/** As it is kept: peers in the order in which they were first named, which a peer keeps after it is given back. */
export type Unmanaged = readonly (readonly [nodeId: string, tags: readonly string[]])[];

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new ClbossRefusal('Incorrect type.');
  return value;
}

function nodeIdOf(value: unknown): string {
  const text = textOf(value);
  if (!NODE_ID.test(text.toLowerCase())) throw new ClbossRefusal(`Ln::NodeId: not node ID: ${text}`);
  return text.toLowerCase();
}

/** Empty parts are nothing; a space belongs to the tag, which is why nobody may write one. */
function tagsOf(value: unknown): string[] {
  const tags = [...new Set(textOf(value).split(','))].filter((tag) => tag !== '').sort();
  const unknown = tags.find((tag) => !TAGS.has(tag));
  if (unknown !== undefined) throw new ClbossRefusal(`Unknown tag: ${unknown}`);
  return tags;
}

/**
 * `clboss-unmanage nodeid tags`: the tags named replace all that the peer had. Further parameters mean nothing.
 * @param params an object or an array, as they came
 * @throws ClbossRefusal
 */
export function unmanage(unmanaged: Unmanaged, params: unknown): Unmanaged {
  const named = params as Readonly<Record<string, unknown>>;
  const [id, given]: readonly unknown[] = Array.isArray(params)
    ? (params as unknown[])
    : [named['nodeid'], named['tags']];
  const nodeId = nodeIdOf(id);
  const tags = tagsOf(given);
  const known = unmanaged.some(([other]) => other === nodeId);
  return known
    ? unmanaged.map((entry) => (entry[0] === nodeId ? [nodeId, tags] : entry))
    : [...unmanaged, [nodeId, tags]];
}

export const hasTag = (unmanaged: Unmanaged, nodeId: string, tag: string): boolean =>
  unmanaged.some(([other, tags]) => other === nodeId && tags.includes(tag));

/** The member `unmanaged` of clboss-status. */
export const describeUnmanaged = (unmanaged: Unmanaged): Record<string, string> => ({
  comment: "Use 'clboss-unmanage' to disable management of some nodes.",
  ...Object.fromEntries(unmanaged.filter(([, tags]) => tags.length > 0).map(([id, tags]) => [id, tags.join(', ')])),
});
