// When is a screen coloured?
import { afterEach, expect, it, vi } from 'vitest';
import { openScreen } from '../../src/cli/screen.ts';

const wasTerminal = process.stdout.isTTY;
afterEach(() => {
  vi.unstubAllEnvs();
  process.stdout.isTTY = wasTerminal;
});

it.each([
  [true, undefined, true],
  [true, '', true],
  [true, '1', false],
  [false, undefined, false],
])('on a terminal: %s, with NO_COLOR=%s: %s', (terminal, value, coloured) => {
  process.stdout.isTTY = terminal;
  vi.stubEnv('NO_COLOR', value);
  expect(openScreen().colour).toBe(coloured);
});
