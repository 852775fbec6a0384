// What does everyone outside see of the simulated surroundings of a node: time, notifications, and what can be saved?

/** Called with lightningd's topic and the payload that stands under the topic's name in `params`. */
export type NotificationListener = (topic: string, payload: Readonly<Record<string, unknown>>) => void;

/** The surroundings of one node. Nothing in it moves but by advanceTo and by RPC methods. */
export interface World {
  readonly nodeId: string;
  /** lightningd's version as getinfo prints it, such as v26.06.6. */
  readonly version: string;
  /** Virtual time, milliseconds since the Unix epoch. */
  now(): number;
  /** Lets everything happen that is due until then, in order; an earlier time does nothing. */
  advanceTo(ms: number): void;
  /** When the next thing is due, so that a host need not poll; null when nothing is scheduled. */
  nextEventAt(): number | null;
  /** Returns the function that removes the listener. */
  onNotification(listener: NotificationListener): () => void;
  /** A structured-cloneable copy of everything, for restoreWorld. */
  save(): unknown;
}
