// Does sling move our channels by itself, against or beside what we do?
import { bool, decode, nullable, object } from '../../../cln/decode.ts';
import { msatToSats, type Scid } from '../../../core/units.ts';
import { NodeError } from '../../../ports.ts';
import { isUnknownCommand, type Ask } from '../../ask.ts';
import { SlingCommands, type SlingJob } from './commands.ts';

const config = object({ configs: object({ 'sling-autogo': nullable(object({ value_bool: nullable(bool) })) }) });
const decodeAutogo = (reply: unknown): boolean =>
  decode(config, reply, 'listconfigs').configs['sling-autogo']?.value_bool === true;

const described = (scid: string, { sat_direction, amount_msat, maxppm }: SlingJob): string =>
  `sling has a job of its own for channel ${scid}: ${sat_direction.toLowerCase()} ${msatToSats(amount_msat)} sats at ` +
  `up to ${maxppm} ppm each time. Two rebalancers can undo each other's work: remove it with ` +
  `\`sling-deletejob ${scid}\`, or leave the channel out of ours with \`revenue-policy\``;

/**
 * One sentence each, for people; none where sling is not there. We change nothing of it.
 * @throws NodeError
 */
export async function slingConflicts(ask: Ask, channels: ReadonlySet<Scid>): Promise<readonly string[]> {
  try {
    const ours: ReadonlySet<string> = channels;
    const jobs = [...(await new SlingCommands(ask).storedJobs())].filter(([scid]) => ours.has(scid));
    const found = jobs.map(([scid, job]) => described(scid, job));
    if (jobs.length > 0 && (await hasAutogo(ask)))
      found.push('sling-autogo is on: sling starts these jobs with every start of the node, without being asked');
    return found;
  } catch (error) {
    if (isUnknownCommand(error)) return [];
    throw error;
  }
}

async function hasAutogo(ask: Ask): Promise<boolean> {
  try {
    return await ask('listconfigs', { config: 'sling-autogo' }, decodeAutogo);
  } catch (error) {
    // Older versions of sling have no such option.
    if (error instanceof NodeError && error.kind === 'refused') return false;
    throw error;
  }
}
