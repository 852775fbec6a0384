// Where may the dashboard listen, and by which names may one come there?
import { describe, expect, it } from 'vitest';
import { hostsOf, isLoopback, parseAddress, parseHosts, printAddress } from '../../src/dashboard/address.ts';
import { changeConfig, DEFAULTS } from '../../src/core/config/validate.ts';

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

  it.each(['', 'on', '9737', '127.0.0.1', '127.0.0.1:', '::1:9737', 'example.org:80', 'http://127.0.0.1:9737'])(
    '%j is none, and setconfig refuses it',
    (text) => {
      expect(parseAddress(text)).toBeNull();
      const changed = changeConfig(DEFAULTS, 'revenue-ops-dashboard', text);
      expect(changed.ok ? '' : changed.error).toMatch(/^revenue-ops-dashboard: expected off, or an address/);
    },
  );

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
    expect(parseHosts('*')).toBeNull();
    expect(changeConfig(DEFAULTS, 'revenue-ops-dashboard-hosts', '*').ok).toBe(false);
  });
});
