// Where does the dashboard listen, and by which names may a browser have come there?
import { isIPv4, isIPv6 } from 'node:net';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Written `127.0.0.1:9737`, `[::1]:9737` or `localhost:9737`. Null for anything else. */
export function parseAddress(text: string): Address | null {
  const [, ip6, name, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535) return null;
  if (ip6 !== undefined) return isIPv6(ip6) ? { host: ip6, port } : null;
  return name !== undefined && (isIPv4(name) || name === 'localhost') ? { host: name, port } : null;
}

/** For a URL or a Host header. */
export const printAddress = ({ host, port }: Address): string => `${isIPv6(host) ? `[${host}]` : host}:${port}`;

export const isLoopback = ({ host }: Address): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

/** Listens on every interface there is. */
const isAny = ({ host }: Address): boolean => host === '0.0.0.0' || host === '::';

/**
 * What may stand in the Host header: where we listen, by its loopback names where it is one, and what the operator adds
 * for a proxy before us. Any other name was pointed here by somebody else (DNS rebinding).
 */
export function hostsOf(address: Address, added: readonly string[]): ReadonlySet<string> {
  const { port } = address;
  const loopback = ['127.0.0.1', '[::1]', 'localhost'].map((name) => `${name}:${port}`);
  const own = isLoopback(address) || isAny(address) ? loopback : [];
  return new Set(
    [...own, ...(isAny(address) ? [] : [printAddress(address)]), ...added].map((host) => host.toLowerCase()),
  );
}

/** `node.example.org` or with a port, separated by commas; null where one is none. `none`: no others. */
export function parseHosts(text: string): readonly string[] | null {
  if (text === 'none') return [];
  const hosts = text.split(',').map((host) => host.trim().toLowerCase());
  return hosts.every((host) => /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/.test(host)) ? hosts : null;
}
