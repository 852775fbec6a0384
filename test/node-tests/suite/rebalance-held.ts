// A hop keeps the payment past the deadline: is it unknown, reserved until it has ended, and then counted as it ended?
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  aCycle,
  beginAnew,
  budgetOf,
  feeAround,
  goOn,
  leftAsFees,
  ledger,
  ours,
  rebalance,
  remains,
  sendpays,
  statusOf,
} from '../rebalancing.ts';
import type { Ring } from '../ring.ts';
import { refusal, until } from '../rpc.ts';

/** The shortest that there is, by our clock. */
const short = ({ speed }: Ring) => ({ 'revenue-ops-rebalance-timeout': 5 * speed });
/** core/rebalance/recover.ts */
const QUIET_SECONDS = 120;
const SATS = 10_000;
const AMOUNT = 10_000_000n;
const CAP = 20_000n;

const RESTARTS: Readonly<Record<string, (ring: Ring) => Promise<void>>> = {
  'the plugin stopped': async (ring) => {
    await ring.stopPlugin();
    await goOn(ring, short(ring));
  },
  'the plugin killed': async (ring) => {
    await ring.killPlugin();
    await goOn(ring, short(ring));
  },
  'the node restarted': async (ring) => {
    await ring.restart();
    await goOn(ring, short(ring));
  },
};
export function testHeld(theRing: () => Ring): void {
  beforeAll(() => beginAnew(theRing(), short(theRing())));
  afterAll(() => theRing().stopPlugin());

  const expectReserved = async (ring: Ring, spent: bigint, orders = 1n): Promise<void> => {
    expect(await budgetOf(ring)).toEqual({ spent, reserved: orders * CAP });
  };
  /** The ledger has what the node says. */
  async function expectArrived(ring: Ring, spent: bigint, balance: bigint): Promise<void> {
    await until('it to be settled', async () => (await budgetOf(ring)).reserved === 0n);
    const fee = feeAround(AMOUNT);
    expect(await budgetOf(ring)).toEqual({ spent: spent + fee, reserved: 0n });
    expect((await ledger(ring)).at(-1)).toMatchObject({
      ...{ state: 'settled', status: 'success', fee_msat: Number(fee), moved_msat: Number(AMOUNT) },
    });
    await until('the balance', async () => (await ours(ring, ring.ends.back)) === balance + AMOUNT);
  }
  async function killMidway(ring: Ring): Promise<void> {
    const sent = (await sendpays(ring)).length;
    const lost = refusal(rebalance(ring, { sats: SATS }));
    lost.catch(() => undefined); // it is awaited below
    await until('it to be under way', async () => (await sendpays(ring)).length > sent);
    await ring.killPlugin();
    await lost;
    await goOn(ring, short(ring));
  }
  it.each(Object.keys(RESTARTS))('is unknown and reserved; then %s; and counted when it arrives', async (what) => {
    const ring = theRing();
    const [{ spent }, balance] = [await budgetOf(ring), await ours(ring, ring.ends.back)];
    await ring.hold();
    const reply = await rebalance(ring, { sats: SATS });
    expect(reply).toMatchObject({ status: 'unknown', moved_sats: 0, attempts: 1 });
    await expectReserved(ring, spent);
    expect((await ledger(ring)).at(-1)).toMatchObject({ state: 'unknown', status: 'unknown', fee_msat: 0 });
    expect((await statusOf(ring)).rebalancer).toMatchObject({ unknown: 1 });
    // Never twice at once.
    expect((await refusal(rebalance(ring, { sats: SATS }))).message).toContain('in-flight');
    await RESTARTS[what]?.(ring);
    await aCycle(ring);
    await expectReserved(ring, spent);
    await ring.release('pass');
    await expectArrived(ring, spent, balance);
  });

  it('is reserved when the plugin was killed while it was under way; and counted when it arrives', async () => {
    const ring = theRing();
    const [{ spent }, balance] = [await budgetOf(ring), await ours(ring, ring.ends.back)];
    await ring.hold();
    await killMidway(ring);
    await expectReserved(ring, spent);
    await aCycle(ring);
    await ring.release('pass');
    await expectArrived(ring, spent, balance);
  });

  it('gives the reservation back when it fails, seen by its driver or not, over restarts of plugin and node', async () => {
    const ring = theRing();
    const { back, parallel } = ring.ends;
    const [{ spent }, balance] = [await budgetOf(ring), await ours(ring, back)];
    await ring.hold();
    expect(await rebalance(ring, { to: parallel, sats: SATS })).toMatchObject({ status: 'unknown' });
    await killMidway(ring);
    // What was sent unseen may be listed late: for two minutes no failure is believed.
    await ring.restart(QUIET_SECONDS);
    await goOn(ring, short(ring));
    await aCycle(ring);
    await expectReserved(ring, spent, 2n);
    await ring.release('refuse');
    await until('them to be settled', async () => (await budgetOf(ring)).reserved === 0n);
    expect(await budgetOf(ring)).toEqual({ spent, reserved: 0n });
    expect((await ledger(ring)).slice(-2)).toEqual(
      [parallel, back].map(({ scid }): unknown =>
        expect.objectContaining({ to_scid: scid, state: 'failed', status: 'failed', fee_msat: 0, moved_msat: 0 }),
      ),
    );
    await until('the balance', async () => (await ours(ring, back)) === balance);
    await ring.release('pass');
  });

  it('has the same sum as the node, and has left nothing there', async () => {
    const ring = theRing();
    // What was spent before these tests is in another database.
    const fees = (await ledger(ring)).reduce((sum, { fee_msat }) => sum + BigInt(fee_msat), 0n);
    expect((await budgetOf(ring)).spent).toBe(fees);
    expect((await leftAsFees(ring)) >= fees).toBe(true);
    // Invoices that nobody will pay go with the next start.
    await ring.restart();
    await goOn(ring, short(ring));
    await until('what is left to be swept', async () => (await remains(ring)).length === 0);
  });
}
