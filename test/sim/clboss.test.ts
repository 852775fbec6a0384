// Does our clboss answer what a real one has answered, and charge what others charge?
import { describe, expect, it } from 'vitest';
import { wantedFee } from '../../src/sim/clboss/fees.ts';
import { describeStatus } from '../../src/sim/clboss/status.ts';
import {
  ClbossRefusal,
  describeUnmanaged,
  PARAMETER_ERROR,
  unmanage,
  type Unmanaged,
} from '../../src/sim/clboss/unmanaged.ts';
import { recording } from './recordings.ts';

const recorded = (name: string) => recording(`clboss-${name}`);
const unmanagedIn = (name: string): unknown => (recorded(name).result as Record<string, unknown>)['unmanaged'];

const A = '0243dbc14fd5248f4148872b7cc50fa3c0619ae7a382d26fb3857e2faac4d90d32';

describe('tags', () => {
  it('end as in the recordings, in the order in which they were made', () => {
    let unmanaged: Unmanaged = [];
    const take = (name: string): void => {
      unmanaged = unmanage(unmanaged, recorded(name).params);
    };
    expect(describeUnmanaged(unmanaged)).toEqual(unmanagedIn('status'));
    take('unmanage-lnfee');
    take('unmanage-two');
    expect(describeUnmanaged(unmanaged)).toEqual(unmanagedIn('status-unmanaged'));
    take('unmanage-replaces');
    expect(describeUnmanaged(unmanaged)).toEqual(unmanagedIn('status-replaced'));
    take('unmanage-empty');
    take('unmanage-positional');
    expect(describeUnmanaged(unmanaged)).toEqual(unmanagedIn('status-after'));
  });

  it.each(['unmanage-badnode', 'unmanage-space', 'unmanage-unknown'])('%s is refused in the recorded words', (name) => {
    const before = unmanage([], { nodeid: A, tags: 'open' });
    const { params, error } = recorded(name);
    expect(() => unmanage(before, params)).toThrow(new ClbossRefusal((error?.message ?? '').slice(17)));
    expect(error).toMatchObject({
      code: PARAMETER_ERROR,
      message: expect.stringMatching(/^Parameter error: /) as string,
    });
  });
});

it('says in its status nothing that the real one does not', () => {
  const real = recorded('status').result as Record<string, unknown>;
  const ours = describeStatus([], new Map(), 1_795_230_000);
  expect(Object.keys(real)).toEqual(expect.arrayContaining(Object.keys(ours)));
  expect(ours['info']).toEqual(real['info']);
});

describe('the fee', () => {
  it('is the median of the competitors, weighted by capacity', () => {
    const fee = wantedFee([
      { capacityMsat: 1, baseMsat: 0, ppm: 9000 },
      { capacityMsat: 5, baseMsat: 1000, ppm: 300 },
      { capacityMsat: 3, baseMsat: 1, ppm: 50 },
    ]);
    expect(fee).toMatchObject({ median_base: 1000, median_proportional: 300, final_proportional: 300 });
  });
  it('is at least 1 ppm, and none where there is no competitor', () => {
    expect(wantedFee([{ capacityMsat: 1, baseMsat: 0, ppm: 0 }])).toMatchObject({ final_proportional: 1 });
    expect(wantedFee([])).toBeNull();
  });
});
