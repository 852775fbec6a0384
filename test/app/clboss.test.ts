import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Clboss } from '../../src/app/clboss.ts';
import { nodeId, type NodeId } from '../../src/core/units.ts';
import { asker } from '../../src/node/ask.ts';
import { LightningClboss } from '../../src/node/clboss.ts';
import { CLBOSS_TAGS, NodeError, type ClbossTag, type FeeStore } from '../../src/ports.ts';
import { temporaryDatabase } from '../store/temporary.ts';
import { clbossOnly, ImitatedClboss, MISHAPS, type Mishap } from './imitated-clboss.ts';
import { recordingLog } from './recording-log.ts';

const A = nodeId(`02${'aa'.repeat(32)}`);
const B = nodeId(`03${'bb'.repeat(32)}`);
const PEERS = [A, B] as const;
/** Each with the reason that goes to the log. */
const because = (...peers: readonly NodeId[]): ReadonlyMap<NodeId, string> =>
  new Map(peers.map((peer) => [peer, `of ${peer.slice(0, 4)}`]));

const database = temporaryDatabase();

function setup(fees: FeeStore = database.open().fees, real = new ImitatedClboss()) {
  const log = recordingLog();
  const asked: string[] = [];
  const answer = clbossOnly(real);
  const port = new LightningClboss(
    asker({
      call: (method, params) => {
        asked.push(method);
        return answer(method, params ?? {});
      },
    }),
  );
  let enabled = true;
  const clboss = new Clboss({ clboss: port, fees, log, enabled: () => enabled });
  const ours = (peer: NodeId): readonly string[] => fees.takenTags().get(peer) ?? [];
  return { real, clboss, fees, log, asked, ours, enable: (on: boolean) => (enabled = on) };
}

