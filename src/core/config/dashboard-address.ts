// Where may the dashboard listen, and by which further names may one come there? Read alike by setconfig and by the server.

export interface Address {
  readonly host: string;
  readonly port: number;
}

const MOST_PORT = 65_535;

/** Written `127.0.0.1:9737`, `[::1]:9737` or `localhost:9737`. Null for anything else. */
export function parseAddress(text: string): Address | null {
  const [, ip6, name = '', digits] = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > MOST_PORT) return null;
  if (ip6 !== undefined) return isIp6(ip6) ? { host: ip6, port } : null;
  return isIp4(name) || name === 'localhost' ? { host: name, port } : null;
}

/** `node.example.org` or with a port, separated by commas; null where one is none. `none`: no others. */
export function parseHosts(text: string): readonly string[] | null {
  if (text === 'none') return [];
  const hosts = text.split(',').map((host) => host.trim().toLowerCase());
  return hosts.every(isHost) ? hosts : null;
}

function isHost(text: string): boolean {
  const match = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::(\d{1,5}))?$/.exec(text);
  return match !== null && Number(match[1] ?? 0) <= MOST_PORT;
}

// By hand and not by node:net: core knows no Node.js. A test holds both against it.

const isIp4 = (text: string): boolean => {
  const octets = text.split('.');
  // With a zero before it, some programs read an octet as octal.
  return octets.length === 4 && octets.every((octet) => /^(0|[1-9]\d{0,2})$/.test(octet) && Number(octet) <= 255);
};

/** RFC 4291, 2.2: eight groups, `::` for one or more of zeros, and an IPv4 address for the last two if one likes. */
function isIp6(text: string): boolean {
  const [, before = '', last = ''] = /^(.*:)([^:]*\.[^:]*)$/.exec(text) ?? [];
  if (last !== '') return isIp4(last) && isIp6(`${before}0:0`);
  const halves = text.split('::');
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const full = halves.length === 1 ? groups.length === 8 : halves.length === 2 && groups.length < 8;
  return full && groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group));
}
