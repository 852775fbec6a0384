// What did a notification tell? lightningd has worded the same payload in three ways over the years.
import { isObject } from './jsonrpc.ts';

/**
 * The payload: under the topic's name (lightningd's own topics, now), flat (its own before, and other plugins' since
 * v25.09), or as `payload` beside `origin` (other plugins' before v25.09).
 */
export function payloadOf(topic: string, params: unknown): unknown {
  if (!isObject(params)) return params;
  if (Object.hasOwn(params, topic)) return params[topic];
  if (Object.hasOwn(params, 'origin') && Object.hasOwn(params, 'payload')) return params['payload'];
  return params;
}
