// Within which bounds may the operator set a fee by hand?
import type { Config } from '../core/config/options.ts';
import { OPTIONS } from '../core/config/options.ts';
import { CommandError } from '../core/errors.ts';
import { boundsFor } from '../core/fee/bounds.ts';
import { unitPolicy } from '../core/fee/policy.ts';
import { displayId, type ChannelView } from '../core/snapshot.ts';
import { ppm, type Ppm } from '../core/units.ts';
import type { Policy } from '../ports.ts';
import { feeConfig } from './fees/fee-config.ts';

/** What a fee set by hand must keep to, and whose word that is. */
interface HandBounds {
  readonly lower: Ppm;
  readonly upper: Ppm;
  readonly lowerBy: 'option' | 'policy';
  readonly upperBy: 'option' | 'policy';
}

/**
 * The bounds in force without the economic floor: that one keeps the search from selling at a loss, which the operator
 * may.
 */
function handBounds(config: Config, policy: Policy | null): HandBounds {
  // Without costs neither capacity nor traffic matter.
  const bounds = boundsFor(feeConfig(config), unitPolicy(policy), null, 1, 0);
  return {
    // The search never goes below 1 ppm; a hand may where the option says 0.
    lower: bounds.lowerRule === 'economic-floor' ? ppm(config.minFeePpm) : bounds.lower,
    upper: bounds.upper,
    lowerBy: bounds.lowerRule === 'policy' ? 'policy' : 'option',
    upperBy: bounds.upperRule === 'policy' ? 'policy' : 'option',
  };
}

/**
 * @param channels the usable ones: by them the channel is named whose policy it is
 * @throws CommandError fee-out-of-bounds, naming the bound, whose it is and how it is changed
 */
export function requireWithin(
  feePpm: Ppm,
  config: Config,
  policy: Policy | null,
  channels: readonly ChannelView[],
): void {
  // What a static policy names is the operator's own word already.
  if (feePpm === unitPolicy(policy).staticPpm) return;
  const bounds = handBounds(config, policy);
  const isLow = feePpm < bounds.lower;
  if (!isLow && feePpm <= bounds.upper) return;
  const by = isLow ? bounds.lowerBy : bounds.upperBy;
  const option = isLow ? OPTIONS.minFeePpm.name : OPTIONS.maxFeePpm.name;
  const parameter = isLow ? 'min_ppm' : 'max_ppm';
  const [source, remedy] =
    by === 'policy'
      ? [`the policy of ${subjectName(policy, channels)}`, 'change that with revenue-policy']
      : [option, `change that with setconfig, or give the peer a ${parameter} of its own with revenue-policy`];
  const bound = isLow ? `at least ${bounds.lower}` : `at most ${bounds.upper}`;
  throw new CommandError('fee-out-of-bounds', `fee_ppm: expected ${bound} ppm (${source}), got ${feePpm}; ${remedy}`);
}

/** As `revenue-policy list` has it. */
function subjectName(policy: Policy | null, channels: readonly ChannelView[]): string {
  const own = channels.find(({ channelId }) => channelId === policy?.subject);
  return own === undefined ? (policy?.subject ?? '') : displayId(own);
}
