// Where do tests keep their databases? In a folder of their own that goes with them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { Store } from '../../src/ports.ts';
import { openStore } from '../../src/store/open.ts';

export interface Temporary {
  /** The database's path in a folder that is new for each test. */
  path: string;
  folder: string;
  /** Opens it, or another; what a test leaves open is closed after it. */
  open(path?: string): Store;
}

export function temporaryDatabase(): Temporary {
  const opened = new Set<Store>();
  const temporary: Temporary = {
    path: '',
    folder: '',
    open(path = temporary.path) {
      const store = openStore(path, { lockWaitMs: 0 });
      opened.add(store);
      const close = store.close.bind(store);
      store.close = () => {
        if (opened.delete(store)) close();
      };
      return store;
    },
  };
  beforeEach(() => {
    temporary.folder = mkdtempSync(join(tmpdir(), 'revenue-store-'));
    temporary.path = join(temporary.folder, 'revenue_ops.db');
  });
  afterEach(() => {
    for (const store of opened) store.close();
    rmSync(temporary.folder, { recursive: true, force: true });
  });
  return temporary;
}
