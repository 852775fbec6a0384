// Which misbehaviour was ordered of the node, to test what a plugin makes of it?
import { BadToken } from '../method.ts';

/**
 * - `error`: the call fails with `code` and `message`, nothing is done
 * - `delay`: the reply waits `delay_ms` real milliseconds
 * - `hang`: no reply, ever
 * - `drop`: the connection closes in place of the reply
 * - `garbage`: text that is no JSON comes in place of the reply
 * - `split`: the reply comes byte by byte
 * - `reorder`: the reply waits until another one has left on the same connection
 */
const FAULT_KINDS = ['error', 'delay', 'hang', 'drop', 'garbage', 'split', 'reorder'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault {
  /** Method concerned; `*` is every one. */
  readonly method: string;
  readonly kind: FaultKind;
  readonly code: number;
  readonly message: string;
  readonly delayMs: number;
  /** How many calls it spoils. */
  readonly times: number;
}

export class Faults {
  #armed: { readonly fault: Fault; left: number }[] = [];

  arm(fault: Fault): void {
    this.#armed.push({ fault, left: fault.times });
  }
  clear(): void {
    this.#armed = [];
  }
  /** The fault for this call, used up by one; null in good times. The host's own dev-sim calls are never spoiled. */
  take(method: string): Fault | null {
    if (method.startsWith('dev-sim-')) return null;
    const armed = this.#armed.find(({ fault }) => fault.method === method || fault.method === '*');
    if (!armed) return null;
    armed.left--;
    this.#armed = this.#armed.filter(({ left }) => left > 0);
    return armed.fault;
  }
}

export function faultKind(token: unknown): FaultKind {
  const kind = FAULT_KINDS.find((known) => known === token);
  if (kind === undefined) throw new BadToken(`should be one of ${FAULT_KINDS.join(', ')}`);
  return kind;
}
