// Are the fees on the node those that were decided, recorded, or asked for by hand, and no others?
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { CHANNELS, type Role, type TestNode } from '../harness.ts';
import { pause, refusal, until, type Json } from '../rpc.ts';
import { statusOf, type Node } from './plugin-view.ts';
import {
  aCycle,
  beginAnew,
  changes,
  clear,
  expectHistoryOfFees,
  forgetSetconfig,
  goOn,
  LIFTED,
  peerOf,
  PUBLIC_ROLES,
  untilFees,
} from './pricing.ts';

const INVALID_PARAMS = -32602;
const lifted = (fee: number | undefined): boolean => Number(fee) >= LIFTED['revenue-ops-min-fee-ppm'];
const allLifted = (fees: Partial<Record<Role, number>>): boolean => PUBLIC_ROLES.every((role) => lifted(fees[role]));

/** What setchannel sets, of every open channel, but for the proportional fee. */
async function settingsBeside(node: TestNode): Promise<unknown[]> {
  const { channels } = (await node.call('listpeerchannels')) as { channels: Json[] };
  return channels
    .filter(({ state }) => state === 'CHANNELD_NORMAL')
    .map((channel) => [
      channel['short_channel_id'],
      channel['fee_base_msat'],
      channel['minimum_htlc_out_msat'],
      channel['maximum_htlc_out_msat'],
    ]);
}

const setFee = (node: TestNode, role: Role, feePpm: number, holdHours?: number): Promise<Json> =>
  node.call('revenue-set-fee', {
    channel_id: node.scids[role],
    fee_ppm: feePpm,
    ...(holdHours === undefined ? {} : { hold_hours: holdHours }),
  });

const DEFAULT_HOLD_HOURS = 24;

