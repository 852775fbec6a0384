// Is a rival who follows us led, does it pay, and does nobody lead who sees no rival?
import { describe, expect, it } from 'vitest';
import type { FeeAlgorithm } from '../../../../src/core/fee/types.ts';
import { createMarket } from '../../../../src/sim/market/market.ts';
import { run, type FeeTool } from '../../../../src/sim/market/engine/run.ts';
import { DEFAULT_FEE_CONFIG, pluginFees } from '../../../../src/sim/market/plugin/plugin-fees.ts';
import { scenarioNamed } from '../../../../src/sim/market/scenario.ts';

const DAYS = 60;
const WAR = createMarket({ ...scenarioNamed('S7'), channels: 10 }, 101, DAYS);

/** Fees of two months without rebalances, and the reasons for what was set. */
function race(algorithm: FeeAlgorithm, looks: boolean) {
  const fees = pluginFees({ ...DEFAULT_FEE_CONFIG, algorithm });
  const reasons = new Set<string>();
  const tool: FeeTool = {
    name: algorithm,
    wake(node) {
      fees.wake(looks ? node : { ...node, rivalPpm: () => null });
      for (const { reason } of fees.last()?.decisions ?? []) reasons.add(reason);
    },
  };
  const { feesMsat, updatesPerChannelDay } = run(WAR, tool, { startPpm: WAR.channels.map(() => 250) });
  return { feesMsat, updatesPerChannelDay, reasons };
}

describe.each(['hill-climb', 'bayes'] as const)('%s against a rival who follows', (algorithm) => {
  const looking = race(algorithm, true);
  const blind = race(algorithm, false);

  it('leads it, and earns a tenth more by that at least', () => {
    expect(looking.reasons).toContain('lead');
    expect(looking.feesMsat).toBeGreaterThan(1.1 * blind.feesMsat);
  });

  it('tells the network of at most one change a day for it', () => {
    expect(looking.updatesPerChannelDay).toBeLessThan(1);
  });

  it('does nothing of the kind where it sees no rival', () => {
    expect(blind.reasons).not.toContain('lead');
    expect(blind.reasons).not.toContain('rival-unanswered');
  });
});
