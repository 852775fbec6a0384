#!/usr/bin/env node
// A sling to test against, as v4.2.1 behaves: one task per channel, one command at a time, jobs that never give up.
import { MethodError } from '../cln/errors.ts';
import { ceilPpm, type Circles, type OwnChannel } from './circle.ts';
import { byName, die, imitate, seconds, type Ordered } from './plugin.ts';
import { canGive, parseJob, printJob, refuse, type Job } from './sling-jobs.ts';

const CONDUCTS = [
  'plain',
  // Rests in this state and does nothing.
  ...['balanced', 'error', 'no-routes'],
  // `sling-stop` and all that comes after it take so many seconds more.
  'slow-stop',
  'deaf',
  'die-after-send',
] as const;
type Conduct = 'plain' | 'balanced' | 'error' | 'no-routes' | 'slow-stop' | 'deaf' | 'die-after-send';
/** sling-timeoutpay. */
const TIMEOUT_SECONDS = 120;
const NAP_SECONDS = 600;
const TICK_SECONDS = 0.2;

interface Task {
  readonly job: Job;
  readonly alias: string;
  state: string;
  active: boolean;
  stopping: boolean;
  moved: bigint;
}

const stored = new Map<string, Job>();
const tasks = new Map<string, Task>();

/** As sling's: every command waits for the one before, whatever that takes. */
let lock: Promise<unknown> = Promise.resolve();
function exclusive<T>(act: () => Promise<T>): Promise<T> {
  const turn = lock.then(act);
  lock = turn.catch(() => undefined);
  return turn;
}

async function nap(task: Task, length: number): Promise<void> {
  for (let slept = 0; slept < length && !task.stopping; slept += TICK_SECONDS) await seconds(TICK_SECONDS);
}

/** One round of the once-loop. @returns what has been moved */
async function attempt(
  circles: Circles,
  task: Task,
  { conduct, seconds: patience }: Ordered<Conduct>,
): Promise<bigint> {
  const { job } = task;
  task.state = 'Rebalancing';
  if (conduct === 'no-routes') {
    task.state = 'NoRoutes';
    await nap(task, 1);
    return 0n;
  }
  if (conduct === 'error') {
    [task.state, task.active] = ['Error', false];
    await nap(task, 1);
    return 0n;
  }
  const known = await circles.channels();
  const mine = known.get(job.scid);
  if (conduct === 'balanced' || !mine || (mine.receivable_msat ?? 0n) < job.amount) {
    task.state = 'Balanced';
    await nap(task, NAP_SECONDS);
    return 0n;
  }
  if (!mine.peer_connected) {
    task.state = 'Disconnected';
    await nap(task, 60);
    return 0n;
  }
  const fits = (one: OwnChannel): boolean =>
    one.state === 'CHANNELD_NORMAL' &&
    one.peer_connected === true &&
    canGive(job, one.to_us_msat ?? 0n, one.total_msat ?? 0n);
  const candidate = (job.candidates ?? [...known.keys()]).flatMap((id) => known.get(id) ?? []).find(fits);
  if (!candidate || candidate.short_channel_id === job.scid) {
    task.state = 'NoCandidates';
    await nap(task, 1);
    return 0n;
  }
  const route = await circles.route(candidate, mine, job.amount);
  if (route === null) {
    task.state = 'NoRoutes';
    await nap(task, 1);
    return 0n;
  }
  if (ceilPpm(route) > BigInt(job.maxppm)) {
    task.state = 'NoCheapRoute';
    await nap(task, NAP_SECONDS);
    return 0n;
  }
  const timeout = conduct === 'slow-stop' ? TIMEOUT_SECONDS : patience;
  const { end } = await circles.pay(route, timeout, { label: 'sling', description: 'sling' }, () => {
    if (conduct === 'die-after-send') die();
  });
  if (end.kind === 'complete') return job.amount;
  await nap(task, 1);
  return 0n;
}

async function loop(circles: Circles, task: Task, ordered: () => Ordered<Conduct>): Promise<void> {
  let total = 0n;
  for (;;) {
    if (task.stopping) {
      [task.state, task.active] = ['Stopped', false];
      return;
    }
    if (task.job.onceamount !== null && total + task.job.amount > task.job.onceamount) {
      [task.state, task.active] = ['Balanced', false];
      return;
    }
    try {
      const moved = await attempt(circles, task, ordered());
      total += moved;
      task.moved += moved;
    } catch {
      task.state = 'Error';
      await nap(task, 1);
    }
    await seconds(0.02);
  }
}

function spawn(circles: Circles, job: Job, alias: string, ordered: () => Ordered<Conduct>): void {
  const task: Task = { job, alias, state: 'Starting', active: true, stopping: false, moved: 0n };
  tasks.set(job.scid, task);
  void loop(circles, task, ordered);
}

