// How do acts that must not cross wait for each other?

/** Runs one piece of work after the other, in the order of the calls; how one ends is no matter for the next. */
export type Exclusive = <T>(work: () => Promise<T>) => Promise<T>;

/** Work must not wait for work of the same queue: it would wait for itself. */
export function exclusive(): Exclusive {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
}
