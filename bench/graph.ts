// Which demand banks do nodes of middle size have, and is what emerges like what was measured before? Makes the files of
// scenarios/banks: npm run bench:graph -- --graph FILE [--payments N] [--seed N] [--out FOLDER]
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { bankOf } from '../src/sim/graph/bank-of.ts';
import { printBank, type BankFile } from '../src/sim/graph/bank.ts';
import { quantile, tastesOf } from '../src/sim/graph/calibration.ts';
import { heldOutShare } from '../src/sim/graph/held-out.ts';
import { livesOf, together } from '../src/sim/graph/lives.ts';
import { stream } from '../src/sim/market/market.ts';
import { optionsOf } from './arguments.ts';
import { readGraph, work } from './graph-lives.ts';
import { workers } from './workers.ts';

/** Half of the banks may be tuned on, the others may not (S13). */
const BANKS = 12;
/** A bank is to have 10,000 rows; who is offered fewer of 6 million payments than this has hardly any market (300 of 300,000 before). */
const FEWEST_OFFERS = 6000;

const pool = workers(work);
if (!pool.serve()) await main();

async function main(): Promise<void> {
  const { payments, seed, ...files } = optionsOf('graph', { payments: 6_000_000, seed: 1 }, { graph: null, out: null });
  const { graph: file } = files;
  if (file === null) {
    console.error('bench:graph: expected --graph FILE, a CSV of channels');
    process.exitCode = 2;
    return;
  }
  const graph = readGraph(file);
  console.error(`${graph.nodes.length} nodes can pay each other by ${graph.edges} directions of channels`);
  const started = performance.now();
  const jobs = livesOf({ payments, seed }).map((life) => ({ file, life }));
  const lives = await pool.answer(jobs, (done) => {
    console.error(`${done} of ${jobs.length} lives, ${Math.round((performance.now() - started) / 1000)} s`);
  });
  const { demands, figures } = together(lives);
  const snapshot = basename(file);
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
  if (kept.length < BANKS) {
    const offered = `expected ${BANKS} nodes that ${FEWEST_OFFERS} payments or more are offered to, got ${kept.length} of ${demands.length}`;
    console.error(`bench:graph: ${offered}; nothing is written. Give more --payments than ${payments}`);
    process.exitCode = 1;
    return;
  }
  if (files.out !== null)
    for (const [name, bank] of banks) writeFileSync(join(files.out, `${name}.json`), printBank(bank));

  const captive = demands.map(
    ({ offers }) => offers.filter(({ reservationPpm }) => reservationPpm === Infinity).length,
  );
  const seconds = (performance.now() - started) / 1000;
  console.log(
    JSON.stringify({
      payments: figures.payments,
      settled_share: round(figures.settled / figures.payments),
      days: round(figures.days),
      seconds: Math.round(seconds),
      nodes: demands.length,
      captive_by_node: captive,
      offers_by_node: demands.map(({ node, offers }) => [`#${graph.nodes[node] ?? ''}`, offers.length]),
    }),
  );
  for (const [name, { provenance, perDay, channels, payments: rows, circular }] of banks) {
    const { medianPpm, quartilesPpm, spread, bestPpm } = tastesOf(rows);
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
        held_out_share: round(heldOutShare(rows, stream(seed, 'halves'))),
        rebalances: {
          first_try: round(first / tries),
          arrived: round(prices.length / tries),
          median_ppm: round(quantile(prices, 0.5)),
        },
      }),
    );
  }
  const column = (name: keyof BankFile['payments']): number[] => banks.flatMap(([, { payments: rows }]) => rows[name]);
  const all = { amountSats: column('amountSats'), weight: column('weight'), reservationPpm: column('reservationPpm') };
  const tastes = banks.map(([, { payments: rows }]) => tastesOf(rows));
  const middle = (list: number[]): number =>
    round(
      quantile(
        list.toSorted((a, b) => a - b),
        0.5,
      ),
    );
  console.log(
    JSON.stringify({
      median_ppm: round(tastesOf(all).medianPpm),
      median_of_node_medians_ppm: middle(tastes.map(({ medianPpm }) => medianPpm)),
      median_sd_ln_within_a_node: middle(tastes.map(({ spread }) => spread)),
      aim: 'median 61-67 ppm, sd of ln(R + 1) within a node 1.4-1.6 (prototype)',
    }),
  );
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
