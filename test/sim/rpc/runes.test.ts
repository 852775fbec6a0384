// Does a simulated node judge runes as lightningd v26.06.6 does? The refusals are those that one gave.
import { describe, expect, it } from 'vitest';
import { createWorld } from '../../../src/sim/world/simulated-world.ts';
import { haveSchemas, replyViolations } from '../cln-schemas.ts';
import { call, refusal } from '../call.ts';

const world = () => createWorld({ seed: 7, historyDays: 0 });
type World = ReturnType<typeof world>;
const make = async (one: World, params: object = {}): Promise<string> =>
  ((await call(one, 'createrune', params)) as { rune: string }).rune;
const check = (one: World, rune: string, rest: object = { method: 'revenue-status' }) =>
  call(one, 'checkrune', { rune, ...rest });
const refused = (one: World, rune: string, rest: object = { method: 'revenue-status' }) =>
  refusal(one, 'checkrune', { rune, ...rest });
const notPermitted = (reason: string) => ({ code: 1502, message: `Not permitted: ${reason}` });

describe('runes', () => {
  it('have the unique id and the restrictions in them, in base64 for URLs', async () => {
    const rune = await make(world(), { restrictions: [['method^revenue-'], ['rate=60', 'x#y']] });
    expect(rune).toMatch(/^[\w-]+=*$/);
    expect(Buffer.from(rune, 'base64url').subarray(32).toString()).toBe('=0&method^revenue-&rate=60|x#y');
  });

  it('are warned of where they may do anything', async () => {
    const reply = await call(world(), 'createrune', {});
    expect(reply).toHaveProperty('warning_unrestricted_rune');
  });

  it('are refused when they are of another node, changed, or no runes', async () => {
    const one = world();
    const rune = await make(one, { restrictions: [['method=revenue-status']] });
    const notOurs = { code: 1501, message: 'Not authorized: Not derived from master' };
    expect(await refused(createWorld({ seed: 8, historyDays: 0 }), rune)).toEqual(notOurs);
    const more = Buffer.from(rune, 'base64url');
    const forged = Buffer.concat([more.subarray(0, 32), Buffer.from('=0')]).toString('base64url');
    expect(await refused(one, forged)).toEqual(notOurs);
    expect(await refused(one, 'abc')).toMatchObject({ code: -32602, message: /should be base64 string/ });
    expect(await refused(one, '')).toMatchObject({ code: -32602 });
    expect(await refused(one, `${rune}AAAA`)).toMatchObject({ code: expect.any(Number) as number });
  });

  it('allow what all restrictions allow, one alternative of each', async () => {
    const one = world();
    const rune = await make(one, { restrictions: [['method^revenue-'], ['pnamechannel_id=1x1x1', 'pnum=0']] });
    expect(await check(one, rune)).toEqual({ valid: true });
    expect(await check(one, rune, { method: 'revenue-explain', params: { channel_id: '1x1x1' } })).toEqual({
      valid: true,
    });
    expect(await refused(one, rune, { method: 'pay' })).toEqual(notPermitted('method does not start with revenue-'));
    expect(await refused(one, rune, { method: 'revenue-explain', params: { channel_id: '2x1x1' } })).toEqual(
      notPermitted('parameter channel_id is not equal to 1x1x1 AND pnum is not equal to 0'),
    );
    expect(await refused(one, rune, { method: 'revenue-explain', params: ['1x1x1'] })).toEqual(
      notPermitted('parameter channel_id not present AND pnum is not equal to 0'),
    );
    expect(await refused(one, rune, {})).toEqual(notPermitted('method not present'));
  });

  it.each([
    ['time<100', 'time is greater or equal to 100'],
    ['id=02aa', 'id not present'],
    ['pnum<2', 'number of parameters is greater or equal to 2'],
    ['method{revenue-s', 'method is equal to or ordered after revenue-s'],
    ['pnamefoo!', 'parameter foo is present'],
    ['parr0=5', 'parameter #0 not present'],
    ['foo=1', 'foo not present'],
    ['method=a|b', 'method is not equal to a|b'],
    ['pnum<x', 'x is not a valid integer'],
  ])('with %s are refused in lightningd’s words', async (restriction, reason) => {
    const one = world();
    const rune = await make(one, { restrictions: [[restriction]] });
    const asked = { method: 'revenue-status', params: { foo: 1, amount: 5 } };
    expect(await refused(one, rune, asked)).toEqual(notPermitted(reason));
  });

  it.each(['method/revenue-pause', 'time>100', 'method$status', 'method~venue', 'method}revenue-s', 'x#comment'])(
    'with %s pass',
    async (restriction) => {
      const one = world();
      expect(await check(one, await make(one, { restrictions: [[restriction]] }))).toEqual({ valid: true });
    },
  );

  it('may be narrowed by anybody, and share their unique id and its rate', async () => {
    const one = world();
    const wide = await make(one, { restrictions: [['method^revenue-']] });
    const narrow = await make(one, { rune: wide, restrictions: [['method=revenue-status'], ['rate=2']] });
    expect(await check(one, narrow)).toEqual({ valid: true });
    expect(await refused(one, narrow)).toEqual(notPermitted('too soon'));
    one.advanceTo(one.now() + 31_000);
    expect(await check(one, narrow)).toEqual({ valid: true });
    expect(await refused(one, narrow, { method: 'revenue-pause' })).toMatchObject({ code: 1502 });
  });

  it('are worth nothing once they are taken back', async () => {
    const one = world();
    const rune = await make(one);
    await call(one, 'blacklistrune', { start: 0 });
    expect(await refused(one, rune)).toEqual({ code: 1503, message: 'Not authorized: Blacklisted rune' });
    expect(await check(one, await make(one))).toEqual({ valid: true });
  });

  it('are unknown before v23.08', async () => {
    const old = createWorld({ seed: 7, historyDays: 0, version: 'v23.05' });
    expect(await refusal(old, 'checkrune', { rune: 'x' })).toMatchObject({ code: -32601 });
  });

  it.skipIf(!haveSchemas)('reply as the schemas say', async () => {
    const one = world();
    const made = await call(one, 'createrune', { restrictions: 'readonly' });
    expect(replyViolations('createrune', made)).toEqual([]);
    const { rune } = made as { rune: string };
    expect(replyViolations('checkrune', await check(one, rune, { method: 'listpeers' }))).toEqual([]);
    expect(await refused(one, rune, { method: 'listdatastore' })).toEqual(
      notPermitted('method is equal to listdatastore'),
    );
  });
});
