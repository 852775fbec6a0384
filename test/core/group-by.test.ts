import fc from 'fast-check';
import { expect, it } from 'vitest';
import { groupBy } from '../../src/core/group-by.ts';

it('has each item once, with those of its key, in the order in which they came', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50)), (items) => {
      const groups = groupBy(items, (item) => item % 7);
      expect([...groups.keys()]).toEqual([...new Set(items.map((item) => item % 7))]);
      for (const [key, group] of groups) expect(group).toEqual(items.filter((item) => item % 7 === key));
    }),
  );
});
