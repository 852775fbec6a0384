// Schema 3: what channels cost. The node's own ledger as it was read, and what it says of each channel and self-payment.
//
// Nothing here is ever deleted but payment_moves that are too old to be one side of a payment to ourselves: a closed
// channel keeps its books when the node has forgotten it. Estimates are marked in columns of their own.

export const BOOKS = {
  name: '0003-books',
  sql: `
CREATE TABLE books_intake (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  chain_cursor INTEGER NOT NULL,      -- created index up to which listchainmoves has been read
  channel_cursor INTEGER NOT NULL,    -- likewise listchannelmoves
  payment_cursor INTEGER NOT NULL     -- likewise listsendpays, where there are no moves
) STRICT;
INSERT INTO books_intake VALUES (1, 0, 0, 0);

CREATE TABLE chain_moves (
  move_index INTEGER PRIMARY KEY,
  account TEXT NOT NULL,              -- a channel id, wallet or external
  tag TEXT NOT NULL,
  opener INTEGER NOT NULL CHECK (opener IN (0, 1)),
  credit_msat INTEGER NOT NULL,
  debit_msat INTEGER NOT NULL,
  timestamp INTEGER NOT NULL,
  outpoint TEXT NOT NULL,
  spent_by TEXT,
  output_count INTEGER,
  peer_id TEXT
) STRICT;

CREATE TABLE gift_moves (             -- what changed a channel's balance and was no payment
  move_index INTEGER PRIMARY KEY,
  channel_id TEXT NOT NULL,
  tag TEXT NOT NULL,
  credit_msat INTEGER NOT NULL,
  debit_msat INTEGER NOT NULL,
  timestamp INTEGER NOT NULL
) STRICT;

CREATE TABLE payment_moves (          -- payments that began or ended here, until it is clear whether both
  move_index INTEGER PRIMARY KEY,
  channel_id TEXT NOT NULL,
  credit_msat INTEGER NOT NULL,
  debit_msat INTEGER NOT NULL,
  fee_msat INTEGER NOT NULL,
  payment_hash TEXT NOT NULL,
  timestamp INTEGER NOT NULL
) STRICT;
CREATE INDEX payment_moves_by_hash ON payment_moves (payment_hash);
CREATE INDEX payment_moves_by_time ON payment_moves (timestamp);

CREATE TABLE self_payments (
  payment_hash TEXT NOT NULL,
  part INTEGER NOT NULL,
  out_channel_id TEXT,
  in_channel_id TEXT,                 -- it bears the fee
  amount_msat INTEGER NOT NULL,
  fee_msat INTEGER NOT NULL,
  timestamp INTEGER NOT NULL,
  PRIMARY KEY (payment_hash, part)
) STRICT, WITHOUT ROWID;
CREATE INDEX self_payments_by_time ON self_payments (timestamp);

CREATE TABLE channel_books (
  channel_id TEXT NOT NULL PRIMARY KEY,
  peer_id TEXT,
  names TEXT NOT NULL,                -- short channel ids and aliases, separated by blanks
  opener TEXT NOT NULL CHECK (opener IN ('local', 'remote')),
  opened_at INTEGER NOT NULL,
  opened_at_estimated INTEGER NOT NULL CHECK (opened_at_estimated IN (0, 1)),
  funding_msat INTEGER NOT NULL,
  funding_estimated INTEGER NOT NULL CHECK (funding_estimated IN (0, 1)),
  opening_fee_msat INTEGER NOT NULL,
  opening_fee_estimated INTEGER NOT NULL CHECK (opening_fee_estimated IN (0, 1)),
  push_msat INTEGER NOT NULL,
  push_estimated INTEGER NOT NULL CHECK (push_estimated IN (0, 1)),
  lease_msat INTEGER NOT NULL,
  lease_estimated INTEGER NOT NULL CHECK (lease_estimated IN (0, 1)),
  closed_at INTEGER,
  closed_at_estimated INTEGER CHECK (closed_at_estimated IN (0, 1)),
  closing_fee_msat INTEGER,
  closing_fee_estimated INTEGER CHECK (closing_fee_estimated IN (0, 1)),
  resolved INTEGER CHECK (resolved IN (0, 1)),
  source TEXT NOT NULL CHECK (source IN ('moves', 'bookkeeper', 'node')),
  read_state TEXT                     -- the channel's state when its account was last read from bookkeeper
) STRICT, WITHOUT ROWID;

CREATE TABLE channel_splices (
  channel_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  timestamp INTEGER NOT NULL,
  amount_msat INTEGER NOT NULL,
  amount_estimated INTEGER NOT NULL CHECK (amount_estimated IN (0, 1)),
  fee_msat INTEGER NOT NULL,
  fee_estimated INTEGER NOT NULL CHECK (fee_estimated IN (0, 1)),
  PRIMARY KEY (channel_id, number)
) STRICT, WITHOUT ROWID;
`,
} as const;
