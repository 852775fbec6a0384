import { CALM, DRAIN, SPARSE, SHIFTING, single } from '../src/sim/market/scenario.ts';
import { createMarket } from '../src/sim/market/market.ts';
import { boundOf, boundWithStock, planFluid } from '../src/sim/market/fluid-bound.ts';
import { run } from '../src/sim/market/run.ts';
import { staticFee } from '../src/sim/market/rivals/static-fee.ts';
import { proportional } from '../src/sim/market/rivals/proportional.ts';
import { seedClimber } from '../src/sim/market/rivals/seed-climber.ts';
import { oracle, knownOptimum } from '../src/sim/market/oracle.ts';
import { pluginFees } from '../src/sim/market/plugin-fees.ts';
import { bestPrice } from '../src/sim/market/willingness.ts';
const only = process.argv[2]?.split(',');
for (const sc of [CALM, DRAIN]) {
  const acc = new Map<string, number[]>();
  for (const seed of [1, 2, 3, 4]) {
    const m = createMarket(sc, seed, 180);
    const p = planFluid(m, false);
    const top = bestPrice(sc.willingness.family);
    for (const mk of [
      staticFee,
      proportional,
      () => seedClimber(false),
      seedClimber,
      () => knownOptimum(m, top),
      () => ({ ...staticFee(), name: 'fluid' }),
      () => oracle(m, p, 0.5),
      () => oracle(m, p),
      () => ({ ...oracle(m, p, 2), name: 'oracle2' }),
      pluginFees,
    ]) {
      const tool = mk();
      if (only && !only.includes(tool.name)) continue;
      const t = process.cpuUsage();
      const r = run(m, tool, {
        startPpm: m.channels.map((_, k) => (tool.name === 'fluid' ? Math.round(p[0]!.fees[k]!) : 250)),
        plan: p,
      });
      const ms = process.cpuUsage(t).user / 1000;
      const ub = boundOf(p);
      const row = [
        r.valuedMsat / ub,
        r.feesMsat / ub,
        (2 * r.secondHalfMsat) / ub,
        r.settled / 180,
        r.failShare,
        r.lowShare,
        r.updatesPerChannelDay,
        r.mostUpdatesADay,
        (ms * 365) / 180,
      ];
      const a = acc.get(tool.name) ?? row.map(() => 0);
      acc.set(
        tool.name,
        a.map((x, i) => x + row[i]! / 4),
      );
    }
  }
  console.log(sc.name, 'stock valued fees half n/d fail low upd max ms/yr');
  for (const [n, a] of acc) console.log(n.padEnd(14), a.map((x) => x.toFixed(2).padStart(8)).join(''));
}
