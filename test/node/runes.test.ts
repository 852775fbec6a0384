// What is lightningd taken to have said of a rune, whatever its version says?
import { describe, expect, it } from 'vitest';
import { nodeId } from '../../src/core/units.ts';
import { LightningRunes } from '../../src/node/runes.ts';
import { readerOver, recording, refusing, type Answer } from './recorded-node.ts';

const OWN = nodeId(String(recording('getinfo').result['id']));
const over = (checkrune: Answer) => {
  const { ask, calls } = readerOver({ checkrune });
  return { check: () => new LightningRunes(ask, () => OWN).check('abc', 'revenue-status', {}), calls };
};
const refused = (code: number, message: string) => over(refusing('checkrune', code, message));
const wantsNodeId = refusing('checkrune', -32602, 'missing required parameter: nodeid');

describe('a rune', () => {
  it('is allowed by nothing but lightningd saying that it is valid', async () => {
    expect(await over(() => ({ valid: true })).check()).toEqual({ kind: 'allowed' });
    expect(await over(() => ({ valid: false })).check()).toMatchObject({ kind: 'invalid' });
    await expect(over(() => ({})).check()).rejects.toMatchObject({ kind: 'unreadable' });
  });

  it.each([
    [1501, 'invalid'],
    [1502, 'not-permitted'],
    [1503, 'invalid'],
  ])('that is refused with %s is %s, in the words of lightningd', async (code, kind) => {
    expect(await refused(code, 'Not permitted: too soon').check()).toEqual({ kind, reason: 'too soon' });
  });

  it('of which lightningd says nothing is neither', async () => {
    await expect(refused(-1, 'out of memory').check()).rejects.toThrow('out of memory');
  });

  it('is shown with the node that asks where lightningd wants to know it (before v23.11)', async () => {
    const old: Answer = (params) => (params['nodeid'] === OWN ? { valid: true } : wantsNodeId(params));
    expect(await over(old).check()).toEqual({ kind: 'allowed' });
  });

  it('is shown so once only: a node that still refuses it is not asked for ever', async () => {
    const { check, calls } = over(wantsNodeId);
    await expect(check()).rejects.toThrow('nodeid');
    expect(calls).toHaveLength(2);
  });
});
