// By which names does the native driver find its own things on the node again?

/** Of askrene's layers; no other program uses it. */
const LAYER = 'revops-';
/** Of invoices, and of the payments made for them. */
const LABEL = 'revops-rebalance-';

export const layerOf = (orderId: string): string => `${LAYER}${orderId}`;
export const labelOf = (orderId: string): string => `${LABEL}${orderId}`;

/** The order's id; null where the name is none of ours. */
const orderOf =
  (prefix: string) =>
  (name: string): string | null =>
    name.startsWith(prefix) ? name.slice(prefix.length) : null;
export const orderOfLayer = orderOf(LAYER);
export const orderOfLabel = orderOf(LABEL);
