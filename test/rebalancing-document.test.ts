// Does docs/rebalancing.md say what the code does?
import { describe } from 'vitest';
import { CAPITAL_REFUSALS } from '../src/core/rebalance/guard.ts';
import { INTENT_STATES, stateDiagram } from '../src/core/rebalance/intent.ts';
import { planRebalances } from '../src/core/rebalance/plan.ts';
import { FAILURE_KINDS } from '../src/core/rebalance/types.ts';
import { msatToFloat } from '../src/core/units.ts';
import { input, planChannel } from './core/rebalance/builders.ts';
import { checkGenerated, code, sentence, table } from './generated-parts.ts';

const FILE = 'rebalancing.md';

const listed = (head: string, entries: Readonly<Record<string, string>>): string =>
  table(
    [head, 'meaning'],
    Object.entries(entries).map(([name, text]) => [code(name), sentence(text)]),
  );

function example(): string {
  const empty = planChannel({ n: 1, capacitySats: 5_000_000, share: 0.1, feePpm: 900, dailyOutSats: 400_000 });
  const full = planChannel({ n: 2, capacitySats: 5_000_000, share: 0.9, feePpm: 300, dailyOutSats: 100_000 });
  const [first] = planRebalances(input([empty, full])).approved;
  if (first === undefined) throw new Error('expected a rebalance that pays');
  const { valuePpm, opportunityPpm, inboundPpm, spreadPpm, amountMsat } = first.evaluation;
  const { expectedFeeMsat, expectedProfitMsat } = first.evaluation;
  const ppm = (value: number): string => `${value.toFixed(0)} ppm`;
  const sats = (amount: typeof amountMsat): string =>
    `${Math.round(msatToFloat(amount) / 1000).toLocaleString('en')} sats`;
  return table(
    ['', ''],
    [
      ['amount, a tenth of the smaller channel', sats(amountMsat)],
      ['value at the destination', ppm(valuePpm)],
      ['opportunity cost at the source', ppm(opportunityPpm)],
      ['inbound cost: the peer asks 100 ppm, and 150 for the way', ppm(inboundPpm)],
      ['spread', ppm(spreadPpm)],
      ['expected cost', sats(expectedFeeMsat)],
      ['expected profit', sats(expectedProfitMsat)],
      ['the most it may cost', sats(first.maxFeeMsat)],
    ],
  );
}

describe('parts of the document', () => {
  checkGenerated({
    'capital rules': { file: FILE, text: listed('rule', CAPITAL_REFUSALS) },
    'rebalance example': { file: FILE, text: example() },
    'rebalance diagram': { file: FILE, text: `\`\`\`mermaid\n${stateDiagram()}\`\`\`` },
    'rebalance states': { file: FILE, text: listed('state', INTENT_STATES) },
    'failure kinds': { file: FILE, text: listed('kind', FAILURE_KINDS) },
  });
});
