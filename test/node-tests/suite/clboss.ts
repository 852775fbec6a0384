// Do clboss's tags end as they should, whoever sets them, in whatever order, and whatever becomes of clboss?
import { afterAll, beforeEach, expect, it } from 'vitest';
import type { Role, TestNode } from '../harness.ts';
import { refusal, until, type Json } from '../rpc.ts';
import type { Node } from './plugin-view.ts';
import { aCycle, beginAnew, changes, clear, goOn, LIFTED, peerOf, PUBLIC_ROLES, untilFees } from './pricing.ts';

/** What this clboss charges; between no bounds of the tests, and nobody else's fee. */
const CLBOSS_PPM = 77;
/** It never sets a fee of its own. */
const QUIET = { 'lone-ppm': 0 };
/** It sets its fee every second, wherever it may. */
const BUSY = { 'lone-ppm': CLBOSS_PPM, interval: 1 };

interface ClbossPeer extends Json {
  readonly peer_id: string;
  readonly unmanaged_tags: readonly string[];
  readonly ours: readonly string[];
  readonly operators: readonly string[];
}

/** As clboss words it; undefined where all is managed. */
async function tagsOf(node: TestNode, role: Role): Promise<string | undefined> {
  const { unmanaged } = (await node.call('clboss-status')) as { unmanaged: Record<string, string> };
  return unmanaged[await peerOf(node, role)];
}

const operatorSets = async (node: TestNode, role: Role, tags: string): Promise<Json> =>
  node.call('clboss-unmanage', { nodeid: await peerOf(node, role), tags });

async function entryOf(node: TestNode, role: Role): Promise<ClbossPeer | undefined> {
  const { peers } = (await node.call('revenue-clboss-status')) as { peers: ClbossPeer[] };
  const peer = await peerOf(node, role);
  return peers.find(({ peer_id }) => peer_id === peer);
}

const lifted = (fee: number | undefined): boolean => Number(fee) >= LIFTED['revenue-ops-min-fee-ppm'];
const untilLifted = (node: TestNode, roles: readonly Role[] = PUBLIC_ROLES) =>
  untilFees(node, 'fees to be lifted', (fees) => roles.every((role) => lifted(fees[role])));

async function remanage(node: TestNode, role: Role, tag?: string): Promise<Json> {
  return node.call('revenue-remanage', { peer_id: await peerOf(node, role), ...(tag === undefined ? {} : { tag }) });
}

