// Which demand banks do nodes of middle size have, and is what emerges like what was measured before? Makes the files of
// scenarios/banks: npm run bench:graph -- --graph FILE [--payments N] [--seed N] [--out FOLDER]
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { bankOf } from '../src/sim/graph/bank-of.ts';
import { printBank, type BankFile } from '../src/sim/graph/bank.ts';
import { quantile, tastesOf } from '../src/sim/graph/calibration.ts';
import { drawMidSize } from '../src/sim/graph/choose-nodes.ts';
import { parseChannelsCsv } from '../src/sim/graph/csv-file.ts';
import { buildGraph } from '../src/sim/graph/graph.ts';
import { simulate } from '../src/sim/graph/node-demand.ts';
import { stream } from '../src/sim/market/market.ts';

/** Half of the banks may be tuned on, the others may not (S13). */
const BANKS = 12;
/** More are drawn than needed: through some nodes hardly anybody would pay, whatever they asked. */
const DRAWN = 16;
/** Fewer rows than this are an anecdote. */
const FEWEST_OFFERS = 300;

const { values } = parseArgs({
  options: {
    graph: { type: 'string' },
    payments: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string' },
  },
});
if (values.graph === undefined) throw new Error('bench:graph: expected --graph FILE, a CSV of channels');
const [payments, seed] = [Number(values.payments), Number(values.seed)];
const bytes = readFileSync(values.graph);
const graph = buildGraph(parseChannelsCsv((bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString()));
console.error(`${graph.nodes.length} nodes can pay each other by ${graph.edges} directions of channels`);

const nodes = drawMidSize(graph, DRAWN, stream(seed, 'nodes'));
const started = performance.now();
const running = simulate(graph, nodes, { payments, seed });
let step = running.next();
for (let said = 0; step.done !== true; step = running.next()) {
  if (step.value < said) continue;
  said = step.value + payments / 50;
  console.error(`${step.value} of ${payments} payments, ${Math.round((performance.now() - started) / 1000)} s`);
}
const { demands, figures } = step.value;

const snapshot = basename(values.graph);
const kept = demands.filter(({ offers }) => offers.length >= FEWEST_OFFERS).slice(0, BANKS);
const banks = kept.map((demand, i): [string, BankFile] => {
  const half = i < BANKS / 2 ? 'tune' : 'hold-out';
  const number = (i % (BANKS / 2)) + 1;
  const provenance = {
    snapshot,
    date: /\d{4}-\d\d-\d\d/.exec(snapshot)?.[0] ?? null,
    node: `#${graph.nodes[demand.node] ?? ''}`,
    seed,
    payments: figures.payments,
    command: `npm run bench:graph -- --graph ${snapshot} --payments ${payments} --seed ${seed}`,
  };
  return [`${half}-${number}`, bankOf(graph, demand, provenance)];
});
if (values.out !== undefined)
  for (const [name, bank] of banks) writeFileSync(join(values.out, `${name}.json`), printBank(bank));

const captive = demands.map(({ offers }) => offers.filter(({ reservationPpm }) => reservationPpm === Infinity).length);
const seconds = (performance.now() - started) / 1000;
console.log(
  JSON.stringify({
    payments: figures.payments,
    settled_share: round(figures.settled / figures.payments),
    days: round(figures.days),
    seconds: Math.round(seconds),
    nodes: nodes.length,
    captive_by_node: captive,
    offers_by_node: demands.map(({ node, offers }) => [`#${graph.nodes[node] ?? ''}`, offers.length]),
  }),
);
for (const [name, { provenance, perDay, channels, payments: rows, circular }] of banks) {
  const { medianPpm, quartilesPpm, spread, bestPpm } = tastesOf(rows.reservationPpm, rows.amountSats);
  const first = circular.attempts.filter((attempts, i) => attempts === 1 && circular.arrived[i] === 1).length;
  const prices = circular.ppm.filter((_, i) => circular.arrived[i] === 1).sort((a, b) => a - b);
  const tries = circular.arrived.length;
  console.log(
    JSON.stringify({
      bank: name,
      node: provenance.node,
      channels: channels.length,
      per_day: perDay,
      rows: rows.from.length,
      median_ppm: round(medianPpm),
      quartiles_ppm: quartilesPpm.map(round),
      sd_ln: round(spread),
      best_ppm: round(bestPpm),
      rebalances: {
        first_try: round(first / tries),
        arrived: round(prices.length / tries),
        median_ppm: round(quantile(prices, 0.5)),
      },
    }),
  );
}
const all = banks.flatMap(([, { payments: rows }]) => rows.reservationPpm);
const spreads = banks.map(([, { payments: rows }]) => tastesOf(rows.reservationPpm, rows.amountSats).spread);
const medians = banks.map(([, { payments: rows }]) => tastesOf(rows.reservationPpm, rows.amountSats).medianPpm);
const middle = (list: number[]): number =>
  round(
    quantile(
      list.toSorted((a, b) => a - b),
      0.5,
    ),
  );
console.log(
  JSON.stringify({
    median_ppm: middle(all),
    median_of_node_medians_ppm: middle(medians),
    median_sd_ln_within_a_node: middle(spreads),
    aim: 'median 61-67 ppm, sd of ln(R + 1) within a node 1.4-1.6 (prototype)',
  }),
);

function round(value: number): number {
  return Number(value.toPrecision(3));
}
