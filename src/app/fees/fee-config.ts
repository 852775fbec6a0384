// Which of the options does pricing know?
import type { Config } from '../../core/config/options.ts';
import type { FeeConfig } from '../../core/fee/types.ts';

export const feeConfig = (config: Config): FeeConfig => ({
  minPpm: config.minFeePpm,
  maxPpm: config.maxFeePpm,
  targetFlowSats: config.targetFlow,
  algorithm: config.feeAlgorithm,
  dryRun: config.dryRun,
  window: {
    forwards: config.feeWindowForwards,
    minHours: config.feeWindowMinHours,
    maxHours: config.feeWindowMaxHours,
  },
});
