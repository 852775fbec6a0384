// How does long work let notifications and commands in between? By pausing for a turn of the event loop.

// Node's own: the dashboard's page, which knows none of it, is checked together with the types of what it is told.
declare const setImmediate: (then: () => void) => unknown;

export const breathe = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });
