// How does a message leave the plugin, whole, and with nothing else between?

/** The lines to lightningd. What cannot be sent because lightningd is gone is dropped. */
export class MessageOutput {
  readonly #stream: NodeJS.WritableStream;
  readonly #write: (text: string, done?: () => void) => void;
  #gone = false;

  /** `onGone` hears that lightningd does not read any more, each time the stream says so. */
  constructor(stream: NodeJS.WritableStream, onGone: () => void) {
    this.#stream = stream;
    const write = stream.write.bind(stream);
    this.#write = (text, done) => {
      write(text, () => done?.());
    };
    stream.on('error', () => {
      this.#gone = true;
      onGone();
    });
  }

  /** Sends one whole message, separator included. */
  send(text: string): void {
    if (!this.#gone) this.#write(text);
  }

  /** Resolves when everything sent so far has been handed to the system, or cannot be any more. */
  flush(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#gone) resolve();
      else this.#write('', resolve);
    });
  }

  /**
   * Turns whatever else writes to the stream (console.log, a dependency's banner) to `elsewhere`; lightningd kills a
   * plugin for a single stray byte. Gives back what undoes it. File descriptor 1 written to directly is beyond us.
   */
  guard(elsewhere: NodeJS.WritableStream): () => void {
    const stream = this.#stream;
    const had = Object.getOwnPropertyDescriptor(stream, 'write');
    Object.defineProperty(stream, 'write', {
      value: elsewhere.write.bind(elsewhere),
      configurable: true,
      writable: true,
    });
    return () => {
      if (had) Object.defineProperty(stream, 'write', had);
      else Reflect.deleteProperty(stream, 'write');
    };
  }
}
