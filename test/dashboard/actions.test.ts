// Does a preview say what the action will do, and change nothing? Does the action do it?
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/app/commands/all.ts';
import { ACTIONS, ORDER_HEADER, type ActionReply } from '../../src/dashboard/api.ts';
import { simulatedApplications } from '../app/simulated-setup.ts';
import { dashboardOn, type Dashboard } from './dashboard.ts';

const start = simulatedApplications();

/** All that an action may leave behind. */
const traces = ({ store, changing, clock }: Dashboard): object => ({
  asked: changing().length,
  changes: store.recentFeeChanges(1000),
  rebalances: store.recentRebalances(1000),
  policies: store.fees.policies(clock.now()),
  holds: [...store.fees.holds(clock.now())],
  intents: [store.fees.intents(), store.rebalances.openIntents()],
  paused: store.paused(),
});

async function previewed(board: Dashboard, action: string, params: object): Promise<ActionReply> {
  const before = traces(board);
  const response = await board.act(action, params, true);
  const reply = (await response.json()) as ActionReply;
  expect([response.status, reply]).toEqual([200, expect.objectContaining({ dry_run: true })]);
  expect(traces(board)).toEqual(before);
  return reply;
}
async function done(board: Dashboard, action: string, params: object): Promise<ActionReply> {
  const response = await board.act(action, params, false);
  const reply = (await response.json()) as ActionReply;
  expect([response.status, reply]).toEqual([200, expect.objectContaining({ dry_run: false })]);
  return reply;
}
const timeless = (reply: ActionReply): object =>
  JSON.parse(
    JSON.stringify(reply.reply, (name, value: unknown) => (/^(held_until|set_at|dry_run)$/.test(name) ? 0 : value)),
  ) as object;

