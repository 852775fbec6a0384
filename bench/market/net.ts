// What did a run earn? What it was measured to, less what its gossip costs the others (quant 4.7).
import type { RunResult } from '../../src/sim/market/engine/run.ts';

/** A tool that talks more than this, updates a channel and day, pays for it: peers drop who floods them. */
const FREE_UPDATES = 4;
/** Share of the fees for each further update a channel and day. */
const PENALTY = 0.002;

export const netMsat = ({
  valuedMsat,
  feesMsat,
  updatesPerChannelDay,
}: Pick<RunResult, 'valuedMsat' | 'feesMsat' | 'updatesPerChannelDay'>): number =>
  valuedMsat - PENALTY * Math.max(0, updatesPerChannelDay - FREE_UPDATES) * feesMsat;
