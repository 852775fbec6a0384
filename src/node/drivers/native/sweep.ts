// What have runs that were killed, or could not clean up, left behind on the node, and what of it is ours to remove?
import { array, decode, hex, int, object, optional, str } from '../../../cln/decode.ts';
import type { SelfPaymentReader, Swept } from '../../../ports.ts';
import { isUnknownCommand, type Ask } from '../../ask.ts';
import { decodeIndex } from '../../small-replies.ts';
import { amount } from '../../values.ts';
import { safeNumber } from '../../../core/units.ts';
import { deleteUnlessPaid } from './invoice.ts';
import { layerOf, orderOfLabel, orderOfLayer } from '../../../core/rebalance/native-names.ts';
import { decodeLayers, LAYER_NAMES_FILTER } from './search.ts';

/** Invoices looked at, the newest: one that was forgotten longer ago has expired and harms nobody. */
const NEWEST_INVOICES = 1000;

interface Tools {
  readonly ask: Ask;
  readonly payments: SelfPaymentReader;
  readonly callPrefix: string;
}

/** `left`: something was left alone that may be nobody's later. @throws NodeError */
export async function sweep(tools: Tools, running: ReadonlySet<string>): Promise<Swept & { readonly left: boolean }> {
  const reservations = await sweepReservations(tools, running);
  const layers = await sweepLayers(tools, running);
  const { removed: invoices, held } = await sweepInvoices(tools, running);
  return { layers, reservations: reservations ?? 0, invoices, left: reservations === null || held };
}

async function sweepLayers({ ask }: Tools, running: ReadonlySet<string>): Promise<number> {
  const names = await ask('askrene-listlayers', {}, decodeLayers, { filter: LAYER_NAMES_FILTER });
  const orphans = names.map(orderOfLayer).filter((order) => order !== null && !running.has(order));
  for (const order of orphans)
    if (order !== null) await ask('askrene-remove-layer', { layer: layerOf(order) }, () => undefined);
  return orphans.length;
}

const reservations = object({
  reservations: array(object({ short_channel_id_dir: str, amount_msat: amount, command_id: str })),
});

/**
 * By the id of the call that made them: `"cl-revenue-ops:askrene-reserve#12/cln:askrene-reserve#396"`. They cannot be told
 * apart by order: while one is under way, all stay, and the answer is null.
 */
async function sweepReservations({ ask, callPrefix }: Tools, running: ReadonlySet<string>): Promise<number | null> {
  try {
    const { reservations: held } = await ask('askrene-listreservations', {}, (reply) =>
      decode(reservations, reply, 'askrene-listreservations'),
    );
    // Asked only now: none that begins from here on is among them.
    if (running.size > 0) return null;
    const ours = held.filter(({ command_id }) => command_id.startsWith(`"${callPrefix}:askrene-reserve#`));
    if (ours.length > 0)
      await ask(
        'askrene-unreserve',
        {
          path: ours.map(({ short_channel_id_dir, amount_msat }) => ({
            short_channel_id_dir,
            amount_msat: safeNumber(amount_msat, 'reservation'),
          })),
        },
        () => undefined,
      );
    return ours.length;
  } catch (error) {
    if (isUnknownCommand(error)) return 0;
    throw error;
  }
}

const invoices = object({
  invoices: array(object({ label: str, status: str, payment_hash: hex(64), created_index: optional(int) })),
});
const INVOICES_FILTER = {
  invoices: [{ label: true, status: true, payment_hash: true, created_index: true }],
} as const;

/** The newest invoices that are some order's, paid or not. */
async function ordersInvoices(ask: Ask) {
  const last = await ask('wait', { subsystem: 'invoices', indexname: 'created', nextvalue: 0 }, decodeIndex('created'));
  const newest = { index: 'created', start: Math.max(1, last - NEWEST_INVOICES + 1), limit: NEWEST_INVOICES };
  const { invoices: listed } = await ask('listinvoices', newest, (reply) => decode(invoices, reply, 'listinvoices'), {
    filter: INVOICES_FILTER,
  });
  return listed.flatMap((invoice) => {
    const order = orderOfLabel(invoice.label);
    return order === null ? [] : [{ ...invoice, order }];
  });
}

/** Ids of the orders, ours or another instance's, that the newest invoices and all layers are named by. @throws NodeError */
export async function namedOrders(ask: Ask): Promise<readonly string[]> {
  const layers = await ask('askrene-listlayers', {}, decodeLayers, { filter: LAYER_NAMES_FILTER });
  const named = [...layers.map(orderOfLayer), ...(await ordersInvoices(ask)).map(({ order }) => order)];
  return [...new Set(named.filter((order) => order !== null))];
}

/** `held`: an invoice stays because something of it is under way. */
async function sweepInvoices({ ask, payments }: Tools, running: ReadonlySet<string>) {
  let [removed, held] = [0, false];
  for (const { label, status, payment_hash, order } of await ordersInvoices(ask)) {
    if (running.has(order) || status === 'paid') continue;
    const parts = await payments.readByHash(payment_hash);
    if (parts.some((part) => part.status === 'pending')) held = true;
    else {
      await deleteUnlessPaid(ask, label);
      removed++;
    }
  }
  return { removed, held };
}