describe('taking', () => {
  it('adds to what the operator has, and remembers only its own', async () => {
    const { real, clboss, ours } = setup();
    real.set(A, ['open', 'balance']);
    expect(await clboss.take(A, ['lnfee', 'balance'])).toEqual({ kind: 'unmanaged', added: ['lnfee'] });
    expect(real.tagsOf(A)).toEqual(['balance', 'lnfee', 'open']);
    expect(ours(A)).toEqual(['lnfee']);
  });

  it('asks nothing more of a clboss that leaves it alone already', async () => {
    const { real, clboss, asked, ours } = setup();
    real.set(A, ['lnfee']);
    expect(await clboss.take(A, ['lnfee'])).toEqual({ kind: 'unmanaged', added: [] });
    expect(asked).toEqual(['clboss-status']);
    expect(ours(A)).toEqual([]);
  });

  it('keeps what it took for another reason', async () => {
    const { real, clboss, ours } = setup();
    await clboss.take(A, ['balance']);
    await clboss.take(A, ['lnfee']);
    expect(real.tagsOf(A)).toEqual(['balance', 'lnfee']);
    expect(ours(A)).toEqual(['balance', 'lnfee']);
  });

  it('takes again what clboss has lost, all of it', async () => {
    const { real, clboss, ours } = setup();
    await clboss.take(A, ['balance', 'lnfee']);
    real.forget();
    expect(await clboss.take(A, ['lnfee'])).toEqual({ kind: 'unmanaged', added: ['lnfee', 'balance'] });
    expect(real.tagsOf(A)).toEqual(['balance', 'lnfee']);
    expect(ours(A)).toEqual(['balance', 'lnfee']);
  });

  it('is one after the other: nobody writes a set that another has read', async () => {
    const { real, clboss, asked, ours } = setup();
    await Promise.all([clboss.take(A, ['lnfee']), clboss.take(A, ['balance']), clboss.take(A, ['close'])]);
    expect(real.tagsOf(A)).toEqual(['balance', 'close', 'lnfee']);
    expect(ours(A)).toEqual(['balance', 'close', 'lnfee']);
    expect(asked.join(' ')).toBe(Array<string>(3).fill('clboss-status clboss-unmanage').join(' '));
  });

  it('has nothing to do where there is no clboss, and is silent about it', async () => {
    const { real, clboss, log, ours } = setup();
    real.running = false;
    expect(await clboss.take(A, ['lnfee'])).toEqual({ kind: 'no-clboss' });
    expect(ours(A)).toEqual([]);
    expect(log.lines).toEqual([]);
  });

  it('forgets nothing while clboss is away', async () => {
    const { real, clboss, ours } = setup();
    await clboss.take(A, ['lnfee']);
    real.running = false;
    await clboss.take(A, ['balance']);
    expect(ours(A)).toEqual(['lnfee']);
  });

  it('asks nothing where it is not enabled', async () => {
    const { clboss, asked, enable } = setup();
    enable(false);
    expect(await clboss.take(A, ['lnfee'])).toEqual({ kind: 'no-clboss' });
    expect(await clboss.isUnmanaged(A, 'lnfee')).toBeNull();
    expect(await clboss.retake(because(A), 'lnfee')).toEqual(new Map());
    expect(asked).toEqual([]);
  });

  it('that is refused is a warning, and not remembered', async () => {
    const { real, clboss, log, ours } = setup();
    await clboss.take(A, ['balance']);
    real.mishap = 'refuse';
    const taking = await clboss.take(A, ['lnfee']);
    expect(taking).toMatchObject({ kind: 'refused', reason: expect.stringContaining('as ordered') as string });
    expect(ours(A)).toEqual(['balance']);
    expect(log.lines.join()).toContain(`clboss keeps lnfee of ${A}`);
  });

  it.each(['lost', 'late', 'die-before', 'die-after'] as const)(
    'of which nobody knows the end stays remembered (%s)',
    async (mishap) => {
      const { real, clboss, ours } = setup();
      real.mishap = mishap;
      expect(await clboss.take(A, ['lnfee'])).toMatchObject({ kind: 'refused' });
      expect(ours(A)).toEqual(['lnfee']);
      real.running = true;
      expect(await clboss.take(A, ['lnfee'])).toMatchObject({ kind: 'unmanaged' });
      await clboss.giveBack(A, null);
      expect(real.tagsOf(A)).toEqual([]);
    },
  );

  it('of a clboss that does not say what it manages is refused', async () => {
    const { real, clboss, log, ours } = setup();
    real.mute = true;
    expect(await clboss.take(A, ['lnfee'])).toMatchObject({ kind: 'refused' });
    expect(ours(A)).toEqual([]);
    expect(await clboss.retake(because(A), 'lnfee')).toEqual(new Map());
    expect(log.lines.join()).toContain('clboss could not be asked what it manages');
  });
});

describe('taking again', () => {
  it.each(['lnfee', 'balance'] as const)(
    'is only of %s that clboss has, with one question when there is none',
    async (tag) => {
      const { real, clboss, asked, log } = setup();
      await clboss.take(A, [tag]);
      asked.length = 0;
      expect(await clboss.retake(because(A), tag)).toEqual(new Map());
      expect(asked).toEqual(['clboss-status']);
      real.forget();
      await clboss.retake(because(A), tag);
      expect(real.tagsOf(A)).toEqual([tag]);
      expect(real.tagsOf(B)).toEqual([]);
      expect(log.lines.at(-1)).toBe(`info clboss: took ${tag} of ${A} again: of 02aa`);
      await clboss.retake(because(B), tag);
      expect(log.lines.at(-1)).toBe(`info clboss: took ${tag} of ${B}: of 03bb`);
    },
  );

  it('asks nothing where there is nobody to ask about', async () => {
    const { clboss, asked } = setup();
    expect(await clboss.retake(new Map(), 'lnfee')).toEqual(new Map());
    expect(asked).toEqual([]);
  });

  it('of one tag goes by that tag alone, and loses no other', async () => {
    const { real, clboss, ours } = setup();
    real.set(A, ['open']);
    await clboss.take(A, ['lnfee', 'balance']);
    real.set(A, ['open', 'lnfee']);
    await clboss.retake(because(A), 'lnfee');
    expect(real.tagsOf(A)).toEqual(['lnfee', 'open']);
    await clboss.retake(because(A), 'balance');
    expect(real.tagsOf(A)).toEqual(['balance', 'lnfee', 'open']);
    expect(ours(A)).toEqual(['balance', 'lnfee']);
  });

  it('says which were refused, and goes on with the others', async () => {
    const { real, clboss } = setup();
    real.mishap = 'refuse';
    const refused = await clboss.retake(because(A, B), 'lnfee');
    expect([...refused.keys()]).toEqual([A]);
    expect(real.tagsOf(B)).toEqual(['lnfee']);
  });
});

