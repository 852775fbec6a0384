// What does a database of the Python original look like? Its tables, by their definitions, and a few days of a node.
import { openDatabase } from '../../../src/store/engine.ts';

const TABLES = `
CREATE TABLE channel_states (channel_id TEXT PRIMARY KEY, peer_id TEXT NOT NULL, state TEXT NOT NULL,
  flow_ratio REAL NOT NULL, sats_in INTEGER NOT NULL, sats_out INTEGER NOT NULL, capacity INTEGER NOT NULL,
  updated_at INTEGER NOT NULL);
CREATE TABLE flow_history (id INTEGER PRIMARY KEY AUTOINCREMENT, channel_id TEXT NOT NULL, timestamp INTEGER NOT NULL,
  sats_in INTEGER NOT NULL, sats_out INTEGER NOT NULL, flow_ratio REAL NOT NULL, state TEXT NOT NULL);
CREATE TABLE pid_state (channel_id TEXT PRIMARY KEY, integral REAL, last_error REAL, last_fee_ppm INTEGER,
  last_update INTEGER);
CREATE TABLE fee_strategy_state (channel_id TEXT PRIMARY KEY, last_revenue_rate REAL, last_fee_ppm INTEGER,
  trend_direction INTEGER DEFAULT 1, step_ppm INTEGER DEFAULT 50, consecutive_same_direction INTEGER,
  last_update INTEGER);
CREATE TABLE fee_changes (id INTEGER PRIMARY KEY AUTOINCREMENT, channel_id TEXT NOT NULL, peer_id TEXT NOT NULL,
  old_fee_ppm INTEGER NOT NULL, new_fee_ppm INTEGER NOT NULL, reason TEXT, manual INTEGER NOT NULL DEFAULT 0,
  timestamp INTEGER NOT NULL);
CREATE TABLE rebalance_history (id INTEGER PRIMARY KEY AUTOINCREMENT, from_channel TEXT NOT NULL,
  to_channel TEXT NOT NULL, amount_sats INTEGER NOT NULL, max_fee_sats INTEGER NOT NULL, actual_fee_sats INTEGER,
  expected_profit_sats INTEGER NOT NULL, actual_profit_sats INTEGER, status TEXT NOT NULL, error_message TEXT,
  timestamp INTEGER NOT NULL);
CREATE TABLE forwards (id INTEGER PRIMARY KEY AUTOINCREMENT, in_channel TEXT NOT NULL, out_channel TEXT NOT NULL,
  in_msat INTEGER NOT NULL, out_msat INTEGER NOT NULL, fee_msat INTEGER NOT NULL, timestamp INTEGER NOT NULL);
CREATE TABLE clboss_unmanaged (peer_id TEXT NOT NULL, tag TEXT NOT NULL, unmanaged_at INTEGER NOT NULL,
  PRIMARY KEY (peer_id, tag));
CREATE TABLE channel_costs (channel_id TEXT PRIMARY KEY, peer_id TEXT NOT NULL, open_cost_sats INTEGER NOT NULL,
  capacity_sats INTEGER NOT NULL, opened_at INTEGER NOT NULL);
CREATE TABLE rebalance_costs (id INTEGER PRIMARY KEY AUTOINCREMENT, channel_id TEXT NOT NULL, peer_id TEXT NOT NULL,
  cost_sats INTEGER NOT NULL, amount_sats INTEGER NOT NULL, timestamp INTEGER NOT NULL);
CREATE TABLE channel_failures (channel_id TEXT PRIMARY KEY, failure_count INTEGER, last_failure_time INTEGER);
CREATE INDEX idx_flow_history_channel ON flow_history (channel_id, timestamp);
CREATE INDEX idx_fee_changes_channel ON fee_changes (channel_id, timestamp);
CREATE INDEX idx_forwards_time ON forwards (timestamp);
CREATE INDEX idx_forwards_channels ON forwards (in_channel, out_channel);
CREATE INDEX idx_rebalance_costs_channel ON rebalance_costs (channel_id);`;

/** Makes one at that path and fills it with these statements. */
export function makePython(path: string, statements = ''): void {
  const database = openDatabase(path, { readOnly: false, busyMs: 0 });
  database.exec(TABLES);
  database.exec(statements);
  database.close();
}
