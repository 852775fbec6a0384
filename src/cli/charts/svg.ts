// How is an SVG put together? Elements as text, escaped, with numbers no longer than a screen can show.

export type Attributes = Readonly<Record<string, string | number>>;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
export const escape = (text: string): string => text.replaceAll(/[&<>"]/g, (char) => ENTITIES[char] ?? char);

/** A hundredth of a pixel is finer than any screen. */
const attribute = (value: string | number): string =>
  typeof value === 'number' ? String(Math.round(value * 100) / 100) : escape(value);

/** An element with children that are already SVG. */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${attribute(value)}"`);
  return `<${name}${written.join('')}>${children.join('')}</${name}>`;
}

/** A line of text; its anchor decides on which side of x it lies. */
export const text = (
  content: string,
  x: number,
  y: number,
  style: string,
  anchor: 'start' | 'middle' | 'end' = 'start',
): string => element('text', { x, y, class: style, 'text-anchor': anchor }, escape(content));

export const line = (x1: number, y1: number, x2: number, y2: number, style: string): string =>
  element('line', { x1, y1, x2, y2, class: style });
