// Does the plugin act, only pretend to, or rest?
import type { Config } from '../../core/config/options.ts';

export type Mode = 'live' | 'dry-run' | 'paused';

/** Paused wins: it is what an operator chose last and by hand. */
export const modeOf = (paused: boolean, config: Config): Mode =>
  paused ? 'paused' : config.dryRun ? 'dry-run' : 'live';
