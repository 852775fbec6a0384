// What have runs that were killed left behind on the node, and what of it is ours to remove?
import { array, decode, hex, int, object, optional, str } from '../../../cln/decode.ts';
import type { SelfPaymentReader, Swept } from '../../../ports.ts';
import { isUnknownCommand, type Ask } from '../../ask.ts';
import { decodeIndex } from '../../facts.ts';
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

/** @throws NodeError */
export async function sweep(tools: Tools, running: ReadonlySet<string>): Promise<Swept> {
  // Reservations cannot be told apart by order: while one is under way they stay.
  const reservations = running.size === 0 ? await sweepReservations(tools) : 0;
  return { layers: await sweepLayers(tools, running), reservations, invoices: await sweepInvoices(tools, running) };
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

/** By the id of the call that made them: `"cl-revenue-ops:askrene-reserve#12/cln:askrene-reserve#396"`. */
async function sweepReservations({ ask, callPrefix }: Tools): Promise<number> {
  try {
    const { reservations: held } = await ask('askrene-listreservations', {}, (reply) =>
      decode(reservations, reply, 'askrene-listreservations'),
    );
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

async function sweepInvoices({ ask, payments }: Tools, running: ReadonlySet<string>): Promise<number> {
  let removed = 0;
  for (const { label, status, payment_hash, order } of await ordersInvoices(ask)) {
    if (running.has(order) || status === 'paid') continue;
    const parts = await payments.readByHash(payment_hash);
    if (parts.some((part) => part.status === 'pending')) continue;
    await deleteUnlessPaid(ask, label);
    removed++;
  }
  return removed;
}
