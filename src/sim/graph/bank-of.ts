// How do the offers of a node become a bank? Channels as in the snapshot, and no more rows than a file should have.
import { stream } from '../market/market.ts';
import { MOST_PPM } from '../market/demand/willingness.ts';
import type { BankFile, Provenance } from './bank.ts';
import { GraphError } from './channel-record.ts';
import type { Graph } from './graph.ts';
import type { NodeDemand, Offer } from './node-demand.ts';

/** Payments of about the same amount, of which one lends a captive payment its limit: enough for a spread of limits. */
const ALIKE = 20;
/** Rows of payments that a bank keeps, chosen by chance: about 250 kB with those of rebalances. */
const MOST_ROWS = 10_000;

/** @throws GraphError when nobody would pay through the node, or nothing could be rebalanced */
export function bankOf(graph: Graph, demand: NodeDemand, provenance: Provenance): BankFile {
  const { channels, offers, circular, perDay } = demand;
  const name = graph.nodes[demand.node] ?? '';
  if (offers.length === 0)
    throw new GraphError(
      `node ${name}: expected payments that would go through it, got none of ${provenance.payments} ` +
        'in the whole network; more payments may find some',
    );
  const kept = thinned(withoutCaptives(offers, name, provenance.seed), provenance.seed);
  if (circular.length === 0) throw new GraphError(`node ${name}: expected rebalances to be tried, got none`);
  return {
    provenance,
    perDay: rounded(perDay),
    channels: channels.map((edge) => ({
      capacitySats: Math.round((graph.capacityMsat[edge] ?? 0) / 1000),
      inboundPpm: graph.ppm[graph.reverse[edge] ?? -1] ?? 0,
      outPpm: graph.ppm[edge] ?? 0,
    })),
    payments: {
      from: kept.map(({ from }) => from),
      to: kept.map(({ to }) => to),
      amountSats: kept.map(({ amountSats }) => amountSats),
      weight: kept.map(({ weight }) => rounded(weight)),
      reservationPpm: kept.map(({ reservationPpm }) => rounded(Math.min(MOST_PPM, reservationPpm))),
    },
    circular: {
      from: circular.map(({ from }) => from),
      to: circular.map(({ to }) => to),
      amountSats: circular.map(({ amountSats }) => amountSats),
      ppm: circular.map(({ ppm }) => rounded(ppm ?? 0)),
      attempts: circular.map(({ attempts }) => attempts),
      arrived: circular.map(({ arrived }) => (arrived ? 1 : 0)),
    },
  };
}

/**
 * Who has no other way at all, in parts neither, would have one if the node were dear: the receiver opens another channel,
 * at what others ask for theirs. It pays what one of those would who pay about as much and have a choice.
 */
function withoutCaptives(offers: readonly Offer[], name: string, seed: number): readonly Offer[] {
  const random = stream(seed, 'captives');
  const free = offers.filter(({ reservationPpm }) => reservationPpm < Infinity);
  free.sort((a, b) => a.amountSats - b.amountSats);
  if (free.length === 0)
    throw new GraphError(`node ${name}: expected payments that have another way as well, got none of ${offers.length}`);
  return offers.map((offer) => {
    if (offer.reservationPpm < Infinity) return offer;
    const at = free.findIndex(({ amountSats }) => amountSats >= offer.amountSats);
    const middle = at < 0 ? free.length : at;
    const first = Math.max(0, Math.min(free.length - ALIKE, middle - ALIKE / 2));
    const alike = free.slice(first, first + ALIKE);
    return { ...offer, reservationPpm: alike[random.integer(0, alike.length - 1)]?.reservationPpm ?? MOST_PPM };
  });
}

/** Three digits are more than anybody knows. */
const rounded = (value: number): number => Number(value.toPrecision(3));

/** In their order; each as likely to stay as every other. */
function thinned<T>(items: readonly T[], seed: number): readonly T[] {
  const random = stream(seed, 'thin');
  let wanted = Math.min(MOST_ROWS, items.length);
  return items.filter((_, i) => {
    const keep = random.next() * (items.length - i) < wanted;
    if (keep) wanted--;
    return keep;
  });
}
