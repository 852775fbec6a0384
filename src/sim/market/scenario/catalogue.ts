// Which scenarios come along? Those of scenarios/ that need no demand bank; built into every program, so that none reads files.
import s1 from '../../../../scenarios/S1.json' with { type: 'json' };
import s2 from '../../../../scenarios/S2.json' with { type: 'json' };
import s3 from '../../../../scenarios/S3.json' with { type: 'json' };
import s4 from '../../../../scenarios/S4.json' with { type: 'json' };
import s5 from '../../../../scenarios/S5.json' with { type: 'json' };
import s6 from '../../../../scenarios/S6.json' with { type: 'json' };
import s7 from '../../../../scenarios/S7.json' with { type: 'json' };
import s8 from '../../../../scenarios/S8.json' with { type: 'json' };
import s8Drain from '../../../../scenarios/S8-drain.json' with { type: 'json' };
import s8b from '../../../../scenarios/S8b.json' with { type: 'json' };
import s9 from '../../../../scenarios/S9.json' with { type: 'json' };
import s10 from '../../../../scenarios/S10.json' with { type: 'json' };
import s11 from '../../../../scenarios/S11.json' with { type: 'json' };
import s12 from '../../../../scenarios/S12.json' with { type: 'json' };
import h1 from '../../../../scenarios/H1.json' with { type: 'json' };
import h2 from '../../../../scenarios/H2.json' with { type: 'json' };
import h3 from '../../../../scenarios/H3.json' with { type: 'json' };
import h4 from '../../../../scenarios/H4.json' with { type: 'json' };
import h5 from '../../../../scenarios/H5.json' with { type: 'json' };
import s1Cheap from '../../../../scenarios/S1-cheap.json' with { type: 'json' };
import s1Dear from '../../../../scenarios/S1-dear.json' with { type: 'json' };
import s1Busy from '../../../../scenarios/S1-busy.json' with { type: 'json' };
import s1Kink from '../../../../scenarios/S1-kink.json' with { type: 'json' };
import suitsMarketMedian from '../../../../scenarios/suits-market-median.json' with { type: 'json' };
import suitsProportional from '../../../../scenarios/suits-proportional.json' with { type: 'json' };
import suitsFeeadjuster from '../../../../scenarios/suits-feeadjuster.json' with { type: 'json' };
import suitsSeedPublished from '../../../../scenarios/suits-seed-published.json' with { type: 'json' };
import suitsSeedMended from '../../../../scenarios/suits-seed-mended.json' with { type: 'json' };
import suitsThompson from '../../../../scenarios/suits-thompson.json' with { type: 'json' };
import suitsClboss from '../../../../scenarios/suits-clboss.json' with { type: 'json' };
import suitsLndg from '../../../../scenarios/suits-lndg.json' with { type: 'json' };
import suitsLndmanage from '../../../../scenarios/suits-lndmanage.json' with { type: 'json' };
import type { Scenario, Suit } from '../scenario.ts';
import { loadScenario } from './load.ts';

/** In the order in which they are told. */
const FILES: Readonly<Record<string, object>> = {
  S1: s1,
  S2: s2,
  S3: s3,
  S4: s4,
  S5: s5,
  S6: s6,
  S7: s7,
  S8: s8,
  'S8-drain': s8Drain,
  S8b: s8b,
  S9: s9,
  S10: s10,
  S11: s11,
  S12: s12,
  H1: h1,
  H2: h2,
  H3: h3,
  H4: h4,
  H5: h5,
  'S1-cheap': s1Cheap,
  'S1-dear': s1Dear,
  'S1-busy': s1Busy,
  'S1-kink': s1Kink,
};
const SUIT_FILES: Readonly<Record<string, object>> = {
  'suits-market-median': suitsMarketMedian,
  'suits-proportional': suitsProportional,
  'suits-feeadjuster': suitsFeeadjuster,
  'suits-seed-published': suitsSeedPublished,
  'suits-seed-mended': suitsSeedMended,
  'suits-thompson': suitsThompson,
  'suits-clboss': suitsClboss,
  'suits-lndg': suitsLndg,
  'suits-lndmanage': suitsLndmanage,
};

const textOf = (file: object | undefined): string | null => (file === undefined ? null : JSON.stringify(file));
const LIBRARY = { scenario: (name: string) => textOf(FILES[name] ?? SUIT_FILES[name]), bank: () => null };

const read = (files: Readonly<Record<string, object>>): readonly Scenario[] =>
  Object.entries(files).map(([name, file]) => loadScenario(JSON.stringify(file), name, LIBRARY));

export const SCENARIOS: readonly Scenario[] = read(FILES);

/** One for each rival, in which it should win. */
export const SUITS: readonly (Scenario & { readonly suit: Suit })[] = read(SUIT_FILES).flatMap((scenario) =>
  scenario.suit === null ? [] : [{ ...scenario, suit: scenario.suit }],
);

/** @throws RangeError when there is none of that name */
export function scenarioNamed(name: string): Scenario {
  const found = [...SCENARIOS, ...SUITS].find((scenario) => scenario.name === name);
  if (found) return found;
  throw new RangeError(`scenario: expected one of ${SCENARIOS.map((s) => s.name).join(', ')}, got ${name}`);
}

export const CALM: Scenario = scenarioNamed('S1');
export const SPARSE: Scenario = scenarioNamed('S2');
export const DRAIN: Scenario = scenarioNamed('S3');
export const SHIFTING: Scenario = scenarioNamed('S4');
export const DEAD: Scenario = scenarioNamed('S8');

/** One channel that never runs dry: is the best price found, and again after a shift? */
export const single = (forwardsPerDay: number, jumps: Scenario['jumps'] = []): Scenario => ({
  ...CALM,
  name: jumps.length === 0 ? `single-${forwardsPerDay}` : `single-${forwardsPerDay}-jump`,
  about: 'one channel without limits of liquidity',
  channels: 1,
  forwardsPerDay,
  jumps,
  liquidity: 'unlimited',
});
