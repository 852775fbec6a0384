// Does each thing that an operator should look at appear, with what to do, and go away when it is over?
import { describe, expect, it } from 'vitest';
import { channelNames } from '../../../src/app/channel-names.ts';
import type { ClbossView } from '../../../src/app/clboss.ts';
import { fundsIn } from '../../../src/app/rebalance/capital.ts';
import { foreignPayments, type Foreign } from '../../../src/app/rebalance/foreign-payments.ts';
import { rebalanceAlerts } from '../../../src/app/rebalance/rebalance-alerts.ts';
import type { SelfPayment } from '../../../src/core/profit/books.ts';
import { chooseDriver } from '../../../src/core/rebalance/drivers.ts';
import type { DriverName } from '../../../src/core/rebalance/types.ts';
import { satsToMsat, unixSec } from '../../../src/core/units.ts';
import { idOf } from '../../store/fake-node.ts';
import { temporaryDatabase } from '../../store/temporary.ts';
import { timeout } from '../setup.ts';
import { PayingNode } from './paying-node.ts';
import { ARRIVES } from './payments-in-memory.ts';

const database = temporaryDatabase();
const HOUR = 3600;
const DAY = 24 * HOUR;

/** What the operator leaves to others. */
const LEFT = {
  strategy: 'dynamic',
  staticPpm: null,
  minPpm: null,
  maxPpm: null,
  rebalance: 'none',
  expiresAt: null,
  setAt: unixSec(1),
} as const;

const foreignOf = ({ store, clock }: PayingNode): Foreign => foreignPayments(store, clock.now());

