// Where does one JSON document end in a stream of bytes? Found by counting braces, so that no separator is relied on.

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const NEWLINE = 0x0a;

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

  /** The documents that end within this piece, in order. @throws RangeError for one longer than a string can be. */
  push(bytes: Uint8Array): string[] {
    const documents: string[] = [];
    const length = bytes.length;
    let depth = this.#depth;
    let inString = this.#inString;
    let escaped = this.#escaped;
    let afterNewline = this.#afterNewline;
    let start = 0;
    for (let i = 0; i < length; i++) {
      const byte = bytes[i];
      if (depth === 0) {
        if (byte !== OPEN) continue;
        start = i;
        depth = 1;
        afterNewline = false;
      } else if (inString) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) inString = false;
        else if (byte !== NEWLINE) continue;
        if (byte !== NEWLINE) continue;
        documents.push(this.#take(bytes, start, i));
        depth = 0;
        inString = false;
      } else if (byte === NEWLINE) {
        if (afterNewline) {
          documents.push(this.#take(bytes, start, i));
          depth = 0;
        }
        afterNewline = true;
      } else {
        afterNewline = false;
        if (byte === QUOTE) inString = true;
        else if (byte === OPEN) depth++;
        else if (byte === CLOSE && --depth === 0) documents.push(this.#take(bytes, start, i + 1));
      }
    }
    if (depth > 0) this.#parts.push(bytes.subarray(start));
    this.#depth = depth;
    this.#inString = inString;
    this.#escaped = escaped;
    this.#afterNewline = afterNewline;
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