describe('giving back', () => {
  it('is of ours alone, all or one', async () => {
    const { real, clboss, ours } = setup();
    real.set(A, ['open']);
    await clboss.take(A, ['lnfee', 'balance']);
    expect(await clboss.giveBack(A, 'lnfee')).toEqual({
      kind: 'given-back',
      tags: ['lnfee'],
      remaining: ['balance', 'open'],
    });
    expect(await clboss.giveBack(A, null)).toEqual({ kind: 'given-back', tags: ['balance'], remaining: ['open'] });
    expect(real.tagsOf(A)).toEqual(['open']);
    expect(ours(A)).toEqual([]);
  });

  it('is nothing where it is the operator who took it', async () => {
    const { real, clboss } = setup();
    real.set(A, ['lnfee']);
    await clboss.take(A, ['lnfee']);
    expect(await clboss.giveBack(A, 'lnfee')).toEqual({ kind: 'not-ours', remaining: ['lnfee'] });
    expect(real.tagsOf(A)).toEqual(['lnfee']);
  });

  it('of what clboss has lost is forgotten without a word to it', async () => {
    const { real, clboss, asked, ours } = setup();
    await clboss.take(A, ['lnfee']);
    real.forget();
    asked.length = 0;
    expect(await clboss.giveBack(A, null)).toEqual({ kind: 'given-back', tags: ['lnfee'], remaining: [] });
    expect(asked).toEqual(['clboss-status']);
    expect(ours(A)).toEqual([]);
  });

  it('that failed stays ours, also while clboss is away', async () => {
    const { real, clboss, ours } = setup();
    await clboss.take(A, ['lnfee']);
    real.mishap = 'refuse';
    await expect(clboss.giveBack(A, null)).rejects.toThrow('as ordered');
    real.running = false;
    expect(await clboss.giveBack(A, null)).toEqual({ kind: 'no-clboss' });
    expect(ours(A)).toEqual(['lnfee']);
  });
});

describe('what is shown', () => {
  it("tells ours from the operator's, and what clboss has lost", async () => {
    const { real, clboss } = setup();
    real.set(A, ['open']);
    await clboss.take(A, ['lnfee']);
    await clboss.take(B, ['balance']);
    real.set(B, []);
    expect(await clboss.view()).toEqual({
      available: true,
      version: 'v0.16.3',
      peers: [
        { peerId: A, tags: ['lnfee', 'open'], ours: ['lnfee'], operators: ['open'] },
        { peerId: B, tags: [], ours: ['balance'], operators: [] },
      ],
    });
    real.running = false;
    expect(await clboss.view()).toEqual({
      available: false,
      version: null,
      peers: [
        { peerId: A, tags: null, ours: ['lnfee'], operators: null },
        { peerId: B, tags: null, ours: ['balance'], operators: null },
      ],
    });
  });
});

type Event =
  | { readonly kind: 'operator'; readonly peer: NodeId; readonly tag: ClbossTag; readonly wants: boolean }
  | {
      readonly kind: 'take';
      readonly peer: NodeId;
      readonly tags: readonly ClbossTag[];
      readonly mishap: Mishap | null;
    }
  | { readonly kind: 'retake'; readonly tag: ClbossTag; readonly mishap: Mishap | null }
  | {
      readonly kind: 'give-back';
      readonly peer: NodeId;
      readonly tag: ClbossTag | null;
      readonly mishap: Mishap | null;
    }
  | { readonly kind: 'runs'; readonly running: boolean }
  | { readonly kind: 'mute'; readonly mute: boolean }
  | { readonly kind: 'forgets' }
  /** We are restarted. */
  | { readonly kind: 'restart' };