describe('an action', () => {
  it('has a command of ours with a preview', () => {
    for (const name of Object.values(ACTIONS))
      expect([name, COMMANDS.find((command) => command.name === name)?.preview]).toEqual([name, expect.any(Function)]);
  });

  it('sets a fee as its preview says', async () => {
    const board = await dashboardOn(start);
    const [channel] = await board.usable();
    const params = { channel_id: channel.short_channel_id, fee_ppm: 345, hold_hours: 12 };
    const preview = await previewed(board, 'set-fee', params);
    expect(preview.reply).toMatchObject({ old_fee_ppm: channel.fee_proportional_millionths, new_fee_ppm: 345 });
    const reply = await done(board, 'set-fee', params);
    expect(timeless(reply)).toEqual(timeless(preview));
    expect(reply.reply['held_until']).toBe(preview.reply['held_until']);
    expect(await board.feeOf(channel)).toBe(345);
  });

  it('is carried out once, however often its request comes', async () => {
    const board = await dashboardOn(start);
    const [channel] = await board.usable();
    const give = async (fee: number, id: string): Promise<ActionReply> => {
      const params = { channel_id: channel.short_channel_id, fee_ppm: fee };
      return (await (await board.act('set-fee', params, false, { [ORDER_HEADER]: id })).json()) as ActionReply;
    };
    const [first, again] = await Promise.all([give(345, 'a'), give(345, 'a')]);
    expect(again).toEqual(first);
    await give(346, 'b');
    expect(await give(345, 'a')).toEqual(first);
    expect(await board.feeOf(channel)).toBe(346);
    expect(board.changing().filter(({ method }) => method === 'setchannel')).toHaveLength(2);
    // The same id of another order is another order.
    await give(347, 'a');
    expect(await board.feeOf(channel)).toBe(347);
    // None is none.
    await give(348, '');
    await give(349, 'c');
    await give(348, '');
    expect(await board.feeOf(channel)).toBe(348);
  });

  it('refuses in the preview what it would refuse', async () => {
    const board = await dashboardOn(start);
    const [channel] = await board.usable();
    const params = { channel_id: channel.short_channel_id, fee_ppm: 9999 };
    for (const dryRun of [true, false])
      expect(await board.refusalOf(board.act('set-fee', params, dryRun))).toEqual([400, 'fee-out-of-bounds']);
  });

  it('holds a fee as it is, and lifts the hold', async () => {
    const board = await dashboardOn(start);
    const [channel] = await board.usable();
    const hold = { channel_id: channel.short_channel_id, hold_hours: 5 };
    const preview = await previewed(board, 'hold', hold);
    expect(preview).toMatchObject({
      command: 'revenue-set-fee',
      reply: { old_fee_ppm: channel.fee_proportional_millionths, new_fee_ppm: channel.fee_proportional_millionths },
    });
    await done(board, 'hold', hold);
    expect(board.store.fees.holds(board.clock.now()).size).toBe(1);
    await done(board, 'hold', { ...hold, hold_hours: 0 });
    expect(board.store.fees.holds(board.clock.now()).size).toBe(0);
    expect(board.changing().filter(({ method }) => method === 'setchannel')).toEqual([]);
    expect(await board.refusalOf(board.act('hold', { ...hold, fee_ppm: 1 }, true))).toEqual([400, 'invalid-request']);
  });

  it('sets and deletes a policy as its previews say', async () => {
    const board = await dashboardOn(start);
    const [channel] = await board.usable();
    const set = { action: 'set', subject: channel.short_channel_id, strategy: 'static', fee_ppm: 200 };
    const preview = await previewed(board, 'policy', set);
    expect(timeless(await done(board, 'policy', set))).toEqual(timeless(preview));
    const again = await previewed(board, 'policy', { ...set, fee_ppm: 300 });
    expect(again.reply).toMatchObject({ policy: { fee_ppm: 300 }, replaced: { fee_ppm: 200 } });
    const remove = { action: 'delete', subject: channel.short_channel_id };
    const gone = await previewed(board, 'policy', remove);
    expect(timeless(await done(board, 'policy', remove))).toEqual(timeless(gone));
    expect(await board.refusalOf(board.act('policy', remove, true))).toEqual([400, 'no-policy']);
  });

  it('pauses and resumes', async () => {
    const board = await dashboardOn(start, { paused: false });
    expect((await previewed(board, 'pause', {})).reply).toEqual({ mode: 'paused', changed: true });
    await done(board, 'pause', {});
    expect(board.store.paused()).toBe(true);
    expect((await previewed(board, 'resume', {})).reply).toEqual({ mode: 'live', changed: true });
    await done(board, 'resume', {});
    expect(board.store.paused()).toBe(false);
  });

  it('rebalances only what the controls let pass, in the preview too', async () => {
    const board = await dashboardOn(start, {
      world: { historyDays: 8, forwardsPerDay: 200 },
      config: { dailyBudgetSats: 0 },
    });
    const [first, ...others] = await board.usable();
    const other = others.find(({ peer_id: peer }) => peer !== first.peer_id);
    const params = {
      from_channel: first.short_channel_id,
      to_channel: other?.short_channel_id,
      amount_sats: 50_000,
      max_fee_sats: 10,
    };
    const before = traces(board);
    for (const dryRun of [true, false])
      expect(await board.refusalOf(board.act('rebalance', params, dryRun))).toEqual([409, 'rebalance-refused']);
    expect(traces(board)).toEqual(before);
  });

  it('previews a rebalance with what it expects', async () => {
    const board = await dashboardOn(start, {
      world: { historyDays: 8, forwardsPerDay: 200, channels: 6 },
      paused: false,
    });
    board.store.setPaused(true);
    const channels = await board.usable();
    const outcomes: (readonly [number, string | undefined])[] = [];
    for (const from of channels)
      for (const to of channels) {
        if (from.peer_id === to.peer_id) continue;
        const before = traces(board);
        const params = {
          from_channel: from.short_channel_id,
          to_channel: to.short_channel_id,
          amount_sats: 50_000,
          max_fee_sats: 100,
        };
        const response = await board.act('rebalance', params, true);
        const reply = (await response.json()) as { reply?: { status: string; max_fee_sats: number } };
        expect(traces(board)).toEqual(before);
        if (response.status === 200) expect(reply.reply).toMatchObject({ status: 'dry-run', max_fee_sats: 100 });
        outcomes.push([response.status, reply.reply?.status]);
      }
    expect(outcomes.some(([code]) => code === 200)).toBe(true);
  });
});
