// What can befall the process besides messages? Exceptions that nobody caught, and signals.

export interface ProcessEvents {
  onFault(error: unknown): void;
  onSignal(): void;
}

/**
 * Watches until the function it gives is called. While somebody watches, Node does not end the process on its own:
 * lightningd does not restart a dead plugin, and an important plugin's death stops the node.
 */
export function watchProcess(events: ProcessEvents): () => void {
  const onFault = (error: unknown): void => {
    events.onFault(error);
  };
  const onSignal = (): void => {
    events.onSignal();
  };
  const on = { uncaughtException: onFault, unhandledRejection: onFault, SIGTERM: onSignal, SIGINT: onSignal };
  for (const [name, listener] of Object.entries(on)) process.on(name, listener);
  return () => {
    for (const [name, listener] of Object.entries(on)) process.off(name, listener);
  };
}
