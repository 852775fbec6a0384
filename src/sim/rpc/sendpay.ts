// sendpay and waitsendpay, for payments that come back to us: the others are sent by dev-sim-pay.
import { BadToken, GENERIC, optional, required, SimError } from '../method.ts';
import type { SimMethod } from '../method.ts';
import { circleFields, failureOf, sendCircle, type Circle, type RouteHop } from '../world/circles.ts';
import { canAddHtlc, findByScid } from '../world/forwarding.ts';
import { spendable } from '../world/liquidity.ts';
import type { Sim } from '../world/sim.ts';
import { define } from './define.ts';
import { amount, hash, integer, peerId, scidParam, text, u32, u64 } from './params.ts';

export const sendpayMethods = (sim: Sim): SimMethod[] => [sendPay(sim), waitSendPay(sim)];

/** lightningd's codes. */
const IN_PROGRESS = 200;
const ALREADY_PAID = 201;
const TRY_OTHER_ROUTE = 204;
const NO_SUCH_PAYMENT = 208;
/** BOLT 4. */
const UNKNOWN_NEXT_PEER = 16_394;
const TEMPORARY_CHANNEL_FAILURE = 4103;

function routeOf(token: unknown): RouteHop[] {
  if (!Array.isArray(token) || token.length === 0) throw new BadToken('should be a non-empty array');
  return token.map((hop: unknown) => {
    if (typeof hop !== 'object' || hop === null) throw new BadToken('should be an array of objects');
    const { id, channel, amount_msat, delay } = hop as Readonly<Record<string, unknown>>;
    return { id: peerId(id), channel: scidParam(channel), amount: amount(amount_msat), delay: integer(delay) };
  });
}

const attemptsAt = (sim: Sim, paymentHash: string): Circle[] =>
  sim.state.circles.filter((circle) => circle.paymentHash === paymentHash);

/** Refused at home: nothing is listed of it. */
const localFailure = (message: string, failcode: number, own: string): SimError =>
  new SimError(TRY_OTHER_ROUTE, message, { erring_index: 0, failcode, erring_node: own });

const sendPay = (sim: Sim): SimMethod =>
  define({
    name: 'sendpay',
    params: {
      route: required(routeOf),
      payment_hash: required(hash),
      label: optional(text),
      amount_msat: optional(amount),
      bolt11: optional(text),
      payment_secret: optional(hash),
      partid: optional(u64),
      localinvreqid: optional(text),
      groupid: optional(u64),
      payment_metadata: optional(text),
      description: optional(text),
    },
    run: (p) => {
      const { route, payment_hash: paymentHash } = p;
      const own = sim.state.nodeId;
      const invoice = sim.state.invoices.find((one) => one.paymentHash === paymentHash);
      if (route.at(-1)?.id !== own || invoice?.payment == null)
        throw new SimError(
          GENERIC,
          'only payments to an invoice of our own are simulated; dev-sim-pay makes the others',
        );
      const before = attemptsAt(sim, paymentHash);
      if (before.some(({ status }) => status === 'pending'))
        throw new SimError(IN_PROGRESS, 'Payment with the same hash is in progress');
      if (before.some(({ status }) => status === 'complete'))
        throw new SimError(ALREADY_PAID, 'Already succeeded other parts');
      const [first] = route;
      const out = first && findByScid(sim, first.channel);
      const reachable = out && out.peerId === first.id && canAddHtlc(out) && sim.state.peers.get(first.id)?.connected;
      if (!out || !reachable) throw localFailure('No connection to first peer found', UNKNOWN_NEXT_PEER, own);
      if (first.amount > spendable(out)) throw localFailure('First peer not ready', TEMPORARY_CHANNEL_FAILURE, own);
      const circle = sendCircle(sim, {
        ...{ out, route, paymentHash, payment: invoice.payment, groupId: before.length + 1 },
        ...{ label: p.label ?? null, bolt11: p.bolt11 ?? null },
      });
      return { message: 'Monitor status with listpays or waitsendpay', ...circleFields(sim, circle) };
    },
  });

/** What waitsendpay replies once it has ended; null while it is under way. @throws SimError when it has failed */
function endOf(sim: Sim, circle: Circle): object | null {
  if (circle.status === 'pending') return null;
  if (circle.failure === null) return circleFields(sim, circle);
  const { code, message, data } = failureOf(sim, circle, circle.failure);
  throw new SimError(code, message, data);
}

const waitSendPay = (sim: Sim): SimMethod =>
  define({
    name: 'waitsendpay',
    params: {
      payment_hash: required(hash),
      timeout: optional(u32),
      partid: optional(u64),
      groupid: optional(u64),
    },
    run: (p, { signal }) => {
      const circle = attemptsAt(sim, p.payment_hash).at(-1);
      if (!circle) throw new SimError(NO_SUCH_PAYMENT, `Never attempted payment part 0 for '${p.payment_hash}'`);
      return (
        endOf(sim, circle) ??
        new Promise((resolve, reject) => {
          const finish = (act: () => void): void => {
            stop();
            cancel();
            signal.removeEventListener('abort', hangUp);
            act();
          };
          const look = (): void => {
            try {
              const reply = endOf(sim, circle);
              if (reply !== null)
                finish(() => {
                  resolve(reply);
                });
            } catch (error) {
              finish(() => {
                reject(error instanceof Error ? error : new Error(String(error)));
              });
            }
          };
          const late = (): void => {
            finish(() => {
              reject(new SimError(IN_PROGRESS, 'Timed out while waiting'));
            });
          };
          const hangUp = (): void => {
            finish(() => {
              reject(new SimError(GENERIC, 'the caller hung up'));
            });
          };
          const stop = sim.onIndex((subsystem, index) => {
            if (subsystem === 'sendpays' && index === 'updated') look();
          });
          const cancel = p.timeout === undefined ? (): void => undefined : sim.alarm(p.timeout * 1000, late);
          signal.addEventListener('abort', hangUp, { once: true });
        })
      );
    },
  });
