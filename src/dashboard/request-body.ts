// What did somebody send us? JSON of a page of ours, and not much of it.
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { Refusal } from './failure.ts';

/** No order is longer than some hundred characters. */
const MOST_BODY_BYTES = 16_384;

export const limitedBody = bodyLimit({
  maxSize: MOST_BODY_BYTES,
  onError: () => {
    throw new Refusal('body-too-large', `body: expected at most ${MOST_BODY_BYTES} bytes`);
  },
});

/** A form of another page's cannot be sent with this type without the browser asking us first, which we refuse. */
export async function jsonIn(c: Context): Promise<unknown> {
  if (!/^application\/json(\s*;|$)/i.test(c.req.header('content-type') ?? ''))
    throw new Refusal('json-expected', 'Content-Type: expected application/json');
  try {
    return await c.req.json();
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal('invalid-request', 'body: expected JSON');
  }
}
