// Where may the dashboard listen, and by which names may one come there?
import { isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAddress, parseHosts } from '../../src/core/config/dashboard-address.ts';
import { changeConfig, DEFAULTS } from '../../src/core/config/validate.ts';
import { hostsOf, isLoopback, printAddress } from '../../src/dashboard/address.ts';

describe('an address', () => {
  it.each(['127.0.0.1:9737', '[::1]:9737', 'localhost:80', '0.0.0.0:9737', '192.168.1.5:65535'])(
    '%s is one',
    (text) => {
      const address = parseAddress(text);
      expect(address).not.toBeNull();
      expect(address && printAddress(address)).toBe(text);
      expect(changeConfig(DEFAULTS, 'revenue-ops-dashboard', text).ok).toBe(true);
    },
  );

  it.each([
    ...['', 'on', '9737', '127.0.0.1', '127.0.0.1:', '::1:9737', 'example.org:80', 'http://127.0.0.1:9737'],
    ...['127.0.0.1:99999', '127.0.0.1:65536', 'localhost:99999', '[::1]:65536', '999.1.1.1:80', '127.0.0.256:80'],
    ...['01.2.3.4:80', '[1::2::3]:80', '[1:2:3:4:5:6:7]:80', '[12345::]:80', '[::1.2.3.256]:80', '[1.2.3.4]:80'],
  ])('%j is none, and setconfig refuses it', (text) => {
    expect(parseAddress(text)).toBeNull();
    const changed = changeConfig(DEFAULTS, 'revenue-ops-dashboard', text);
    expect(changed.ok ? '' : changed.error).toBe(
      `revenue-ops-dashboard: expected off, or an address with a port like 127.0.0.1:9737, got ${JSON.stringify(text)}`,
    );
  });

  it('is one that can be listened at: what Node.js takes for one', () => {
    const octets = fc.array(fc.integer({ min: 0, max: 300 }).map(String), { minLength: 3, maxLength: 5 });
    const group = fc.stringMatching(/^[0-9a-fA-F]{0,5}$/);
    const groups = fc.array(fc.oneof(group, fc.constant('')), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.ipV4(),
          octets.map((parts) => parts.join('.')),
        ),
        (text) => {
          expect(parseAddress(`${text}:80`) !== null).toBe(isIPv4(text));
        },
      ),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.ipV6(),
          groups.map((parts) => parts.join(':')),
          fc.tuple(groups, fc.ipV4()).map(([parts, last]) => [...parts, last].join(':')),
        ),
        (text) => {
          expect(parseAddress(`[${text}]:80`) !== null).toBe(isIPv6(text));
        },
      ),
    );
  });

  it('of this machine alone is told from others', () => {
    const loopback = (text: string): boolean => isLoopback(parseAddress(text) ?? { host: '', port: 0 });
    expect(['127.0.0.1:1', '127.9.9.9:1', '[::1]:1', 'localhost:1'].map(loopback)).toEqual([true, true, true, true]);
    expect(['0.0.0.0:1', '192.168.1.5:1', '[::]:1'].map(loopback)).toEqual([false, false, false]);
  });
});

describe('the names', () => {
  const at = (text: string, added: readonly string[] = []): string[] => [
    ...hostsOf(parseAddress(text) ?? { host: '', port: 0 }, added),
  ];

  it('of a loopback address are all of its own, with the port', () => {
    expect(at('127.0.0.1:9737')).toEqual(['127.0.0.1:9737', '[::1]:9737', 'localhost:9737']);
  });

  it('of any other are that one, and those that the operator adds', () => {
    expect(at('192.168.1.5:9737', ['node.example.org'])).toEqual(['192.168.1.5:9737', 'node.example.org']);
    expect(at('0.0.0.0:9737')).not.toContain('0.0.0.0:9737');
  });

  it('that are added are read strictly', () => {
    expect(parseHosts('none')).toEqual([]);
    expect(parseHosts('Node.example.org, 10.0.0.1:443')).toEqual(['node.example.org', '10.0.0.1:443']);
    for (const text of ['*', '-', 'node.example.org,', 'node.example.org:99999', '.,.']) {
      expect(parseHosts(text)).toBeNull();
      expect(changeConfig(DEFAULTS, 'revenue-ops-dashboard-hosts', text).ok).toBe(false);
    }
  });
});
