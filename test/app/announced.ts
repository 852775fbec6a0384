// What if a call fails, or the process ends right before it? Ports whose every call is announced first.

/** What the process that made the call would have died of. */
export class Killed extends Error {}

/** Calls pass through, each announced first; what `before` throws is what the caller gets. */
export function announced<T extends object>(target: T, before: (method: string) => void): T {
  return new Proxy(target, {
    get: (from, name) => {
      const value: unknown = Reflect.get(from, name);
      if (typeof value !== 'function' || typeof name !== 'string') return value;
      return (...args: unknown[]): unknown => {
        before(name);
        return (value as (...all: unknown[]) => unknown).apply(from, args);
      };
    },
  });
}
