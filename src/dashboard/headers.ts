// What does every reply say to the browser, and which requests come from a page that is not ours?
import type { MiddlewareHandler } from 'hono';
import { Refusal } from './failure.ts';

/** For all replies. The page's own policy names its script and style by their hashes. */
const ALWAYS: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=()',
};
/** Data is shown by the page, never as a document. */
const NOTHING_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** @param hosts which may stand in the Host header, in lower case */
export const guarded =
  (hosts: () => ReadonlySet<string>): MiddlewareHandler =>
  async (c, next) => {
    const { req } = c;
    for (const [name, value] of Object.entries(ALWAYS)) c.header(name, value);
    c.header('Content-Security-Policy', NOTHING_POLICY);
    requireHost(req.header('host'), hosts());
    requireOrigin(req.header('origin'), req.header('sec-fetch-site'), req.header('host'), isPage(req.method, req.path));
    await next();
  };

const isPage = (method: string, path: string): boolean => (method === 'GET' || method === 'HEAD') && path === '/';

/** A page of somebody else's whose name was made to mean our address comes with its own name. */
function requireHost(host: string | undefined, hosts: ReadonlySet<string>): void {
  if (host !== undefined && hosts.has(host.toLowerCase())) return;
  throw new Refusal(
    'host-not-allowed',
    `Host: expected one of ${[...hosts].join(', ')}, got ${shown(host)}; name a proxy's in revenue-ops-dashboard-hosts`,
  );
}

/** Requests of a browser name the page they come from; those of programs do not, and bring a rune of their own. */
function requireOrigin(
  origin: string | undefined,
  site: string | undefined,
  host: string | undefined,
  isPageItself: boolean,
): void {
  if (isPageItself) return;
  // http or https: a proxy may speak TLS for us.
  const isOurs = origin === undefined || /^https?:\/\/(.+)$/i.exec(origin)?.[1]?.toLowerCase() === host?.toLowerCase();
  if (!isOurs) throw new Refusal('origin-not-allowed', `Origin: expected this server's own, got ${shown(origin)}`);
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    throw new Refusal('origin-not-allowed', `Sec-Fetch-Site: expected same-origin, got ${shown(site)}`);
}

const shown = (value: string | undefined): string =>
  value === undefined ? 'nothing' : JSON.stringify(value.slice(0, 100));
