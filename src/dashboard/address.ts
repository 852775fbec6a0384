// By which names may a browser have come to where the dashboard listens?
import { isIPv6 } from 'node:net';
import type { Address } from '../core/config/dashboard-address.ts';

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
