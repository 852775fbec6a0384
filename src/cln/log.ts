// How does a line reach lightningd's log? By a notification whose level must be one it knows.

/** The levels every lightningd understands; `trace` came with v24.05 and kills the plugin before. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Control characters but tab and newline, and halves of surrogate pairs: lightningd's log has no use for them. */
const UNPRINTABLE = /[^\P{Cc}\t\n]|\p{Cs}/gu;

/**
 * The params of a `log` notification. lightningd kills a plugin for a level it does not know, so what the types could
 * not stop (a level from data, a caller in JavaScript) becomes `warn` and is named in the text. Lines are kept:
 * lightningd logs each by itself; line breaks at the end would only log an empty one.
 */
export function logParams(level: LogLevel, message: string): { level: LogLevel; message: string } {
  const text = message.replace(/\r\n?/g, '\n').replace(/\n+$/, '').replace(UNPRINTABLE, '\ufffd');
  if (isLevel(level)) return { level, message: text };
  return { level: 'warn', message: `[level ${String(level)}] ${text}` };
}

const isLevel = (level: unknown): level is LogLevel => (LOG_LEVELS as readonly unknown[]).includes(level);
