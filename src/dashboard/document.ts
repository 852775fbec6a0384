// What is the page to the server? One document with its script and style in it, which nothing else may run beside.
import { createHash } from 'node:crypto';

export interface PageDocument {
  readonly html: string;
  /** Content-Security-Policy. */
  readonly policy: string;
  readonly etag: string;
}

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const contentsOf = (html: string, element: 'script' | 'style'): string[] =>
  [...html.matchAll(new RegExp(`<${element}(?:\\s[^>]*)?>([\\s\\S]*?)</${element}>`, 'g'))].map(
    ([, text]) => text ?? '',
  );

const sources = (texts: readonly string[]): string => (texts.length === 0 ? "'none'" : texts.map(hashOf).join(' '));

/** The policy allows what the document holds, and requests to where it came from. */
export function pageDocument(html: string): PageDocument {
  const policy = [
    "default-src 'none'",
    `script-src ${sources(contentsOf(html, 'script'))}`,
    `style-src ${sources(contentsOf(html, 'style'))}`,
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return { html, policy, etag: `"${createHash('sha256').update(html).digest('base64url').slice(0, 22)}"` };
}
