// What has the node paid to itself, and by which channels did it go? lightningd's list of payments is the truth about it.
import type { SelfPaymentRow } from '../core/rebalance/types.ts';
import type { NodeId, UnixSec } from '../core/units.ts';
import { NodeError, type SelfPaymentPage, type SelfPaymentReader } from '../ports.ts';
import { knowsNoIndex, type Ask } from './ask.ts';
import { decodeIndex, decodeInfo } from './small-replies.ts';
import { ROWS_PER_PAGE } from './paging.ts';
import { withChannels } from './self-payment-channels.ts';
import { listSendpays, type Sendpay } from './sendpays.ts';
import { withoutStranded } from './stranded-payments.ts';

const toRow = (row: Sendpay): SelfPaymentRow => ({
  paymentHash: row.payment_hash,
  createdIndex: row.created_index,
  status: row.status,
  amountMsat: row.amount_msat,
  amountSentMsat: row.amount_sent_msat,
  createdAt: row.created_at,
  completedAt: row.completed_at,
  label: row.label,
  outChannel: null,
  inChannel: null,
});

/** Over lightningd's RPC, from v23.05 on. */
export class LightningSelfPayments implements SelfPaymentReader {
  readonly #ask: Ask;
  /** Never changes while a node runs. */
  #own: NodeId | null = null;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  async readByHash(paymentHash: string): Promise<readonly SelfPaymentRow[]> {
    return this.#ownRows(await listSendpays(this.#ask, { payment_hash: paymentHash }));
  }

  async readPaymentsIndex(): Promise<number | null> {
    try {
      return await this.#ask(
        'wait',
        { subsystem: 'sendpays', indexname: 'created', nextvalue: 0 },
        decodeIndex('created'),
      );
    } catch (error) {
      if (knowsNoIndex(error)) return null;
      throw error;
    }
  }

  async readSince(after: number | null, since: UnixSec): Promise<SelfPaymentPage> {
    // Asked first: what is created meanwhile is listed all the same, and what is missing up to here was deleted.
    const index = after === null ? null : await this.readPaymentsIndex();
    if (after === null || index === null) {
      const rows = (await listSendpays(this.#ask, {})).filter(({ created_at }) => created_at >= since);
      return { rows: await this.#ownRows(rows), cursor: null, gapless: false };
    }
    const rows: Sendpay[] = [];
    for (let cursor = after; ;) {
      const page = await listSendpays(this.#ask, { index: 'created', start: cursor + 1, limit: ROWS_PER_PAGE });
      rows.push(...page);
      const last = page.at(-1)?.created_index ?? cursor;
      if (page.length < ROWS_PER_PAGE) break;
      if (last <= cursor)
        throw new NodeError('unreadable', `listsendpays: expected indexes above ${cursor}, got ${last}`);
      cursor = last;
    }
    const upTo = rows.filter(({ created_index }) => created_index !== null && created_index <= index).length;
    const cursor = Math.max(index, rows.at(-1)?.created_index ?? 0);
    return { rows: await this.#ownRows(rows), cursor, gapless: upTo === Math.max(0, index - after) };
  }

  async #ownRows(rows: readonly Sendpay[]): Promise<readonly SelfPaymentRow[]> {
    this.#own ??= (await this.#ask('getinfo', {}, decodeInfo)).nodeId;
    const own = rows.filter(({ destination }) => destination === this.#own).map(toRow);
    const again = async (hash: string) => (await listSendpays(this.#ask, { payment_hash: hash })).map(toRow);
    return withChannels(this.#ask, await withoutStranded(this.#ask, own, again));
  }
}
