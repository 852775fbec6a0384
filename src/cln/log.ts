// How does a line reach lightningd's log? By a notification whose level must be one it knows.

/** The levels every lightningd understands; `trace` came with v24.05 and kills the plugin before. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * Control characters but tab and newline, and halves of surrogate pairs. JSON writes them as \u escapes, which lightningd
 * does not read: it would log the whole message raw, escapes and all, as a single line.
 */
const UNPRINTABLE = /[^\P{Cc}\t\n]|\p{Cs}/gu;

/**
 * Characters of one line. lightningd v26.06 frees what it may not, and aborts, over a line of more than 2^18 bytes
 * (logv in lightningd/log.c); this is far below that in any encoding, and more than anybody reads.
 */
const LONGEST_LINE = 10_000;

/** Text of which no line is longer than lightningd bears, and each can be printed. */
export function loggable(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/\n+$/, '')
    .split('\n')
    .map(cut)
    .join('\n')
    .replace(UNPRINTABLE, '\ufffd');
}

const cut = (line: string): string =>
  line.length <= LONGEST_LINE
    ? line
    : `${line.slice(0, LONGEST_LINE)}... and ${String(line.length - LONGEST_LINE)} characters more`;

/**
 * The params of a `log` notification. lightningd kills a plugin for a level it does not know, so what the types could
 * not stop (a level from data, a caller in JavaScript) becomes `warn` and is named in the text. Lines are kept:
 * lightningd logs each by itself; line breaks at the end would only log an empty one.
 */
export function logParams(level: LogLevel, message: string): { level: LogLevel; message: string } {
  if (isLevel(level)) return { level, message: loggable(message) };
  return { level: 'warn', message: loggable(`[level ${String(level)}] ${message}`) };
}

const isLevel = (level: unknown): level is LogLevel => (LOG_LEVELS as readonly unknown[]).includes(level);
