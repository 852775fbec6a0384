// What does the `filter` of a request leave of a reply? Positive filters only, as lightningd applies them while it prints.
import { badParameter } from '../method.ts';

type Tree = { readonly kind: 'all' } | { readonly kind: 'array'; readonly each: Tree } | ObjectTree;
interface ObjectTree {
  readonly kind: 'object';
  readonly members: ReadonlyMap<string, Tree>;
}

/**
 * The reply reduced to what the filter names. A filter that takes an object for an array, or the reverse, leaves that
 * part out and adds `warning_parameter_filter`.
 * @throws SimError -32602 for a filter that is not made of objects, one-element arrays and `true`.
 */
export function applyFilter(reply: unknown, filter: unknown): unknown {
  if (!isObject(filter)) throw badParameter('filter', 'Expected object', filter);
  const tree = build(filter);
  const misuses: string[] = [];
  const kept = keep(reply, tree, '', misuses);
  if (!isObject(kept)) return kept ?? {};
  return misuses.length === 0 ? kept : { ...kept, warning_parameter_filter: misuses[0] };
}

function build(filter: unknown): Tree {
  if (Array.isArray(filter)) {
    const items: readonly unknown[] = filter;
    if (items.length !== 1) throw badParameter('filter', 'Arrays can only have one element', filter);
    return { kind: 'array', each: build(items[0]) };
  }
  if (!isObject(filter)) return { kind: 'all' };
  const members = new Map<string, Tree>();
  for (const [name, value] of Object.entries(filter)) {
    if (typeof value === 'object' && value !== null) members.set(name, build(value));
    else if (value === true || value === 'true') members.set(name, { kind: 'all' });
    else throw badParameter('filter', 'value must be true', value);
  }
  // An empty object asks for nothing in particular: everything.
  return members.size === 0 ? { kind: 'all' } : { kind: 'object', members };
}

function keep(value: unknown, tree: Tree, path: string, misuses: string[]): unknown {
  if (tree.kind === 'all') return value;
  if (Array.isArray(value)) {
    if (tree.kind === 'array')
      return (value as readonly unknown[])
        .map((item) => keep(item, tree.each, `${path}[]`, misuses))
        .filter((item) => item !== undefined);
    misuses.push(`${path} is an array`);
    return undefined;
  }
  if (!isObject(value)) return undefined;
  if (tree.kind === 'array') {
    misuses.push(`${path} is an object`);
    return undefined;
  }
  const kept: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    const sub = tree.members.get(name);
    const left = sub && keep(member, sub, `${path}.${name}`, misuses);
    if (left !== undefined) kept[name] = left;
  }
  return kept;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
