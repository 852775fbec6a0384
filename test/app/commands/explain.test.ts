// Does revenue-explain say why a channel has its fee, and why it is rebalanced or not, before and after it is decided?
import { describe, expect, it } from 'vitest';
import { FEE_REASONS } from '../../../src/core/reasons.ts';
import { msat, ppm, unixSec } from '../../../src/core/units.ts';
import { channelNumber } from '../node-in-memory.ts';
import { idOf } from '../../store/fake-node.ts';
import { applications, timeout, type Reply } from '../setup.ts';

const { started, setup } = applications();
const LOW = { toUs: msat(3_000_000_000), spendable: msat(2_900_000_000), feePpm: ppm(250) };
const HALF = { toUs: msat(5_000_000_000), spendable: msat(4_900_000_000), feePpm: ppm(250) };

const feeOf = (reply: Reply): Reply => reply['fee'] as Reply;

describe('revenue-explain', () => {
  it('has every field, the decision step by step', async () => {
    const { run, node, fees, clock } = await started({}, (of) => {
      of.snapshot = { ...of.snapshot, channels: [channelNumber(1, LOW), channelNumber(2, HALF)] };
    });
    const reply = await run('revenue-explain', { channel_id: '101x1x0' });
    const set = node.snapshot.channels[0]?.feePpm;
    expect(fees.calls).toHaveLength(2);
    expect(reply).toEqual({
      channel_id: '101x1x0',
      peer_id: node.snapshot.channels[0]?.peerId,
      alias: null,
      as_of: clock.now(),
      fee_ppm: set,
      base_fee_msat: 0,
      local_ratio: 0.3,
      capacity_sats: 10_000_000,
      connected: true,
      private: false,
      priced_with: [],
      fee: {
        decided_at: clock.now(),
        decision: 'set',
        reason: 'bid-price',
        sentence: FEE_REASONS['bid-price'],
        wanted_ppm: set,
        outcome: 'set',
        decided_by: { term: 'bid-price', sentence: FEE_REASONS['bid-price'] },
        bid_price: expect.objectContaining({ slow_ppm: 0 }) as unknown,
        steps: expect.any(Array) as unknown,
        rejected: [{ fee_ppm: 250, because: `the fee as it was: ${FEE_REASONS['bid-price']}` }],
        would_change: expect.any(Array) as unknown,
      },
      fee_note: null,
      policy: null,
      hold: null,
      external_until: null,
      clboss: { enabled: true, available: false, unmanaged_tags: [], ours: [] },
      last_changes: [
        { old_fee_ppm: 250, new_fee_ppm: set, reason: 'bid-price', manual: false, timestamp: clock.now() },
      ],
      rebalance: expect.objectContaining({ policy: 'both', failures: [], open: [], dry_runs: [] }) as unknown,
      rebalance_note: null,
    });
    const steps = feeOf(reply)['steps'] as Reply[];
    expect(steps.map(({ step }) => step)).toEqual(
      'inputs demand own-bid source-bid markup window multiplier target floor clamp pacing would-change'.split(' '),
    );
    expect(steps[0]?.['text']).toContain('1 channel of 10,000,000 sats, 30.0 % on our side, at 250 ppm');
    expect(steps.every((step) => typeof step['about'] === 'string' && typeof step['values'] === 'object')).toBe(true);
  });

  it('tells of holds, policies, other people and clboss', async () => {
    const { run, node, fees, store, clboss, clock } = await started({}, (of) => {
      of.snapshot = { ...of.snapshot, channels: [channelNumber(1, HALF), channelNumber(2, HALF)] };
    });
    const [one, two] = node.snapshot.channels;
    if (!one || !two) throw new Error('expected two channels');
    clboss.present = true;
    clboss.unmanaged.set(one.peerId, ['balance', 'lnfee']);
    store.fees.saveTakenTags(one.peerId, ['lnfee']);
    const until = unixSec(clock.now() + 86_400);
    store.fees.saveHold(one.peerId, { until, by: 'revenue-set-fee' });
    store.fees.savePolicy({
      subject: one.channelId,
      strategy: 'dynamic',
      staticPpm: null,
      minPpm: ppm(100),
      maxPpm: null,
      rebalance: 'both',
      expiresAt: null,
      setAt: clock.now(),
    });
    fees.change(idOf(2), { feePpm: ppm(999) });
    await clock.advance(2000);
    const held = await run('revenue-explain', ['101x1x0']);
    expect(held).toMatchObject({
      hold: { until, by: 'revenue-set-fee' },
      policy: { subject: '101x1x0', strategy: 'dynamic', min_ppm: 100, max_ppm: null },
      clboss: { available: true, unmanaged_tags: ['balance', 'lnfee'], ours: ['lnfee'] },
      fee: { decision: 'hold', reason: 'held-by-hand', outcome: 'held', wanted_ppm: null },
    });
    const external = await run('revenue-explain', ['102x1x0']);
    expect(external).toMatchObject({
      external_until: expect.any(Number) as number,
      fee: { decision: 'hold', reason: 'external-change' },
      last_changes: [{ old_fee_ppm: 250, new_fee_ppm: 999, reason: 'external-change', manual: true }],
    });
    const told = (feeOf(external)['steps'] as Reply[]).find(({ step }) => step === 'external-change');
    expect(told?.['text']).toBe('someone else changed channel 102x1x0 from 250 ppm to 999 ppm');
    clboss.failing.set('readClboss', timeout);
    expect(await run('revenue-explain', ['101x1x0'])).toMatchObject({ clboss: { available: null } });
  });

  it('says that a channel has not been decided on yet', async () => {
    const { run } = await started({}, (node) => {
      node.snapshot = { ...node.snapshot, synced: false };
    });
    expect(await run('revenue-explain', ['101x1x0'])).toMatchObject({
      channel_id: '101x1x0',
      fee: null,
      fee_note: expect.stringContaining('no fee cycle has decided') as string,
      last_changes: [],
    });
    expect((await run('revenue-explain', ['101x1x0', true]))['text']).toContain('no fee cycle has decided');
  });

  it('does not tell of a private channel what was decided on the public ones beside it', async () => {
    const { run, node } = await started({}, (node) => {
      const [first, second, ...others] = node.snapshot.channels;
      if (first === undefined || second === undefined) throw new Error('expected two channels');
      const apart = { ...first, private: true, peerId: second.peerId };
      node.snapshot = { ...node.snapshot, channels: [apart, second, ...others] };
    });
    expect(await run('revenue-explain', ['101x1x0'])).toMatchObject({
      private: true,
      priced_with: [],
      fee: null,
      fee_note: 'a private channel, whose fee is not ours to set; see the public ones to this peer: 102x1x0',
    });
    expect(feeOf(await run('revenue-explain', ['102x1x0']))).toMatchObject({ decision: 'hold' });
    // Alone, it has a decision of its own.
    node.snapshot = { ...node.snapshot, channels: node.snapshot.channels.slice(0, 1) };
    expect(await run('revenue-explain', ['101x1x0'])).toMatchObject({ fee_note: null });
  });

  it('refuses a channel that is not there, and needs one', async () => {
    const { refused } = await started();
    expect(await refused('revenue-explain', ['999x1x0'])).toMatchObject({ errorName: 'unknown-channel', code: -32602 });
    expect(await refused('revenue-explain', {})).toMatchObject({ errorName: 'invalid-parameter' });
  });

  it('waits until the plugin is ready', async () => {
    const { refused } = setup();
    expect(await refused('revenue-explain', ['101x1x0'])).toMatchObject({ errorName: 'not-ready' });
  });

  it('reads well on a terminal', async () => {
    const { run } = await started({}, (of) => {
      of.snapshot = { ...of.snapshot, channels: [channelNumber(1, LOW), channelNumber(2, HALF)] };
    });
    const reply = await run('revenue-explain', { channel_id: '101x1x0', text: true });
    expect(reply['format-hint']).toBe('simple');
    const text = String(reply['text']);
    expect(text).not.toMatch(/undefined|null|NaN|\[object/);
    expect(text.split('\n').every((line) => line === line.trimEnd())).toBe(true);
    const parts = ['Channel ', 'Decision ', 'How it came about:', 'Rejected:', 'What would change it:', 'changed'];
    for (const part of [...parts, 'Rebalancing into it: ', 'Rebalancing out of it: ']) expect(text).toContain(part);
    expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });
});
