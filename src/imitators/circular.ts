#!/usr/bin/env node
// A circular to test against, as v2.0.0-1 behaves on a lightningd that still tells it of channels.
import { MethodError } from '../cln/errors.ts';
import { floorPpm, type Circles, type OwnChannel, type Route } from './circle.ts';
import { byName, die, imitate, seconds, type Ordered } from './plugin.ts';

const CONDUCTS = [
  'plain',
  // Claims what it has not done; hides its fee; never answers; answers what nobody can read.
  'lie',
  'hide-fee',
  'deaf',
  'garbage',
  // Sends, and is killed before it answers.
  'die-after-send',
  'die-after-arrival',
  // As on a lightningd whose listpeers names no channels.
  'blind',
] as const;
/** circular's SENDPAY_TIMEOUT. */
const TIMEOUT_SECONDS = 120;
/** Where a parameter is 0 or missing. */
const DEFAULTS = { amount: 200_000, maxppm: 10, attempts: 1, maxhops: 8 };
const NAMES = ['outscid', 'inscid', 'amount', 'maxppm', 'attempts', 'maxhops'];

const refuse = (message: string): never => {
  throw new MethodError(-1, message);
};
const count = (value: unknown, usual: number): number => {
  if (value === undefined || value === null) return usual;
  const given = typeof value === 'string' ? Number(value) : value;
  if (typeof given !== 'number' || !Number.isInteger(given) || given < 0)
    return refuse('json: cannot unmarshal into Go value of type uint64');
  return given === 0 ? usual : given;
};

function channelsOf(known: ReadonlyMap<string, OwnChannel>, out: unknown, back: unknown, amount: bigint) {
  if (typeof out !== 'string' || out === '' || typeof back !== 'string' || back === '')
    return refuse('missing required parameter');
  const [from, to] = [known.get(out), known.get(back)];
  if (!from || !to) return refuse('not a peer or peer channel');
  if (to.state !== 'CHANNELD_NORMAL') refuse('incoming channel is not in normal state');
  if (from.state !== 'CHANNELD_NORMAL') refuse('outgoing channel is not in normal state');
  if (!to.peer_connected) refuse('incoming peer is disconnected');
  if (!from.peer_connected) refuse('outgoing peer is disconnected');
  if ((to.total_msat ?? 0n) - (to.to_us_msat ?? 0n) < amount)
    refuse('incoming channel does not have enough remote balance');
  if ((from.to_us_msat ?? 0n) < amount) refuse('outgoing channel does not have enough local balance');
  return { from, to };
}

async function run(
  circles: Circles,
  { conduct, seconds: patience }: Ordered<(typeof CONDUCTS)[number]>,
  params: unknown,
) {
  const given = byName(params, NAMES);
  if (conduct === 'deaf') await new Promise(() => undefined);
  if (conduct === 'garbage') return { status: 'fine' };
  if (conduct === 'blind') refuse('not a peer or peer channel');
  const sats = count(given['amount'], DEFAULTS.amount);
  const maxppm = count(given['maxppm'], DEFAULTS.maxppm);
  const most = count(given['attempts'], DEFAULTS.attempts);
  const maxhops = count(given['maxhops'], DEFAULTS.maxhops);
  const amount = BigInt(sats) * 1000n;
  const { from, to } = channelsOf(await circles.channels(), given['outscid'], given['inscid'], amount);
  const result = (status: string, message: string, attempts: number, rest: object = {}) => ({
    ...{ status, message, amount: sats, out: from.peer_id, in: to.peer_id, attempts, ...rest },
  });
  const success = (route: Route, hash: string, attempts: number) => {
    const ppm = floorPpm(route);
    const fee = (Number(route.fee) / 1000).toFixed(3);
    const told = `successfully rebalanced ${String(sats)} sats from ${from.peer_id} to ${to.peer_id} at ${String(ppm)} ppm. `;
    const costs = conduct === 'hide-fee' || route.fee === 0n ? {} : { fee: Number(route.fee), ppm: Number(ppm) };
    const pretty = { payment_hash: hash, amount_sat: sats, fee_msat: Number(route.fee), ppm: Number(ppm), hops: [] };
    return result('success', `${told}Total fees paid: ${fee} sats`, attempts, { ...costs, route: pretty });
  };
  if (conduct === 'lie') return success({ amount, fee: 21_250n, hops: [] }, '00'.repeat(32), 1);
  const failure = (attempts: number, last: string) =>
    result('failure', `rebalance failed after ${String(attempts)} attempts.${last}`, attempts);
  const failing = new Set<string>();
  for (let attempt = 1; attempt <= most; attempt++) {
    const route = await circles.route(from, to, amount, failing);
    if (route === null)
      return failure(attempt - 1, ` Unable to find a route with less than ${String(maxhops)} hops. no route`);
    if (floorPpm(route) > BigInt(maxppm))
      return failure(
        attempt - 1,
        ` Unable to find a route with less than ${String(maxhops)} hops. route too expensive. ` +
          `Cheapest route found was ${String(floorPpm(route))} ppm, but maxppm is ${String(maxppm)}`,
      );
    const names = { label: 'circular', description: 'circular' };
    const { hash, end } = await circles.pay(route, patience, names, () => {
      if (conduct === 'die-after-send') die();
    });
    if (conduct === 'die-after-arrival') die();
    if (end.kind === 'complete') return success(route, hash, attempt);
    if (end.kind === 'pending') return failure(attempt - 1, `rebalancing timed out after ${String(TIMEOUT_SECONDS)}s.`);
    if (end.channel !== null && end.channel !== given['inscid']) failing.add(end.channel);
  }
  return failure(most, '');
}

imitate('circular', CONDUCTS, TIMEOUT_SECONDS, (circles, ordered) => [
  {
    name: 'circular',
    usage: '[outscid] [inscid] [amount] [maxppm] [attempts] [maxhops]',
    description: 'As circular v2.0.0.',
    run: (params) => run(circles(), ordered(), params),
  },
  {
    name: 'circular-stop',
    usage: '',
    description: 'As circular v2.0.0.',
    run: async () => {
      await seconds(0);
      return { message: 'circular has been stopped' };
    },
  },
]);
