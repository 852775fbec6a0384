// How does long work let notifications and commands in between? By pausing for a turn of the event loop.

export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