export function testClboss(theNode: Node): void {
  beforeEach(async () => {
    await clear(theNode());
  });
  afterAll(async () => {
    await clear(theNode());
    // With the database of the other tests.
    await theNode().startPlugin();
  });

  it('takes lnfee of a peer before the first fee it sets there, and clboss sets none after', async () => {
    const node = theNode();
    const before = (await node.stateChangingCalls()).length;
    await node.startClboss(BUSY);
    await untilFees(node, "clboss's fees", (fees) => PUBLIC_ROLES.every((role) => fees[role] === CLBOSS_PPM));
    await beginAnew(node, LIFTED);
    const set = await untilLifted(node);
    const calls = (await node.stateChangingCalls()).slice(before);
    for (const role of PUBLIC_ROLES) {
      expect(await tagsOf(node, role)).toBe('lnfee');
      expect(await entryOf(node, role)).toMatchObject({ unmanaged_tags: ['lnfee'], ours: ['lnfee'], operators: [] });
      const peer = await peerOf(node, role);
      const [channel] = (await changes(node)).filter((row) => row.role === role);
      const taken = calls.findIndex(
        ({ method, params }) => method === 'clboss-unmanage' && (params as Json)['nodeid'] === peer,
      );
      const fee = calls.findIndex(
        ({ method, params }) => method === 'setchannel' && (params as Json)['id'] === channel?.channel_id,
      );
      expect(taken).toBeGreaterThanOrEqual(0);
      expect(fee).toBeGreaterThan(taken);
    }
    // What it does to a peer given back shows that it has been round again.
    await node.call('revenue-pause');
    await operatorSets(node, 'C', '');
    await untilFees(node, "clboss's fee of C", (fees) => fees.C === CLBOSS_PPM);
    expect(await node.fees()).toMatchObject({ A: set.A, B: set.B });
    await node.call('revenue-resume');
  });

  it("adds to the operator's tags, and gives back only its own", async () => {
    const node = theNode();
    await node.startClboss(QUIET);
    await operatorSets(node, 'A', 'open,balance');
    await operatorSets(node, 'B', 'lnfee,close');
    await beginAnew(node, LIFTED);
    await untilLifted(node);
    expect(await tagsOf(node, 'A')).toBe('balance, lnfee, open');
    expect(await entryOf(node, 'A')).toMatchObject({ ours: ['lnfee'], operators: ['balance', 'open'] });
    // The operator's before it was ours stays the operator's.
    expect(await entryOf(node, 'B')).toMatchObject({ ours: [], operators: ['close', 'lnfee'] });
    expect(await entryOf(node, 'C')).toMatchObject({ ours: ['lnfee'], operators: [] });
    expect(await remanage(node, 'A')).toMatchObject({ remanaged_tags: ['lnfee'], remaining_tags: ['balance', 'open'] });
    expect((await refusal(remanage(node, 'B'))).message).toContain('close, lnfee');
    expect(await remanage(node, 'C', 'lnfee')).toMatchObject({ remanaged_tags: ['lnfee'], remaining_tags: [] });
    expect([await tagsOf(node, 'A'), await tagsOf(node, 'B'), await tagsOf(node, 'C')]).toEqual([
      'balance, open',
      'close, lnfee',
      undefined,
    ]);
  });

  it('leaves to clboss for good what is given back and not to be priced', async () => {
    const node = theNode();
    await node.startClboss(BUSY);
    await beginAnew(node, LIFTED);
    await untilLifted(node);
    expect(await remanage(node, 'A')).toMatchObject({ remanaged_tags: ['lnfee'], remaining_tags: [] });
    await untilFees(node, "clboss's fee of A", ({ A }) => A === CLBOSS_PPM);
    await aCycle(node);
    expect(await tagsOf(node, 'A')).toBeUndefined();
    expect(await node.fees()).toMatchObject({ A: CLBOSS_PPM });
  });

  it('takes its tag again when the operator has written over it, and keeps what he wrote', async () => {
    const node = theNode();
    await node.startClboss(QUIET);
    await beginAnew(node, LIFTED);
    await untilLifted(node);
    await operatorSets(node, 'A', 'close');
    await operatorSets(node, 'B', '');
    await operatorSets(node, 'C', 'lnfee,open');
    await until('lnfee of A to be taken again', async () => (await tagsOf(node, 'A')) === 'close, lnfee');
    await until('lnfee of B to be taken again', async () => (await tagsOf(node, 'B')) === 'lnfee');
    expect(await tagsOf(node, 'C')).toBe('lnfee, open');
    expect(await entryOf(node, 'C')).toMatchObject({ ours: ['lnfee'], operators: ['open'] });
    expect(await remanage(node, 'A')).toMatchObject({ remanaged_tags: ['lnfee'], remaining_tags: ['close'] });
    expect(await remanage(node, 'C')).toMatchObject({ remanaged_tags: ['lnfee'], remaining_tags: ['open'] });
  });

  it('works without clboss, and takes what is ours when it comes', async () => {
    const node = theNode();
    await beginAnew(node, LIFTED);
    await untilLifted(node);
    expect(await node.call('revenue-clboss-status')).toMatchObject({
      enabled: true,
      available: false,
      version: null,
      peers: [],
    });
    await node.startClboss(QUIET);
    for (const role of PUBLIC_ROLES)
      await until(`lnfee of ${role}`, async () => (await tagsOf(node, role)) === 'lnfee');
    expect(await node.call('revenue-clboss-status')).toMatchObject({ available: true, version: 'v0.16.3' });
  });

  it('tells the same after either of the two was killed and started again', async () => {
    const node = theNode();
    await node.startClboss(QUIET);
    await operatorSets(node, 'A', 'open');
    await beginAnew(node, LIFTED);
    await untilLifted(node);
    const said = await node.call('revenue-clboss-status');
    await node.killClboss();
    await aCycle(node);
    expect(await node.call('revenue-clboss-status')).toMatchObject({ available: false });
    await node.startClboss(QUIET);
    expect(await node.call('revenue-clboss-status')).toEqual(said);
    await node.killPlugin();
    await goOn(node, LIFTED);
    expect(await node.call('revenue-clboss-status')).toEqual(said);
    expect(await remanage(node, 'A')).toMatchObject({ remanaged_tags: ['lnfee'], remaining_tags: ['open'] });
  });

  it('leaves a fee alone as long as clboss refuses to give it up, and says so', async () => {
    const node = theNode();
    await node.startClboss(QUIET);
    await node.call('clboss-imitator', { mishap: 'refuse' });
    await beginAnew(node, LIFTED);
    await untilLifted(node);
    // The first was refused, and set only once it was granted.
    expect(node.pluginLog().filter((line) => line.includes('ordered by clboss-imitator')).length).toBeGreaterThan(0);
    for (const role of PUBLIC_ROLES) expect(await tagsOf(node, role)).toBe('lnfee');
  });

  it.each(['die-before', 'die-after'])('goes on when clboss dies over a request (%s)', async (mishap) => {
    const node = theNode();
    await node.startClboss(QUIET);
    await operatorSets(node, 'A', 'open');
    await node.call('clboss-imitator', { mishap, after: 1 });
    await beginAnew(node, LIFTED);
    await untilLifted(node);
    expect(await node.call('revenue-clboss-status')).toMatchObject({ available: false });
    await node.startClboss(QUIET);
    for (const role of PUBLIC_ROLES)
      await until(`lnfee of ${role}`, async () => (await tagsOf(node, role))?.includes('lnfee'));
    for (const role of PUBLIC_ROLES)
      expect(await entryOf(node, role)).toMatchObject({ ours: ['lnfee'], operators: role === 'A' ? ['open'] : [] });
  });

  it('does not speak to clboss where it is told not to', async () => {
    const node = theNode();
    await node.startClboss(QUIET);
    const before = (await node.stateChangingCalls()).length;
    await beginAnew(node, { ...LIFTED, 'revenue-ops-clboss-enabled': false });
    await untilLifted(node);
    const calls = (await node.stateChangingCalls()).slice(before);
    expect(new Set(calls.map(({ method }) => method))).toEqual(new Set(['setchannel']));
    expect(await node.call('revenue-clboss-status')).toMatchObject({ enabled: false });
  });
}
