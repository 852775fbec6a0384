// How far has history been taken in, and whose is it? One row, written in the same transactions as what it speaks of.
import type { HistoryGap } from '../ports.ts';
import { nodeId, unixSec, type NodeId } from '../core/units.ts';
import type { Connection } from './connection.ts';
import type { Statement } from './engine.ts';
import { numberOf, numberOrNull, textOrNull } from './rows.ts';

export interface IntakeState {
  nodeId: NodeId | null;
  createdCursor: number;
  updatedCursor: number;
  /** Rows of the table `forwards`. */
  forwards: number;
  /** Ended forwards from before may be missing in the table although they are rolled up. */
  horizon: number;
  gap: HistoryGap;
}

export class IntakeStates {
  readonly #load: Statement;
  readonly #save: Statement;

  constructor(connection: Connection) {
    this.#load = connection.prepare('SELECT * FROM intake');
    this.#save = connection.prepare(`
      UPDATE intake SET node_id = ?, created_cursor = ?, updated_cursor = ?, forwards = ?, horizon = ?,
        known_until = ?, gap_until = ?, gap_rows_missing = ?`);
  }

  load(): IntakeState {
    const row = this.#load.get();
    const node = textOrNull(row, 'node_id');
    const until = numberOrNull(row, 'gap_until');
    return {
      nodeId: node === null ? null : nodeId(node),
      createdCursor: numberOf(row, 'created_cursor'),
      updatedCursor: numberOf(row, 'updated_cursor'),
      forwards: numberOf(row, 'forwards'),
      horizon: numberOf(row, 'horizon'),
      gap: {
        from: unixSec(numberOf(row, 'known_until')),
        until: until === null ? null : unixSec(until),
        rowsMissing: numberOf(row, 'gap_rows_missing') > 0,
      },
    };
  }

  /** Only within a write. */
  save(state: IntakeState): void {
    this.#save.run(
      state.nodeId,
      state.createdCursor,
      state.updatedCursor,
      state.forwards,
      state.horizon,
      state.gap.from,
      state.gap.until,
      state.gap.rowsMissing ? 1 : 0,
    );
  }
}
