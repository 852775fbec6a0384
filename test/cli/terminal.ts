// What does a command see of the world in a test? What the test gives it; whatever else it asks for fails the test.
import type { Terminal } from '../../src/cli/command.ts';

export const terminalWith = (parts: Partial<Terminal>): Terminal =>
  new Proxy({} as Terminal, {
    get: (_, name): unknown =>
      name in parts
        ? Reflect.get(parts, name)
        : () => {
            throw new Error(`${String(name)}: not expected`);
          },
  });
