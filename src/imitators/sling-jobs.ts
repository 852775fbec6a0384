// Which jobs does sling take, and in which words does it refuse? As v4.2.1 (parse.rs, rpc_sling.rs).
import { GENERIC_ERROR, MethodError } from '../cln/errors.ts';

export interface Job {
  readonly scid: string;
  readonly direction: 'Pull' | 'Push';
  readonly amount: bigint;
  readonly maxppm: number;
  readonly outppm: number | null;
  readonly candidates: readonly string[] | null;
  readonly onceamount: bigint | null;
  readonly depleteuptopercent: number;
  readonly depleteuptoamount: bigint;
}

const JOB_KEYS = [
  ...['scid', 'direction', 'amount', 'maxppm', 'outppm', 'target', 'maxhops', 'candidates'],
  ...['depleteuptopercent', 'depleteuptoamount', 'paralleljobs'],
];
/** sling's options' defaults. */
const DEPLETE_UP_TO = 0.2;
const DEPLETE_AMOUNT = 2_000_000_000n;
/** sling's own margin above the amount (slings.rs). */
const MARGIN = 10_000_000n;

export const refuse = (message: string): never => {
  throw new MethodError(GENERIC_ERROR, message);
};
const natural = (value: unknown, otherwise: string): number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : refuse(otherwise);
const scidOf = (value: unknown, otherwise: string): string => {
  if (typeof value !== 'string') return refuse(otherwise);
  return /^\d+x\d+x\d+$/.test(value) ? value : refuse(`${value} is not a valid short_channel_id`);
};

/** @throws MethodError in sling's words */
export function parseJob(params: unknown, once: boolean): Job {
  if (typeof params !== 'object' || params === null || Array.isArray(params))
    return refuse(`Expected an object! Got ${JSON.stringify(params)}`);
  const given = params as Readonly<Record<string, unknown>>;
  const keys = once ? [...JOB_KEYS, 'onceamount'] : JOB_KEYS;
  for (const key of Object.keys(given)) if (!keys.includes(key)) refuse(`Invalid argument: ${key}`);
  if (once && given['target'] !== undefined) refuse('`target` can not be used with `sling-once`');
  for (const key of ['scid', 'direction', 'amount', 'maxppm', ...(once ? ['onceamount'] : [])])
    if (given[key] === undefined) refuse(`Missing ${key}`);
  const scid = scidOf(given['scid'], 'invalid string for scid');
  const direction = { pull: 'Pull' as const, push: 'Push' as const }[String(given['direction']).toLowerCase()];
  if (direction === undefined) return refuse('could not parse SatDirection');
  const amount = natural(given['amount'], 'amount must be a positive integer');
  if (amount === 0) refuse('amount must be greater than 0');
  const maxppm = natural(given['maxppm'], 'maxppm must be an integer');
  const onceamount = once ? natural(given['onceamount'], 'onceamount must be a positive integer') : null;
  if (onceamount === 0) refuse('onceamount must be greater than 0');
  if (onceamount !== null && onceamount % amount !== 0)
    refuse(`onceamount must be a multiple of amount. onceamount: ${String(onceamount)}, amount: ${String(amount)}`);
  if (given['maxhops'] !== undefined && natural(given['maxhops'], 'maxhops must be an integer') < 2)
    refuse('maxhops must be atleast 2');
  const percent = given['depleteuptopercent'] ?? DEPLETE_UP_TO;
  if (typeof percent !== 'number') return refuse('depleteuptopercent must be a floating point');
  if (percent < 0 || percent >= 1) refuse('depleteuptopercent must be between 0.0 and <1.0');
  const parallel = given['paralleljobs'];
  if (parallel !== undefined && natural(parallel, 'paralleljobs must be an integer') < 1)
    refuse('paralleljobs must be atleast 1');
  const list = given['candidates'];
  if (list !== undefined && !Array.isArray(list)) refuse('Invalid array for candidate list');
  const candidates = Array.isArray(list)
    ? (list as unknown[]).map((each) => scidOf(each, 'invalid string for channel id in candidate list'))
    : null;
  const outppm = given['outppm'] === undefined ? null : natural(given['outppm'], 'outppm must be an integer');
  if (outppm === null && (candidates === null || candidates.length === 0))
    refuse('Atleast one of outppm and candidatelist must be set.');
  const deplete = given['depleteuptoamount'];
  return {
    ...{ scid, direction, amount: BigInt(amount) * 1000n, maxppm, outppm, candidates, depleteuptopercent: percent },
    onceamount: onceamount === null ? null : BigInt(onceamount) * 1000n,
    depleteuptoamount:
      deplete === undefined ? DEPLETE_AMOUNT : BigInt(natural(deplete, 'depleteuptoamount must be an integer')) * 1000n,
  };
}

/** Whether a channel has as much as a pull asks of its candidates. */
export const canGive = (job: Job, ours: bigint, capacity: bigint): boolean => {
  const share = BigInt(Math.floor(Number(capacity) * job.depleteuptopercent));
  const kept = share < job.depleteuptoamount ? share : job.depleteuptoamount;
  return ours > (job.amount + MARGIN > kept ? job.amount + MARGIN : kept);
};

/** As `sling-jobsettings` prints it. */
export const printJob = (job: Job) => ({
  sat_direction: job.direction,
  amount_msat: Number(job.amount),
  maxppm: job.maxppm,
  ...(job.outppm === null ? {} : { outppm: job.outppm }),
  ...(job.candidates === null ? {} : { candidates: job.candidates }),
});
