// Schema 6: rebalances to the msat, from their reservation to their end, and what was learned of routes and drivers.
//
// rebalance_intents is the ledger of capital: the budget is summed from it alone. rebalance_history (schema 2) shows its
// rows to people, in sats; nothing was ever written there before this schema.

export const REBALANCES = {
  name: '0006-rebalances',
  sql: `
CREATE TABLE rebalance_intents (
  seq INTEGER PRIMARY KEY,            -- in the order of their reservation
  id TEXT NOT NULL UNIQUE,
  history_id INTEGER NOT NULL UNIQUE, -- its row in rebalance_history
  state TEXT NOT NULL CHECK (state IN ('planned', 'dispatched', 'unknown', 'settled', 'failed')),
  driver TEXT NOT NULL,
  manual INTEGER NOT NULL CHECK (manual IN (0, 1)),
  from_channel_id TEXT NOT NULL,
  from_scid TEXT NOT NULL,
  from_peer_id TEXT NOT NULL,
  to_channel_id TEXT NOT NULL,
  to_scid TEXT NOT NULL,
  to_peer_id TEXT NOT NULL,
  amount_msat INTEGER NOT NULL CHECK (amount_msat > 0),
  max_fee_msat INTEGER NOT NULL CHECK (max_fee_msat > 0),
  expected_fee_msat INTEGER NOT NULL,
  expected_profit_msat INTEGER NOT NULL,
  planned_at INTEGER NOT NULL,
  deadline INTEGER NOT NULL,
  dispatched_at INTEGER,
  payments_before INTEGER,            -- created index of the node's last payment before the dispatch
  moved_msat INTEGER NOT NULL CHECK (moved_msat >= 0),
  fee_msat INTEGER NOT NULL CHECK (fee_msat >= 0),
  ended_at INTEGER,                   -- from then on the fee counts; until then the cap does
  failure TEXT,
  message TEXT,
  CHECK ((ended_at IS NULL) = (state IN ('planned', 'dispatched', 'unknown')))
) STRICT;
CREATE INDEX rebalance_intents_by_end ON rebalance_intents (ended_at, fee_msat, max_fee_msat);

CREATE TABLE rebalance_payments (
  id INTEGER PRIMARY KEY,
  payment_hash TEXT NOT NULL UNIQUE,  -- each payment belongs to one rebalance
  intent INTEGER NOT NULL REFERENCES rebalance_intents (seq)
) STRICT;
CREATE INDEX rebalance_payments_by_intent ON rebalance_payments (intent);

CREATE TABLE rebalance_failures (
  subject TEXT NOT NULL PRIMARY KEY,  -- pair:FROM>TO, from:CHANNEL, to:CHANNEL
  kind TEXT NOT NULL,
  weight REAL NOT NULL,
  failed_at INTEGER NOT NULL,
  until_time INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE rebalance_drivers (
  driver TEXT NOT NULL PRIMARY KEY,
  timestamp INTEGER NOT NULL,
  orders REAL NOT NULL,               -- these are sums in which older work counts less
  successes REAL NOT NULL,
  moved_msat REAL NOT NULL,
  fee_msat REAL NOT NULL,
  seconds REAL NOT NULL,
  errors_in_row INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE rebalance_verdicts (
  channel_id TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('destination', 'source')),
  timestamp INTEGER NOT NULL,
  verdict TEXT NOT NULL,              -- JSON; msat as text
  PRIMARY KEY (channel_id, role)
) STRICT, WITHOUT ROWID;
`,
} as const;