function alerts(
  node: PayingNode,
  { available = ['native'], clboss = null }: { available?: readonly DriverName[]; clboss?: ClbossView | null } = {},
): string[] {
  const { store, config, clock } = node;
  const { snapshot, funds } = node.node;
  const now = clock.now();
  const offered = new Set(available);
  const choice = chooseDriver(config.rebalancer, offered, store.rebalances.driverRecords(), now);
  const found = rebalanceAlerts({
    now,
    config,
    store,
    nameOf: channelNames(snapshot.channels, store.ledger),
    snapshot,
    funds: { onchainMsat: funds, channelsMsat: fundsIn(snapshot.channels) },
    drivers: { available: offered, choice },
    clboss,
    foreign: foreignPayments(store, now),
  }).map(({ text }) => text);
  for (const alert of found) expect(alert).not.toMatch(/undefined|NaN|null|\[object|[.\s]$/);
  return found;
}

it('is silent where all is well', async () => {
  const node = new PayingNode(database);
  expect(alerts(node)).toEqual([]);
  await node.cycle();
  expect(node.history.length).toBeGreaterThan(2);
  expect(alerts(node)).toEqual([]);
});

describe('the budget', () => {
  it('used up is told with who waits and since when there is more, until there is', async () => {
    const node = new PayingNode(database, { dailyBudgetSats: 600 });
    await node.cycle();
    const [alert, ...others] = alerts(node);
    expect(others).toEqual([]);
    expect(alert).toMatch(
      /^the budget of rebalancing is used up: of 600 sats in 24 hours [\d.]+ sats spent; what is left is too little for \d channels? that would be filled \(10[23]x1x0/,
    );
    expect(alert).toContain('the first of it is free again at 2026-11-22 ');
    expect(alert).toContain('raise revenue-ops-daily-budget-sats');
    node.config = { ...node.config, dailyBudgetSats: 100_000 };
    await node.cycle();
    expect(alerts(node)).toEqual([]);
  });

  it('of which all is reserved is told too', async () => {
    const node = new PayingNode(database);
    node.payments.fate = () => ({ ...ARRIVES, end: 'held' });
    await node.cycle();
    node.config = { ...node.config, dailyBudgetSats: 400 };
    expect(alerts(node)).toEqual([
      expect.stringMatching(
        /^the budget of rebalancing is used up: of 400 sats in 24 hours 0 sats spent, [\d,]+ sats reserved: wait/,
      ),
    ]);
  });

  it('counts what a dry run has recorded, and says so', async () => {
    const node = new PayingNode(database, { dailyBudgetSats: 600, dryRun: true });
    await node.cycle();
    expect(alerts(node)).toEqual([
      expect.stringMatching(/0 sats spent, \d+ sats recorded as dry-run; .* that would be filled/),
    ]);
  });

  it('of zero is how rebalancing is switched off', async () => {
    const node = new PayingNode(database, { dailyBudgetSats: 0 });
    await node.cycle();
    expect(alerts(node)).toEqual([]);
    // What a rebalance would want is wanted no more.
    node.config = { ...node.config, minWalletReserve: 1_000_000_000 };
    expect(alerts(node, { available: [] })).toEqual([]);
    node.config = { ...node.config, dailyBudgetSats: 1 };
    expect(alerts(node, { available: [] })).toHaveLength(2);
  });
});

it('funds below the wallet reserve are told until there are enough', () => {
  const node = new PayingNode(database, { minWalletReserve: 30_000_000 });
  expect(alerts(node)).toEqual([
    'nothing is rebalanced: 2,000,000 sats on chain and 18,600,000 sats in channels are 9,400,000 sats less than the ' +
      'wallet reserve of 30,000,000 sats: add funds, or lower revenue-ops-min-wallet-reserve',
  ]);
  node.node.funds = satsToMsat(11_400_000);
  expect(alerts(node)).toEqual([]);
});

it('a rebalance out of sight for an hour is told until it has ended', async () => {
  const node = new PayingNode(database);
  node.payments.fate = ({ to }) =>
    to.channelId === idOf(2) ? { ...ARRIVES, end: 'held' } : { ...ARRIVES, end: 'refused' };
  await node.cycle();
  const lost = node.open;
  expect(lost.length).toBeGreaterThan(0);
  await node.clock.advance(HOUR / 2);
  expect(alerts(node)).toEqual([]);
  await node.clock.advance(2 * HOUR);
  const [alert] = alerts(node);
  expect(alert).toMatch(
    /out of sight for (2|3) hours.*1,000,000 sats from 101x1x0 to 102x1x0 by native \(.+\)\. \d[\d,]* sats of the budget stay reserved/,
  );
  expect(alert).toContain(`listsendpays -k payment_hash=${String(lost[0]?.paymentHashes[0])}`);
  for (const { paymentHashes } of lost) for (const hash of paymentHashes) node.payments.end(hash, 'failed');
  await node.cycle();
  expect(node.open.filter(({ id }) => lost.some((one) => one.id === id))).toEqual([]);
  expect(alerts(node).filter((text) => text.includes('out of sight'))).toEqual([]);
});

describe('drivers', () => {
  const broken = (driver: DriverName, node: PayingNode): void => {
    const sums = { orders: 3, successes: 0, movedMsat: 0, feeMsat: 0, seconds: 9 };
    node.store.rebalances.saveDriverRecord({ driver, at: node.clock.now(), ...sums, errorsInRow: 3 });
  };

  it('that rest after errors are told, with what is used instead', async () => {
    const node = new PayingNode(database);
    broken('circular', node);
    const until = new Date((node.clock.now() + HOUR) * 1000).toISOString().slice(11, 16);
    expect(alerts(node, { available: ['circular', 'native'] })).toEqual([
      expect.stringMatching(
        new RegExp(
          `^circular has ended in errors of its own 3 times in a row and rests until .* ${until} UTC; native is used`,
        ),
      ),
    ]);
    // One that is not there any more is nobody's concern.
    expect(alerts(node)).toEqual([]);
    expect(alerts(node, { available: ['circular'] })).toEqual([
      'circular has ended in errors of its own 3 times in a row, and nothing else is to be had: look for circular in the log',
    ]);
    node.config = { ...node.config, rebalancer: 'circular' };
    expect(alerts(node, { available: ['circular', 'native'] })).toEqual([
      expect.stringContaining('or set revenue-ops-rebalancer to auto') as string,
    ]);
    node.config = { ...node.config, rebalancer: 'native' };
    expect(alerts(node, { available: ['circular', 'native'] })).toEqual([]);
    node.config = { ...node.config, rebalancer: 'auto' };
    await node.clock.advance(HOUR);
    expect(alerts(node, { available: ['circular', 'native'] })).toEqual([]);
  });

  it('that are configured and missing, or none at all, are told with what to do', () => {
    const node = new PayingNode(database, { rebalancer: 'sling' });
    expect(alerts(node)).toEqual([
      'nothing is rebalanced: sling is configured, but the node does not offer it; start it, or set revenue-ops-rebalancer to auto',
    ]);
    expect(alerts(node, { available: ['sling'] })).toEqual([]);
    node.config = { ...node.config, rebalancer: 'auto' };
    expect(alerts(node, { available: [] })).toEqual([
      expect.stringMatching(
        /^nothing is rebalanced: the node offers no way to rebalance; Core Lightning does from v24.11 on/,
      ),
    ]);
  });
});

describe('other rebalancers', () => {
  let cursor = 0;
  const paid = (node: PayingNode, changes: Partial<SelfPayment> = {}): SelfPayment => {
    const payment: SelfPayment = {
      paymentHash: String(++cursor).padStart(64, 'f'),
      part: 0,
      outChannel: idOf(4),
      inChannel: idOf(2),
      amount: satsToMsat(200_000),
      fee: satsToMsat(30),
      time: node.clock.now(),
      ...changes,
    };
    node.store.ledger.takeInSelfPayments({ moves: [payment], cursor, last: true });
    return payment;
  };

  it('at work on channels that we rebalanced are told for a day, with figures', async () => {
    const node = new PayingNode(database);
    await node.cycle();
    paid(node, { time: unixSec(node.clock.now() - DAY) });
    expect(foreignOf(node)).toMatchObject({ payments: 0 });
    const { paymentHash } = paid(node);
    node.store.ledger.takeInSelfPayments({
      moves: [0, 1].map((part) => ({ ...paid(node), paymentHash, part })),
      cursor: ++cursor,
      last: true,
    });
    expect(foreignOf(node)).toMatchObject({ payments: 3, movedMsat: satsToMsat(800_000), feeMsat: satsToMsat(120) });
    expect(alerts(node)).toEqual([
      expect.stringMatching(
        /^someone else rebalances channels that we rebalance too: 3 payments to ourselves within 24 hours moved 800,000 sats for 120 sats, the last from 104x1x0 to 102x1x0 at .* and none is ours/,
      ),
    ]);
    await node.clock.advance(DAY);
    expect([alerts(node), foreignOf(node).payments]).toEqual([[], 0]);
  });

  it('on channels that we want, or on others: those are counted and not told', async () => {
    const node = new PayingNode(database, { dryRun: true });
    paid(node, { outChannel: idOf(8), inChannel: idOf(9) });
    paid(node, { outChannel: null, inChannel: null });
    expect([alerts(node), foreignOf(node).payments]).toEqual([[], 2]);
    paid(node, { outChannel: idOf(1), inChannel: idOf(9) });
    expect(alerts(node)).toEqual([]);
    await node.cycle();
    expect(alerts(node)).toEqual([
      expect.stringMatching(/too: 1 payment to ourselves .* from 101x1x0 to [0-9a-f]{64} at/),
    ]);
  });

  it('are not we ourselves', async () => {
    const node = new PayingNode(database);
    await node.cycle();
    for (const { paymentHashes, from, to, endedAt } of node.ended)
      for (const paymentHash of paymentHashes)
        paid(node, { paymentHash, outChannel: from.channelId, inChannel: to.channelId, time: endedAt ?? unixSec(0) });
    expect(foreignOf(node).payments).toBe(0);
  });

  it('are not a plugin that still works for us and has not told its payment yet', async () => {
    const node = new PayingNode(database);
    node.payments.drivers = new Set(['circular']);
    node.payments.fate = () => ({ ...ARRIVES, end: 'held', tells: 'after' });
    await node.cycle();
    const [open] = node.open;
    if (open === undefined) throw new Error('expected one under way');
    expect(open.paymentHashes).toEqual([]);
    const { amountMsat, from, to, deadline } = open;
    paid(node, { outChannel: from.channelId, inChannel: to.channelId, amount: amountMsat, time: deadline });
    expect(foreignOf(node).payments).toBe(0);
    paid(node, { outChannel: from.channelId, inChannel: to.channelId, time: deadline });
    expect(foreignOf(node).payments).toBe(1);
  });

  it('clboss that keeps the balance of peers which we have rebalanced is told', async () => {
    const node = new PayingNode(database);
    const view = (tags: readonly string[]): ClbossView => ({
      available: true,
      version: null,
      peers: node.node.snapshot.channels.map(({ peerId }) => ({ peerId, tags, ours: [], operators: [] })),
    });
    expect(alerts(node, { clboss: view([]) })).toEqual([]);
    await node.cycle();
    expect(alerts(node, { clboss: view(['lnfee', 'balance']) })).toEqual([]);
    expect(alerts(node, { clboss: { ...view([]), available: false } })).toEqual([]);
    const [alert, ...others] = alerts(node, { clboss: view(['lnfee']) });
    expect(others).toEqual([]);
    expect(alert).toMatch(
      /^clboss may rebalance \d peers that we have rebalanced within a week \(10\dx1x0.*refused or lost the tag balance/,
    );
    expect(alert).toContain('which each live cycle of rebalancing asks for');
    for (const { peerId: subject } of node.node.snapshot.channels) node.store.fees.savePolicy({ ...LEFT, subject });
    expect(alerts(node, { clboss: view(['lnfee']) })).toEqual([]);
    for (const { peerId } of node.node.snapshot.channels) node.store.fees.deletePolicy(peerId);
    node.config = { ...node.config, clbossEnabled: false };
    expect(alerts(node, { clboss: { ...view([]), peers: [] } })).toEqual([
      expect.stringContaining('because revenue-ops-clboss-enabled is false') as string,
    ]);
    await node.clock.advance(8 * DAY);
    expect(alerts(node, { clboss: view([]) })).toEqual([]);
  });

  it('another instance of this plugin is told for a day, and never our own orders', async () => {
    const node = new PayingNode(database);
    await node.cycle();
    const own = node.ended.map(({ id }) => id);
    const now = node.clock.now();
    node.payments.orderNames = [...own, 'of-some-other-kind', `${now - DAY}-00000000`];
    await node.cycle();
    expect(node.conflicts).toEqual([]);
    node.payments.orderNames = [`${now - HOUR}-0123abcd`, ...own];
    await node.cycle();
    expect(node.conflicts).toEqual([
      expect.stringMatching(
        new RegExp(`^another instance of this plugin rebalances on this node.*order ${now - HOUR}-0123abcd and others`),
      ),
    ]);
    // Where the node cannot be asked, what was known stays.
    node.payments.broken = timeout;
    await node.cycle().catch(() => undefined);
    expect(node.conflicts).toHaveLength(1);
    node.payments.broken = null;
    await node.cycleAfter(DAY);
    expect(node.conflicts).toEqual([]);
  });
});
