// Schema 2: what we did and when the loops ran. The columns of fee_changes and rebalance_history are the users' contract.

export const ACTIONS = {
  name: '0002-actions',
  sql: `
CREATE TABLE fee_changes (
  id INTEGER PRIMARY KEY,
  channel_id TEXT NOT NULL,
  peer_id TEXT NOT NULL,
  old_fee_ppm INTEGER NOT NULL,
  new_fee_ppm INTEGER NOT NULL,
  reason TEXT NOT NULL,
  manual INTEGER NOT NULL CHECK (manual IN (0, 1)),
  timestamp INTEGER NOT NULL
) STRICT;
CREATE INDEX fee_changes_by_time ON fee_changes (timestamp);

CREATE TABLE rebalance_history (
  id INTEGER PRIMARY KEY,
  from_channel TEXT NOT NULL,
  to_channel TEXT NOT NULL,
  amount_sats INTEGER NOT NULL,
  max_fee_sats INTEGER NOT NULL,
  actual_fee_sats INTEGER,
  expected_profit_sats INTEGER NOT NULL,
  actual_profit_sats INTEGER,
  status TEXT NOT NULL CHECK (status IN ('pending', 'success', 'failed', 'unknown', 'dry-run')),
  error_message TEXT,
  timestamp INTEGER NOT NULL
) STRICT;
CREATE INDEX rebalance_history_by_time ON rebalance_history (timestamp);

CREATE TABLE loops (
  name TEXT NOT NULL PRIMARY KEY,
  last_run INTEGER NOT NULL,
  last_outcome TEXT NOT NULL,
  consecutive_failures INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE switches (
  name TEXT NOT NULL PRIMARY KEY,
  engaged INTEGER NOT NULL CHECK (engaged IN (0, 1))
) STRICT, WITHOUT ROWID;
`,
} as const;
