// Does what an operator was told is done survive power loss?
import { expect, it } from 'vitest';
import { DYNAMIC_POLICY } from '../../src/core/fee/types.ts';
import { unixSec } from '../../src/core/units.ts';
import { SqliteStore } from '../../src/store/sqlite-store.ts';
import { commitLevels } from './commit-levels.ts';
import { NOW, peerOf } from './fee-examples.ts';
import { temporaryDatabase } from './temporary.ts';

const database = temporaryDatabase();

it.each<[string, (store: SqliteStore) => void]>([
  [
    'a pause',
    (store) => {
      store.setPaused(true);
    },
  ],
  [
    'a policy',
    (store) => {
      store.fees.savePolicy({ ...DYNAMIC_POLICY, subject: peerOf(1), rebalance: 'both', expiresAt: null, setAt: NOW });
    },
  ],
  [
    'the end of a policy',
    (store) => {
      store.fees.deletePolicy(peerOf(1));
    },
  ],
  [
    'a hold',
    (store) => {
      store.fees.saveHold(peerOf(1), { until: unixSec(NOW + 60), by: 'revenue-set-fee' });
    },
  ],
])('%s is on the disk, not only in its cache, when the command has answered', (_, order) => {
  database.open().close();
  const { connection, levels } = commitLevels(database.path);
  const store = new SqliteStore(connection, database.path, () => {
    connection.close();
  });
  order(store);
  expect(levels).toEqual([{ synchronous: 2 }]);
  store.close();
});
