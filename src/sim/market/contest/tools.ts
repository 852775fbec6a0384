// Which fee tools can be compared, and how are they made for a market?
import type { PlannedStretch } from '../bound/fluid-bound.ts';
import type { Market } from '../market.ts';
import { knownOptimum, oracle } from '../bound/oracle.ts';
import { DEFAULT_FEE_CONFIG, pluginFees } from '../plugin/plugin-fees.ts';
import { proportional } from '../rivals/proportional.ts';
import { seedClimber } from '../rivals/seed-climber.ts';
import { staticFee } from '../rivals/static-fee.ts';
import type { FeeTool } from '../engine/run.ts';

type Maker = (market: Market, plan: readonly PlannedStretch[]) => FeeTool;

export const TOOLS: Readonly<Record<string, Maker>> = {
  static: () => staticFee(),
  proportional: () => proportional(),
  seed: () => seedClimber(),
  'seed-plain': () => seedClimber(false),
  'hill-climb': () => pluginFees(),
  bayes: () => pluginFees({ ...DEFAULT_FEE_CONFIG, algorithm: 'bayes' }),
  'known-optimum': (market) => knownOptimum(market),
  oracle: (market, plan) => oracle(market, plan),
};
