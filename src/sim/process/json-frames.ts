// Where does one JSON message end and the next begin? lightningd separates by structure alone; blank lines mean nothing.
import { StringDecoder } from 'node:string_decoder';

/** One complete message: its text as it came, and what it says. */
export interface Frame {
  readonly text: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** What came is not a JSON-RPC message. The words are lightningd's, which quote everything it had not consumed. */
export class FrameError extends Error {}

/** Splits a byte stream, cut anywhere, into messages. Use one per stream; after a FrameError it is of no more use. */
export class JsonFrames {
  readonly #decoder = new StringDecoder('utf8');
  /** Earlier chunks of the message that has begun. */
  #parts: string[] = [];
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** Something stands where a message should begin; lightningd complains as soon as it sees a closing brace. */
  #astray = false;

  /**
   * Yields the messages that are complete with this chunk.
   * @throws FrameError at the first thing that is not JSON or has no "jsonrpc" member.
   */
  *feed(chunk: Buffer): Generator<Frame> {
    const text = this.#decoder.write(chunk);
    let start = 0;
    for (;;) {
      const end = this.#scan(text, start);
      if (end === null) break;
      this.#parts.push(text.slice(start, end));
      const whole = this.#parts.join('').trimStart();
      this.#parts = [];
      start = end;
      yield parse(whole, text.slice(end));
    }
    if (start < text.length) this.#parts.push(text.slice(start));
  }

  /** Reads on in `text`; the index after the end of the message, or null when it is not complete. */
  #scan(text: string, from: number): number | null {
    for (let i = from; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (this.#astray) {
        if (c === CLOSE_BRACE) return i + 1;
      } else if (this.#escaped) this.#escaped = false;
      else if (this.#inString) {
        if (c === BACKSLASH) this.#escaped = true;
        else if (c === QUOTE) this.#inString = false;
      } else if (c === OPEN_BRACE || c === OPEN_BRACKET) this.#depth++;
      else if (this.#depth === 0) this.#astray = c > SPACE;
      else if (c === QUOTE) this.#inString = true;
      else if ((c === CLOSE_BRACE || c === CLOSE_BRACKET) && --this.#depth === 0) return i + 1;
    }
    return null;
  }
}

function parse(text: string, rest: string): Frame {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new FrameError(`Failed to parse RPC JSON response '${text}${rest}'`);
  }
  if (typeof value !== 'object' || value === null || !('jsonrpc' in value))
    throw new FrameError(`JSON-RPC message does not contain "jsonrpc" field: '${text}${rest}'`);
  return { text, value: { ...value } };
}

const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