async function once(circles: Circles, ordered: () => Ordered<Conduct>, params: unknown): Promise<unknown> {
  const job = parseJob(params, true);
  const channel = (await circles.channels()).get(job.scid);
  if (!channel) return refuse('Channel not found');
  if (channel.state !== 'CHANNELD_NORMAL') refuse('Not in CHANNELD_NORMAL or CHANNELD_AWAITING_SPLICE state!');
  const room = job.direction === 'Pull' ? channel.receivable_msat : channel.spendable_msat;
  if ((room ?? 0n) < (job.onceamount ?? 0n))
    refuse(
      `Channel ${job.scid} has not enough capacity to ${job.direction.toLowerCase()} ${String(job.onceamount)}msat`,
    );
  if (stored.has(job.scid)) refuse('There is already a job for that scid!');
  if (tasks.get(job.scid)?.active) refuse('There is already a job for that scid running!');
  spawn(circles, job, channel.peer_id, ordered);
  return { result: 'started' };
}

const textOf = (value: unknown): string | undefined =>
  value === undefined || typeof value === 'string' ? value : refuse('invalid ShortChannelId');

async function stop(ordered: Ordered<Conduct>, params: unknown): Promise<unknown> {
  const scid = textOf(byName(params, ['scid'])['scid']);
  const meant = [...tasks.values()].filter(({ job }) => scid === undefined || job.scid === scid);
  for (const task of meant) [task.state, task.stopping] = ['Stopping', true];
  if (ordered.conduct === 'slow-stop') await seconds(ordered.seconds);
  while (meant.some(({ active }) => active)) await seconds(TICK_SECONDS);
  return { stopped_count: meant.length };
}

function stats(params: unknown): unknown {
  const json = Array.isArray(params)
    ? (params as unknown[])[0] === true
    : (params as Readonly<Record<string, unknown>>)['json'] === true;
  const scids = [...new Set([...stored.keys(), ...tasks.keys()])];
  const rows = scids.map((scid) => {
    const task = tasks.get(scid);
    return {
      ...{
        alias: task?.alias ?? 'NO_ALIAS_SET',
        scid,
        pubkey: task?.alias ?? '',
        status: [`1:${task?.state ?? 'NotStarted'}`],
      },
      ...{ rebamount: (Number(task?.moved ?? 0n) / 1000).toLocaleString('en'), w_feeppm: 0 },
      ...{ last_route_taken: 'Never', last_success_reb: 'Never' },
    };
  });
  return json ? rows : { 'format-hint': 'simple', result: rows.map(({ scid }) => scid).join('\n') };
}

function jobSettings(params: unknown): unknown {
  const scid = textOf(byName(params, ['scid'])['scid']);
  if (scid !== undefined && !stored.has(scid)) refuse('channel not found');
  const wanted = [...stored].filter(([id]) => scid === undefined || id === scid);
  return Object.fromEntries(wanted.map(([id, job]) => [id, printJob(job)]));
}

imitate<Conduct>('sling', CONDUCTS, TIMEOUT_SECONDS, (circles, ordered) => {
  const command = (name: string, usage: string, act: (params: unknown) => unknown) => ({
    ...{ name, usage, description: 'As sling v4.2.1.' },
    run: (params: unknown) =>
      exclusive(async () => {
        if (ordered().conduct === 'deaf') await new Promise(() => undefined);
        return act(params);
      }),
  });
  return [
    command('sling-once', '', (params) => once(circles(), ordered, params)),
    command('sling-stop', '[scid]', (params) => stop(ordered(), params)),
    command('sling-stats', '[scid] [json]', stats),
    command('sling-jobsettings', '[scid]', jobSettings),
    command('sling-job', '', (params) => {
      const job = parseJob(params, false);
      stored.set(job.scid, job);
      return { result: 'success' };
    }),
    command('sling-go', '[scid]', async (params) => {
      const scid = byName(params, ['scid'])['scid'];
      if (stored.size === 0) throw new MethodError(-1, 'No jobs found');
      const meant = [...stored.values()].filter((job) => scid === undefined || job.scid === scid);
      if (meant.length === 0) refuse('Shortchannelid not found in jobs');
      let failed = 0;
      const known = await circles().channels();
      for (const job of meant)
        if (tasks.get(job.scid)?.active) failed++;
        else spawn(circles(), job, known.get(job.scid)?.peer_id ?? '', ordered);
      return { tasks_started: meant.length - failed, 'tasks_failed_start:': failed };
    }),
    command('sling-deletejob', 'job [delete_stats]', async (params) => {
      const job =
        textOf(byName(params, ['job', 'delete_stats'])['job']) ?? refuse('invalid string for deleting job(s)');
      await stop(ordered(), job === 'all' ? {} : { scid: job });
      if (job === 'all') stored.clear();
      else stored.delete(job);
      return { result: 'success' };
    }),
    command('sling-version', '', () => ({ version: 'v4.2.1' })),
  ];
});
