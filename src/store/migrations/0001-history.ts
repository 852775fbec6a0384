// Schema 1: the forwards as the node told them, and what channels carried hour by hour and day by day.
//
// Names of channels (short channel ids, aliases, channel ids) become small integers: rows stay short, and forwards of a
// name learned today are found once the node says whose it is, even after a splice has changed it. The rollups begin
// with the time, so that intake appends and a window is one contiguous range. Nothing is ever deleted from them.

const SUMS = `
  settled_count INTEGER NOT NULL,
  settled_msat INTEGER NOT NULL,
  fee_msat INTEGER NOT NULL,
  fee_msat_seconds INTEGER NOT NULL,   -- each fee times its seconds since the hour or day began
  failed_count INTEGER NOT NULL,
  failed_msat INTEGER NOT NULL,
  unmet_count INTEGER NOT NULL,
  unmet_msat INTEGER NOT NULL`;

export const HISTORY = {
  name: '0001-history',
  sql: `
CREATE TABLE intake (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  node_id TEXT,
  created_cursor INTEGER NOT NULL,
  updated_cursor INTEGER NOT NULL,
  forwards INTEGER NOT NULL,      -- rows of the table of that name: counting five million takes a second
  horizon INTEGER NOT NULL,       -- ended forwards from before may be missing there, though they are rolled up
  known_until INTEGER NOT NULL,   -- every forward settled before has been seen
  gap_until INTEGER,              -- the first settlement learned of since, by listing
  gap_rows_missing INTEGER NOT NULL
) STRICT;
INSERT INTO intake VALUES (1, NULL, 0, 0, 0, 0, 0, NULL, 0);

CREATE TABLE channels (
  channel_id TEXT NOT NULL PRIMARY KEY,
  peer_id TEXT,
  capacity_msat INTEGER NOT NULL,
  closed INTEGER NOT NULL CHECK (closed IN (0, 1)),
  first_seen INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE channel_names (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  channel_id TEXT
) STRICT;

CREATE TABLE forwards (
  in_name INTEGER NOT NULL,
  in_htlc_id INTEGER NOT NULL,
  status INTEGER NOT NULL CHECK (status BETWEEN 0 AND 3),   -- offered, settled, failed, local_failed
  in_msat INTEGER NOT NULL,
  out_name INTEGER,
  out_msat INTEGER,
  fee_msat INTEGER,
  failcode INTEGER,
  received_ns INTEGER NOT NULL,
  resolved_ns INTEGER,
  created_index INTEGER,
  PRIMARY KEY (in_name, in_htlc_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX forwards_ended ON forwards (coalesce(resolved_ns, received_ns)) WHERE status <> 0;

CREATE TABLE backfills (
  id INTEGER PRIMARY KEY,         -- the source of rollups; 0 are forwards
  from_time INTEGER NOT NULL,
  until_time INTEGER NOT NULL,
  complete INTEGER NOT NULL CHECK (complete IN (0, 1))
) STRICT;

CREATE TABLE flow_hours (
  hour INTEGER NOT NULL,
  name INTEGER NOT NULL,
  direction INTEGER NOT NULL CHECK (direction IN (0, 1)),   -- in, out
  source INTEGER NOT NULL,${SUMS},
  PRIMARY KEY (hour, name, direction, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE flow_days (
  day INTEGER NOT NULL,
  name INTEGER NOT NULL,
  direction INTEGER NOT NULL CHECK (direction IN (0, 1)),
  source INTEGER NOT NULL,${SUMS},
  PRIMARY KEY (day, name, direction, source)
) STRICT, WITHOUT ROWID;

CREATE VIEW forward_history AS
SELECT
  coalesce(i.channel_id, i.name) AS in_channel_id, i.name AS in_channel, f.in_htlc_id,
  coalesce(o.channel_id, o.name) AS out_channel_id, o.name AS out_channel,
  CASE f.status WHEN 0 THEN 'offered' WHEN 1 THEN 'settled' WHEN 2 THEN 'failed' ELSE 'local_failed' END AS status,
  f.in_msat, f.out_msat, f.fee_msat, f.failcode,
  datetime(f.received_ns / 1000000000, 'unixepoch') AS received,
  datetime(f.resolved_ns / 1000000000, 'unixepoch') AS resolved
FROM forwards f
JOIN channel_names i ON i.id = f.in_name
LEFT JOIN channel_names o ON o.id = f.out_name;
`,
} as const;
