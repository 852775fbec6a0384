// How is one member of a JSON text exchanged while every other byte stays? lightningd forwards plugin traffic that way.

/** The value of a top-level member as it stands in the text (with its quotes); null when there is none. */
export function memberText(object: string, name: string): string | null {
  const span = memberSpan(object, name);
  return span && object.slice(span.start, span.end);
}

/** The object with one member's value replaced by other JSON text. @throws RangeError when it has no such member. */
export function withMember(object: string, name: string, value: string): string {
  const span = memberSpan(object, name);
  if (!span) throw new RangeError(`no member "${name}" in ${object.slice(0, 100)}`);
  return object.slice(0, span.start) + value + object.slice(span.end);
}

/** Start and end of a top-level member's value. `object` must be valid JSON. */
function memberSpan(object: string, name: string): { readonly start: number; readonly end: number } | null {
  let at = skipSpace(object, object.indexOf('{') + 1);
  while (object[at] === '"') {
    const keyEnd = valueEnd(object, at);
    const key: unknown = JSON.parse(object.slice(at, keyEnd));
    const start = skipSpace(object, skipSpace(object, keyEnd) + 1);
    const end = valueEnd(object, start);
    if (key === name) return { start, end };
    at = skipSpace(object, skipSpace(object, end) + 1);
  }
  return null;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (' \t\r\n'.includes(text[at] ?? 'end')) at++;
  return at;
}

/** The index after the JSON value that starts at `from`. */
function valueEnd(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const c = text[at];
    if (c === '"') {
      at = stringEnd(text, at) - 1;
      if (depth === 0) return at + 1;
    } else if (c === '{' || c === '[') depth++;
    else if (c === '}' || c === ']') {
      if (depth === 0) return at;
      if (--depth === 0) return at + 1;
    } else if (depth === 0 && (c === ',' || ' \t\r\n'.includes(c ?? ''))) return at;
  }
  return text.length;
}

function stringEnd(text: string, from: number): number {
  let at = from + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}
