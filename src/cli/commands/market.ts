// `cl-revenue-ops market`: what would senders pay for a node's channels, by the network as it is?
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { bankOf } from '../../sim/graph/bank-of.ts';
import { printBank, type Provenance } from '../../sim/graph/bank.ts';
import { nodeNamed } from '../../sim/graph/choose-nodes.ts';
import { buildGraph } from '../../sim/graph/graph.ts';
import { simulate, type SimulationOptions } from '../../sim/graph/lives.ts';
import type { Simulated } from '../../sim/graph/node-demand.ts';
import { FLAG, WORD, demandWord, flagOf, noWords, wordOf, type Command, type Terminal } from '../command.ts';
import { save } from '../files.ts';
import { readGraphFile } from '../graph-file.ts';
import { marketJson, marketText, reportMarket } from '../market-report.ts';
import { asInput } from '../usable.ts';
import { fileToMake, wholeOf } from '../values.ts';

/** Two lives of nearly a day: some thousands of offers for a node of middle size, in about a minute. */
const PAYMENTS = 400_000;
/** With fewer hardly a node is offered anything. */
const FEWEST_PAYMENTS = 1000;

export const market: Command = {
  name: 'market',
  synopsis: 'market --graph FILE --node ID [--payments N] [--seed N] [--out FILE] [--json]',
  help: [
    'What senders would pay for the channels of a node, by the network alone: payments of all nodes are simulated, and',
    'for each is found what going around the node costs more than through it. Takes a minute or two.',
    '--graph FILE  what lightning-cli listchannels prints, or a snapshot as CSV; either may be compressed by gzip',
    '--node ID     public key, or as much of its beginning as no other has; of a CSV the number of the node',
    `--payments N  payments of the whole network to simulate; default ${PAYMENTS}`,
    '--seed N      another number, other payments and hidden balances; default 1',
    '--out FILE    also writes what was found into a demand bank (FILE.json), for scenarios of the market simulator',
    '--json        one line',
  ],
  options: { graph: WORD, node: WORD, payments: WORD, seed: WORD, out: WORD, json: FLAG },
  async answer(given, terminal) {
    noWords('market', given);
    const file = demandWord('market', given, 'graph', 'FILE, what lightning-cli listchannels prints');
    const name = demandWord('market', given, 'node', 'ID, the public key of a node');
    const payments = wholeOf(given, 'payments', FEWEST_PAYMENTS) ?? PAYMENTS;
    const seed = wholeOf(given, 'seed', 0) ?? 1;
    const named = wordOf(given, 'out');
    const out = named === null ? null : fileToMake('out', named, 'json');
    const { records, date } = await readGraphFile(file, terminal);
    const graph = await asInput(() => buildGraph(records));
    const node = await asInput(() => nodeNamed(graph, name));
    const { demands, figures } = simulateAloud(() => simulate(graph, [node], { payments, seed }), payments, terminal);
    const provenance: Provenance = {
      snapshot: file === '-' ? 'standard input' : basename(file),
      date,
      node: nicknameOf(graph.nodes[node] ?? ''),
      seed,
      payments: figures.payments,
      command: `cl-revenue-ops market --graph ${basename(file)} --node ${nicknameOf(graph.nodes[node] ?? '')} --payments ${payments} --seed ${seed}`,
    };
    const [bank] = await asInput(() => demands.map((demand) => bankOf(graph, demand, provenance)));
    if (bank === undefined) throw new Error('market: expected one bank for one node, got none');
    if (out !== null) await save('--out', out, printBank(bank), terminal);
    const report = reportMarket(bank, graph.nodes.length, figures.settled / figures.payments);
    const told = flagOf(given, 'json') ? marketJson(report) : marketText(report);
    return `${told}\n`;
  },
};

/** Each tenth is said on the error output, so that what is printed stays one answer. */
function simulateAloud(
  start: () => ReturnType<typeof simulate>,
  payments: SimulationOptions['payments'],
  { error }: Terminal,
): Simulated {
  const running = start();
  let tenths = 0;
  for (;;) {
    const step = running.next();
    if (step.done === true) return step.value;
    if (step.value < (tenths * payments) / 10) continue;
    error(`${step.value} of ${payments} payments\n`);
    tenths++;
  }
}

/** A public key is not written into files that people share; a number of a snapshot is nobody's name. */
const nicknameOf = (name: string): string =>
  /^\d+$/.test(name) ? `#${name}` : createHash('sha256').update(name).digest('hex').slice(0, 12);
