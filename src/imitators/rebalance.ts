#!/usr/bin/env node
// A rebalance of lightningd/plugins to test against, as the version for v25.09 and later behaves.
import { MethodError } from '../cln/errors.ts';
import type { Circles, Route } from './circle.ts';
import { byName, die, imitate, type Ordered } from './plugin.ts';

const CONDUCTS = ['plain', 'msat-strings', 'exception', 'lie', 'deaf', 'die-after-send'] as const;
const NAMES = ['outgoing_scid', 'incoming_scid', 'msatoshi', 'retry_for', 'maxfeepercent', 'exemptfee'];
const DEFAULTS = { retryFor: 60, maxFeePercent: 0.5, exemptFee: 5000 };

/** pyln takes one request after the other, in their order, and nobody can take one back. */
let last: Promise<unknown> = Promise.resolve();
function inTurn<T>(act: () => T | Promise<T>): Promise<T> {
  const turn = last.then(act);
  last = turn.catch(() => undefined);
  return turn;
}

/** What pyln makes of an exception of the plugin's. */
const refuse = (message: string): never => {
  throw new MethodError(-32_600, `Error while processing rebalance: ${message}`);
};

function msat(value: unknown, usual: number): bigint {
  if (value === undefined || value === null) return BigInt(usual);
  const said = typeof value === 'string' ? value : JSON.stringify(value);
  const text = /^(\d+)(msat)?$/.exec(said)?.[1];
  return text === undefined
    ? refuse(`Millisatoshi must be string with msat/sat/btc suffix or int, not ${said}`)
    : BigInt(text);
}

async function run(
  circles: Circles,
  { conduct }: Ordered<(typeof CONDUCTS)[number]>,
  params: unknown,
): Promise<unknown> {
  if (conduct === 'deaf') await new Promise(() => undefined);
  const given = byName(params, NAMES);
  const unknown = Object.keys(given).find((name) => !NAMES.includes(name));
  if (unknown !== undefined) return refuse(`got an unexpected keyword argument '${unknown}'`);
  const [out, back] = [String(given['outgoing_scid']), String(given['incoming_scid'])];
  const known = await circles.channels();
  const [from, to] = [known.get(out), known.get(back)];
  if (!from) return refuse(`Cannot find peer for channel: ${out}`);
  if (!to) return refuse(`Cannot find peer for channel: ${back}`);
  for (const [scid, channel] of [[out, from] as const, [back, to] as const]) {
    if (channel.state !== 'CHANNELD_NORMAL')
      return refuse(`Channel ${scid} not in state CHANNELD_NORMAL, but: ${channel.state}`);
    if (!channel.peer_connected) return refuse(`Channel ${scid} peer is not connected.`);
  }
  const amount = msat(given['msatoshi'], 0);
  if (amount === 0n) return refuse('rebalancing these channels will make things worse');
  if (amount > (from.to_us_msat ?? 0n) || amount > (to.total_msat ?? 0n) - (to.to_us_msat ?? 0n))
    return refuse('Channel capacities too low');
  const retryFor = Number(given['retry_for'] ?? DEFAULTS.retryFor);
  const percent = Number(given['maxfeepercent'] ?? DEFAULTS.maxFeePercent);
  const exempt = msat(given['exemptfee'], DEFAULTS.exemptFee);
  const relative = BigInt(Math.floor((Number(amount) * percent) / 100));
  const cap = relative > exempt ? relative : exempt;
  const print = (value: bigint) => (conduct === 'msat-strings' ? `${String(value)}msat` : Number(value));
  const complete = (route: Route) => ({
    ...{ sent: print(route.amount + route.fee), received: print(route.amount), fee: print(route.fee) },
    fee_percentage: `${((Number(route.fee) / Number(route.amount)) * 100).toPrecision(3)}%`,
    ...{ hops: route.hops.length, outgoing_scid: out, incoming_scid: back, status: 'complete' },
    message: `${String(route.amount + route.fee)}msat sent over ${String(route.hops.length)} hops to rebalance ${String(amount)}msat`,
  });
  if (conduct === 'lie') return complete({ amount, fee: 21_250n, hops: [] });
  if (conduct === 'exception') return { status: 'exception', message: 'Error with incoming channel' };
  const start = Date.now();
  const left = (): number => Math.ceil(retryFor - (Date.now() - start) / 1000);
  const failing = new Set<string>();
  while (left() > 0) {
    const route = await circles.route(from, to, amount, failing);
    if (route === null) return { status: 'error', message: 'No suitable routes found' };
    if (route.fee > cap)
      return refuse(
        `RPC call failed: method: getroutes, payload: {}, error: {'code': 206, 'message': 'Could not find route without excessive cost'}`,
      );
    const names = { label: 'Rebalance', description: `${out} to ${back}` };
    const { end } = await circles.pay(route, left(), names, () => {
      if (conduct === 'die-after-send') die();
    });
    if (end.kind === 'complete') return complete(route);
    if (end.kind === 'pending') return { status: 'exception', message: 'Timeout reached' };
    if (end.channel === back) return { status: 'exception', message: 'Error with incoming channel' };
    if (end.channel !== null) failing.add(end.channel);
    if (end.channel === out) return { status: 'exception', message: 'Error with outgoing channel' };
  }
  return { status: 'error', message: 'Timeout reached' };
}

imitate('rebalance', CONDUCTS, 0, (circles, ordered) => [
  {
    name: 'rebalance',
    usage: 'outgoing_scid incoming_scid [msatoshi] [retry_for] [maxfeepercent] [exemptfee]',
    description: 'As rebalance of lightningd/plugins.',
    run: (params) => inTurn(() => run(circles(), ordered(), params)),
  },
  {
    name: 'rebalancereport',
    usage: '[include_avg_fees]',
    description: 'As rebalancereport of lightningd/plugins, for a node on which it has moved nothing.',
    run: () =>
      inTurn(() => ({
        ...{ rebalanceall_is_running: false, erringnodes_threshold: 5, total_successful_rebalances: 0 },
        ...{ total_rebalanced_amount: 0, total_rebalance_fee: 0, average_rebalance_fee_ppm: 0 },
      })),
  },
]);
