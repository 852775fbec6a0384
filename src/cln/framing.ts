// Where does one JSON document end in a stream of bytes? Found by counting braces, so that no separator is relied on.

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/**
 * Cuts bytes that arrive in arbitrary pieces into the texts of top-level JSON objects. Every byte is looked at once,
 * and a document is put together once, when it is whole; bytes of UTF-8 beyond ASCII never look like a brace or quote,
 * so a character may be split between pieces.
 *
 * Whatever stands between documents is skipped: separators, and the "Y" lines that reckless pipes into a plugin under
 * test. A document that stops (a raw line break within a string, or an empty line: lightningd writes neither) is given
 * out as far as it went, and the next `{` begins anew; so one broken message costs one message.
 */
export class DocumentSplitter {
  #parts: Uint8Array[] = [];
  #depth = 0;
  #inString = false;
  #escaped = false;
  #afterNewline = false;

  /** Whether a document has begun and not ended. */
  get midDocument(): boolean {
    return this.#depth > 0;
  }

  /** The documents that end within this piece, in order. @throws Error for one longer than a string can be. */
  push(bytes: Uint8Array): string[] {
    const documents: string[] = [];
    const length = bytes.length;
    let depth = this.#depth;
    let start = 0;
    let i = 0;
    // The state lives in locals while the loops run: that is three times as fast.
    let inString = this.#inString;
    if (this.#escaped && length > 0) {
      this.#escaped = false;
      i = 1;
    }
    /** Where the last line ended; -1 is the end of the piece before. */
    let newline = this.#afterNewline ? -1 : -2;
    while (i < length) {
      if (depth === 0) {
        start = bytes.indexOf(OPEN, i);
        if (start < 0) break;
        i = start + 1;
        depth = 1;
        newline = -2;
      } else if (inString) {
        let byte = 0;
        while (i < length && (byte = bytes[i] as number) !== QUOTE && byte !== BACKSLASH && byte !== NEWLINE) i++;
        if (i === length) break;
        i++;
        if (byte === BACKSLASH) {
          this.#escaped = i === length;
          i++;
        } else {
          inString = false;
          if (byte === NEWLINE) {
            documents.push(this.#take(bytes, start, i));
            depth = 0;
          }
        }
      } else {
        const byte = bytes[i++] as number;
        if (byte === QUOTE) inString = true;
        else if (byte === OPEN) depth++;
        else if (byte === CLOSE) {
          if (--depth === 0) documents.push(this.#take(bytes, start, i));
        } else if (byte === NEWLINE) {
          if (newline === i - 2) {
            documents.push(this.#take(bytes, start, i));
            depth = 0;
          }
          newline = i - 1;
        }
      }
    }
    if (depth > 0) this.#parts.push(bytes.subarray(start));
    this.#depth = depth;
    this.#inString = inString;
    this.#afterNewline = length === 0 ? this.#afterNewline : newline === length - 1;
    return documents;
  }

  #take(bytes: Uint8Array, start: number, end: number): string {
    const parts = this.#parts;
    if (parts.length === 0) return textOf(bytes, start, end);
    // A document that began in an earlier piece continues at the start of this one.
    parts.push(bytes.subarray(0, end));
    this.#parts = [];
    const whole = Buffer.concat(parts);
    return textOf(whole, 0, whole.length);
  }
}

const textOf = (bytes: Uint8Array, start: number, end: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
