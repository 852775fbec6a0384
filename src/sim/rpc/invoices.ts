// invoice, listinvoices, delinvoice, autoclean-status: what we asked to be paid, and what is forgotten when.
import { BadToken, SimError, optional, required, withDefault } from '../method.ts';
import type { SimMethod } from '../method.ts';
import { hash32, hashOfPreimage, preimageOf } from '../world/identity.ts';
import type { Sim } from '../world/sim.ts';
import { wire } from '../world/sim.ts';
import type { Invoice } from '../world/records.ts';
import { SINCE, versionNumber } from '../world/versions.ts';
import { define } from './define.ts';
import { amountOrAny, bool, checkPaging, hash, indexName, integer, take, text, u32, u64 } from './params.ts';

export const invoiceMethods = (sim: Sim): SimMethod[] => [
  invoice(sim),
  listInvoices(sim),
  delInvoice(sim),
  autocleanStatus(sim),
];

/** lightningd's codes. */
const DUPLICATE_LABEL = 900;
const NOT_FOUND = 905;
const WRONG_STATUS = 906;
/** A week, lightningd's default. */
const EXPIRY_SECONDS = 604_800;
/** regtest's cltv-final. */
const FINAL_CLTV = 10;

function label(token: unknown): string {
  if (typeof token !== 'string' && typeof token !== 'number') throw new BadToken('should be a string or number');
  return text(token);
}

const statusOf = (sim: Sim, one: Invoice): 'paid' | 'expired' | 'unpaid' => {
  if (one.paid) return 'paid';
  return one.expiresAt <= sim.seconds() ? 'expired' : 'unpaid';
};

const invoice = (sim: Sim): SimMethod =>
  define({
    name: 'invoice',
    params: {
      amount_msat: required(amountOrAny),
      label: required(label),
      description: required(text),
      expiry: withDefault(u64, EXPIRY_SECONDS),
      fallbacks: optional(list),
      preimage: optional(hash),
      exposeprivatechannels: optional((token) => token),
      cltv: withDefault(integer, FINAL_CLTV),
      deschashonly: withDefault(bool, false),
    },
    crossCheck: (p) => {
      if (sim.state.invoices.some((one) => one.label === p.label))
        throw new SimError(DUPLICATE_LABEL, `Duplicate label '${p.label}'`);
    },
    run: (p) => {
      const createdIndex = sim.bump('invoices', 'created', () => ({ label: p.label }));
      const payment = p.preimage === undefined ? sim.newPayment() : null;
      const preimage = p.preimage ?? preimageOf(sim.seed, payment ?? 0);
      const paymentHash = hashOfPreimage(preimage);
      const secret = hash32(sim.seed, 'secret', createdIndex);
      const row: Invoice = {
        label: p.label,
        description: p.description,
        amount: p.amount_msat,
        payment,
        paymentHash,
        preimage,
        secret,
        // Looks like one; nothing in the simulation decodes it.
        bolt11: `lnbcrt1p${paymentHash}${secret}`,
        expiresAt: sim.seconds() + p.expiry,
        createdIndex,
        updatedIndex: null,
        paid: null,
      };
      sim.state.invoices.push(row);
      sim.notify('invoice_creation', () => ({
        ...(row.amount === null ? {} : { msat: wire(row.amount) }),
        preimage,
        label: row.label,
      }));
      return {
        payment_hash: paymentHash,
        expires_at: row.expiresAt,
        bolt11: row.bolt11,
        payment_secret: secret,
        created_index: createdIndex,
      };
    },
  });

function list(token: unknown): readonly unknown[] {
  if (!Array.isArray(token)) throw new BadToken('should be an array');
  return token as readonly unknown[];
}

const listInvoices = (sim: Sim): SimMethod =>
  define({
    name: 'listinvoices',
    params: {
      label: optional(label),
      invstring: optional(text),
      payment_hash: optional(hash),
      offer_id: optional(hash),
      index: optional(indexName),
      start: withDefault(u64, 0),
      limit: optional(u32),
    },
    crossCheck: checkPaging,
    run: (p) => {
      const rows = sim.state.invoices.filter(
        (one) =>
          one.createdIndex >= p.start &&
          (p.label === undefined || one.label === p.label) &&
          (p.invstring === undefined || one.bolt11 === p.invstring) &&
          (p.payment_hash === undefined || one.paymentHash === p.payment_hash) &&
          p.offer_id === undefined,
      );
      return { invoices: Array.from(take(rows, p.limit), (one) => printInvoice(sim, one)) };
    },
  });

const delInvoice = (sim: Sim): SimMethod =>
  define({
    name: 'delinvoice',
    params: { label: required(label), status: required(text), desconly: withDefault(bool, false) },
    run: (p) => {
      const at = sim.state.invoices.findIndex((one) => one.label === p.label);
      const found = sim.state.invoices[at];
      if (!found) throw new SimError(NOT_FOUND, 'Unknown invoice');
      const actual = statusOf(sim, found);
      if (actual !== p.status)
        throw new SimError(WRONG_STATUS, `Invoice status is ${actual} not ${p.status}`, {
          current_status: actual,
          expected_status: p.status,
        });
      sim.state.invoices.splice(at, 1);
      sim.bump('invoices', 'deleted', () => ({ label: p.label }));
      return printInvoice(sim, found);
    },
  });

const printInvoice = (sim: Sim, one: Invoice): object => ({
  label: one.label,
  bolt11: one.bolt11,
  payment_hash: one.paymentHash,
  ...(one.amount === null ? {} : { amount_msat: wire(one.amount) }),
  status: statusOf(sim, one),
  ...(one.paid
    ? {
        pay_index: one.paid.index,
        amount_received_msat: wire(one.paid.amount),
        paid_at: one.paid.at,
        payment_preimage: one.preimage,
      }
    : {}),
  description: one.description,
  expires_at: one.expiresAt,
  created_index: one.createdIndex,
  ...(one.updatedIndex === null ? {} : { updated_index: one.updatedIndex }),
});

/** autoclean's default for network events: 30 days. */
const NETWORK_EVENTS_AGE = 2_592_000;

const autocleanStatus = (sim: Sim): SimMethod =>
  define({
    name: 'autoclean-status',
    params: { subsystem: optional(text) },
    run: (p) => {
      const { config, cleaned } = sim.state;
      const line = (age: number, count: number): object =>
        age > 0 ? { enabled: true, age, cleaned: count } : { enabled: false, cleaned: count };
      const lines: Record<string, object> = {
        succeededforwards: line(config.autoclean.succeededForwardsAge, cleaned.succeededForwards),
        failedforwards: line(config.autoclean.failedForwardsAge, cleaned.failedForwards),
        succeededpays: line(0, 0),
        failedpays: line(0, 0),
        paidinvoices: line(0, 0),
        expiredinvoices: line(0, 0),
        ...(versionNumber(config.version) >= SINCE.networkEventsAutoclean
          ? { networkevents: line(NETWORK_EVENTS_AGE, 0) }
          : {}),
      };
      const wanted = Object.entries(lines).filter(([name]) => p.subsystem === undefined || name === p.subsystem);
      return { autoclean: Object.fromEntries(wanted) };
    },
  });