const peer = fc.constantFrom<NodeId>(...PEERS);
const tag = fc.constantFrom<ClbossTag>(...CLBOSS_TAGS);
const mishap = fc.option(fc.constantFrom<Mishap>(...MISHAPS), { freq: 2 });
const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({ kind: fc.constant('operator' as const), peer, tag, wants: fc.boolean() }),
  fc.record({
    kind: fc.constant('take' as const),
    peer,
    tags: fc.subarray([...CLBOSS_TAGS], { minLength: 1 }),
    mishap,
  }),
  fc.record({ kind: fc.constant('retake' as const), tag, mishap }),
  fc.record({ kind: fc.constant('give-back' as const), peer, tag: fc.option(tag), mishap }),
  fc.record({ kind: fc.constant('runs' as const), running: fc.boolean() }),
  fc.record({ kind: fc.constant('mute' as const), mute: fc.boolean() }),
  fc.constant({ kind: 'forgets' as const }),
  fc.constant({ kind: 'restart' as const }),
);

describe('in every order of events', () => {
  it("the operator's tags are never removed, and ours end exactly as recorded", async () => {
    const { fees } = database.open();
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 30 }), async (events) => {
        for (const each of PEERS) fees.saveTakenTags(each, []);
        let run = setup(fees);
        const { real } = run;
        const operators = new Map<NodeId, Set<string>>(PEERS.map((each) => [each, new Set()]));
        const of = (each: NodeId): Set<string> => operators.get(each) ?? new Set();
        for (const what of events) {
          if ('mishap' in what) real.mishap = what.mishap;
          switch (what.kind) {
            case 'operator': {
              // clboss' own command, which works only while it runs; a tag that is ours is no business of the operator's.
              const present = real.tagsOf(what.peer);
              if (!real.running || run.ours(what.peer).includes(what.tag)) break;
              real.set(what.peer, what.wants ? [...present, what.tag] : present.filter((each) => each !== what.tag));
              if (what.wants) of(what.peer).add(what.tag);
              else of(what.peer).delete(what.tag);
              break;
            }
            case 'take': {
              const taking = await run.clboss.take(what.peer, what.tags);
              if (taking.kind === 'unmanaged')
                expect(real.tagsOf(what.peer)).toEqual(expect.arrayContaining([...what.tags]));
              break;
            }
            case 'retake':
              await run.clboss.retake(because(...PEERS), what.tag);
              break;
            case 'give-back':
              await run.clboss.giveBack(what.peer, what.tag).catch((error: unknown) => {
                if (!(error instanceof NodeError)) throw error;
              });
              break;
            case 'runs':
              real.running = what.running;
              break;
            case 'mute':
              real.mute = what.mute;
              break;
            case 'forgets':
              real.forget();
              for (const tags of operators.values()) tags.clear();
              break;
            case 'restart':
              run = setup(fees, real);
              break;
          }
          real.mishap = null;
          for (const each of PEERS) {
            const [tags, theirs, ours] = [real.tagsOf(each), [...of(each)], run.ours(each)];
            expect(
              theirs.filter((one) => !tags.includes(one)),
              'removed',
            ).toEqual([]);
            expect(
              theirs.filter((one) => ours.includes(one)),
              'taken over',
            ).toEqual([]);
            expect(
              tags.filter((one) => !theirs.includes(one) && !ours.includes(one)),
              'orphaned',
            ).toEqual([]);
          }
        }
        [real.running, real.mute] = [true, false];
        for (const each of PEERS) {
          await run.clboss.giveBack(each, null);
          expect(real.tagsOf(each)).toEqual([...of(each)].sort());
          expect(run.ours(each)).toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
  });
});