export function testFees(theNode: Node): void {
  beforeAll(async () => {
    await forgetSetconfig(theNode());
  });
  beforeEach(async () => {
    await clear(theNode());
  });

  it('sets fees where it must and nothing else of any channel', async () => {
    const node = theNode();
    await node.call('setchannel', { id: node.scids.B, feebase: 7, htlcmin: 2000, htlcmax: 900_000_000 });
    await node.setFeeByHand('C', 0);
    const beside = await settingsBeside(node);
    const before = (await node.stateChangingCalls()).length;
    await beginAnew(node, LIFTED);
    const set = await untilFees(node, 'the fees of A and B', ({ A, B }) => lifted(A) && lifted(B));
    await aCycle(node);
    // Nobody tells the network of a private channel's fee, and zero is somebody's wish.
    expect(await node.fees()).toEqual({ A: set.A, B: set.B, C: 0, 'A-private': CHANNELS['A-private'].feePpm });
    expect(await settingsBeside(node)).toEqual(beside);
    await expectHistoryOfFees(node, ['A', 'B']);
    expect((await changes(node)).map(({ role }) => role).sort()).toEqual(['A', 'B']);
    const calls = (await node.stateChangingCalls()).slice(before);
    expect(calls.map(({ method, params }) => [method, Object.keys(params as Json).sort()])).toEqual([
      ['setchannel', ['feeppm', 'id']],
      ['setchannel', ['feeppm', 'id']],
    ]);
    await node.call('setchannel', { id: node.scids.B, feebase: 1, htlcmin: 0 });
  });

  it('moves a fee on the evidence of forwards', async () => {
    const node = theNode();
    await beginAnew(node);
    await aCycle(node);
    const payment = { from: 'A', to: 'B', sats: 20_000, outcome: 'settled' } as const;
    await node.forward([payment, payment, payment, payment]);
    await until('a step of the search', async () => (await changes(node)).some(({ reason }) => reason === 'step'));
    await expectHistoryOfFees(node, PUBLIC_ROLES);
  });

  it("notices, records and respects someone else's change", async () => {
    const node = theNode();
    await beginAnew(node, LIFTED);
    await untilFees(node, 'all fees', allLifted);
    await aCycle(node);
    // Out of bounds, so that nothing but respect keeps it there.
    await node.setFeeByHand('B', 50);
    const row = await until('the change to be recorded', async () =>
      (await changes(node)).find(({ role, new_fee_ppm }) => role === 'B' && new_fee_ppm === 50),
    );
    expect(row).toMatchObject({ reason: 'external-change' });
    await aCycle(node);
    expect(await node.fees()).toMatchObject({ B: 50 });
    expect(JSON.stringify(await node.call('revenue-explain', { channel_id: node.scids.B }))).toContain(
      'external-change',
    );
    await expectHistoryOfFees(node, PUBLIC_ROLES);
  });

  it('sets a fee by hand, at once, and holds it', async () => {
    const node = theNode();
    await beginAnew(node);
    const before = await node.now();
    const reply = await setFee(node, 'A', 612);
    const after = await node.now();
    expect(reply).toMatchObject({
      channel_id: node.scids.A,
      peer_id: await peerOf(node, 'A'),
      new_fee_ppm: 612,
      // There is no clboss.
      clboss_unmanaged: null,
      dry_run: false,
    });
    expect(await node.fees()).toMatchObject({ A: 612 });
    // Whole seconds, on either side of which the clocks of plugin and node may stand.
    const heldFrom = Number(reply['held_until']) - DEFAULT_HOLD_HOURS * 3600;
    expect(heldFrom).toBeGreaterThan(before - 2);
    expect(heldFrom).toBeLessThan(after + 2);
    await aCycle(node);
    expect(await node.fees()).toMatchObject({ A: 612 });
    expect((await changes(node)).filter(({ role }) => role === 'A').at(-1)).toMatchObject({
      old_fee_ppm: reply['old_fee_ppm'],
      new_fee_ppm: 612,
      manual: 1,
    });
    await expectHistoryOfFees(node, PUBLIC_ROLES);
  });

  it('refuses a fee that is out of bounds, or of no channel, and does nothing', async () => {
    const node = theNode();
    await beginAnew(node, { ...LIFTED, 'revenue-ops-fee-interval': 3600 });
    await until('the first cycle', async () => (await statusOf(node)).loops['fees']?.last_outcome);
    const before = await node.fees();
    const calls = (await node.stateChangingCalls()).length;
    for (const ppm of [299, 3001, 0, -1, 1.5, 'many']) {
      const { code, message } = await refusal(node.call('revenue-set-fee', { channel_id: node.scids.A, fee_ppm: ppm }));
      expect(code, String(ppm)).toBe(INVALID_PARAMS);
      expect(message).toContain(String(ppm));
    }
    const { code, message } = await refusal(node.call('revenue-set-fee', { channel_id: '1x1x1', fee_ppm: 500 }));
    expect(code).toBe(INVALID_PARAMS);
    expect(message).toContain('1x1x1');
    expect(await node.fees()).toEqual(before);
    expect(await node.stateChangingCalls()).toHaveLength(calls);
  });

  it('obeys a policy, whatever the options and the search say', async () => {
    const node = theNode();
    await beginAnew(node, { 'revenue-ops-dry-run': true });
    const policy = (role: Role, words: Json): Promise<Json> =>
      node.call('revenue-policy', { action: 'set', subject: node.scids[role], ...words });
    await policy('A', { strategy: 'static', fee_ppm: 44 });
    await node.call('revenue-policy', { action: 'set', subject: await peerOf(node, 'B'), max_ppm: 200 });
    await policy('C', { strategy: 'passive' });
    await node.stopPlugin();
    await goOn(node, LIFTED);
    await untilFees(node, 'the fees of the policies', ({ A, B }) => A === 44 && B === 200);
    await aCycle(node);
    expect(await node.fees()).toMatchObject({ A: 44, B: 200, C: CHANNELS.C.feePpm });
    expect(JSON.stringify(await node.call('revenue-explain', { channel_id: node.scids.A }))).toContain('static');
    // Each of these is raised for the first time; a second raise would have to wait for ten minutes.
    await policy('C', { min_ppm: 1200 });
    await node.call('revenue-policy', { action: 'delete', subject: node.scids.A });
    await untilFees(node, 'the fees of the new policies', ({ A, C }) => lifted(A) && Number(C) >= 1200);
    expect(await node.fees()).toMatchObject({ B: 200 });
  });

  it('decides and records in dry-run, and sends not one call that changes anything', async () => {
    const node = theNode();
    await node.startClboss();
    const before = (await node.stateChangingCalls()).length;
    const fees = await node.fees();
    await beginAnew(node, { ...LIFTED, 'revenue-ops-dry-run': true });
    await until('rows of a dry run', async () => {
      const rows = await changes(node);
      return PUBLIC_ROLES.every((role) => rows.some((row) => row.role === role));
    });
    const reply = await setFee(node, 'A', 700);
    expect(reply).toMatchObject({ new_fee_ppm: 700, dry_run: true });
    await aCycle(node);
    const rows = await changes(node);
    expect(rows.filter(({ reason }) => !reason.startsWith('dry-run'))).toEqual([]);
    expect(await node.fees()).toEqual(fees);
    expect((await node.stateChangingCalls()).slice(before)).toEqual([]);
  });

  it('changes nothing while paused', async () => {
    const node = theNode();
    await beginAnew(node, { 'revenue-ops-fee-interval': 3600 });
    await until('the first cycle', async () => (await statusOf(node)).loops['fees']?.last_outcome);
    await node.call('revenue-pause');
    const fees = await node.fees();
    const calls = (await node.stateChangingCalls()).length;
    await node.stopPlugin();
    // The first cycle may have raised fees, and none is raised twice within ten minutes: now they are to fall.
    await goOn(node, { 'revenue-ops-max-fee-ppm': 50 });
    // Longer than some cycles would take.
    await pause(3000);
    expect(await statusOf(node)).toMatchObject({ mode: 'paused' });
    expect(await node.fees()).toEqual(fees);
    expect(await node.stateChangingCalls()).toHaveLength(calls);
    await node.call('revenue-resume');
    await untilFees(node, 'all fees', (now) => PUBLIC_ROLES.every((role) => Number(now[role]) <= 50));
    await expectHistoryOfFees(node, PUBLIC_ROLES);
  });

  /** All fees are lifted, each change is recorded once, and none is taken for somebody else's. */
  async function expectEachOnce(node: TestNode): Promise<void> {
    await goOn(node, LIFTED);
    await untilFees(node, 'all fees', allLifted);
    await aCycle(node);
    await expectHistoryOfFees(node, PUBLIC_ROLES);
    const rows = await changes(node);
    expect(rows.map(({ role }) => role).sort()).toEqual([...PUBLIC_ROLES].sort());
    expect(rows.filter(({ manual }) => manual === 1)).toEqual([]);
  }

  it('knows after a kill between two fees which one it has set', async () => {
    const node = theNode();
    await node.startClboss();
    // The first peer goes through; the second waits for clboss, and there it ends.
    await node.call('clboss-imitator', { delay_ms: 4000, after: 1 });
    await beginAnew(node, LIFTED);
    const half = await untilFees(node, 'the first fee', (fees) => PUBLIC_ROLES.some((role) => lifted(fees[role])));
    await node.killPlugin();
    expect(PUBLIC_ROLES.filter((role) => lifted(half[role]))).toHaveLength(1);
    await expectEachOnce(node);
  });

  it('knows after a kill whether the fee was set of which it had no reply yet', async ({ skip }) => {
    const node = theNode();
    skip(node.kind === 'real', 'only the simulated node withholds a reply when told to');
    await node.call('dev-sim-fault', { kind: 'hang', method: 'setchannel' });
    await beginAnew(node, LIFTED);
    await untilFees(node, 'the first fee', (fees) => PUBLIC_ROLES.some((role) => lifted(fees[role])));
    await node.killPlugin();
    await expectEachOnce(node);
  });
}
