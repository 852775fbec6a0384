// Schema 4: what pricing remembers, intends and was told. Settled intents become rows of fee_changes (schema 2).
//
// A state and a decision are read and written whole, so each is one JSON text; the rest has columns. Rows are few: one
// per peer or channel.

export const FEES = {
  name: '0004-fees',
  sql: `
CREATE INDEX fee_changes_by_channel ON fee_changes (channel_id, timestamp);

CREATE TABLE fee_states (
  peer_id TEXT NOT NULL PRIMARY KEY,
  liquid INTEGER NOT NULL CHECK (liquid IN (0, 1)),   -- whether the last cycle found liquidity
  state TEXT NOT NULL,                                -- JSON
  rivals TEXT                                         -- JSON; what others charge toward the peer
) STRICT, WITHOUT ROWID;

CREATE TABLE fee_decisions (
  peer_id TEXT NOT NULL PRIMARY KEY,
  timestamp INTEGER NOT NULL,
  decision TEXT NOT NULL,             -- JSON
  price TEXT,                         -- JSON; the bid price it was made with
  outcome TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE fee_intents (            -- fees about to be set, until it is known whether they were
  id INTEGER PRIMARY KEY,
  channel_id TEXT NOT NULL UNIQUE,
  peer_id TEXT NOT NULL,
  old_fee_ppm INTEGER NOT NULL,
  new_fee_ppm INTEGER NOT NULL,
  reason TEXT NOT NULL,
  manual INTEGER NOT NULL CHECK (manual IN (0, 1)),
  timestamp INTEGER NOT NULL
) STRICT;

CREATE TABLE fee_holds (              -- fees that somebody asked us to leave alone
  peer_id TEXT NOT NULL PRIMARY KEY,
  until_time INTEGER NOT NULL,
  asked_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE fee_policies (
  subject TEXT NOT NULL PRIMARY KEY,  -- a node id or a channel id
  strategy TEXT NOT NULL CHECK (strategy IN ('dynamic', 'static', 'passive')),
  static_ppm INTEGER,
  min_ppm INTEGER,
  max_ppm INTEGER,
  rebalance TEXT NOT NULL CHECK (rebalance IN ('both', 'source_only', 'sink_only', 'none')),
  expires_at INTEGER,                 -- null: until it is deleted
  set_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE clboss_tags (            -- what we have taken out of clboss' hands
  peer_id TEXT NOT NULL,
  tag TEXT NOT NULL CHECK (tag IN ('lnfee', 'open', 'close', 'balance')),
  PRIMARY KEY (peer_id, tag)
) STRICT, WITHOUT ROWID;
`,
} as const;
