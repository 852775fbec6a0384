// wait: where an index stands, now or once it gets there.
import { BadToken, GENERIC, SimError, required } from '../method.ts';

import type { SimMethod } from '../method.ts';
import type { Sim } from '../world/sim.ts';
import type { Subsystem } from '../world/state.ts';
import { SUBSYSTEMS } from '../world/state.ts';
import { SINCE, versionNumber } from '../world/versions.ts';
import { define } from './define.ts';
import { indexName, u64 } from './params.ts';

const KNOWN_SINCE: Readonly<Record<Subsystem, number>> = {
  invoices: SINCE.wait,
  forwards: SINCE.waitForwards,
  sendpays: SINCE.waitSendpays,
  htlcs: SINCE.waitHtlcs,
  chainmoves: SINCE.waitMoves,
  channelmoves: SINCE.waitMoves,
  networkevents: SINCE.waitNetworkEvents,
};

export function waitMethods(sim: Sim): SimMethod[] {
  const version = versionNumber(sim.state.config.version);
  if (version < SINCE.wait) return [];
  const subsystem = (token: unknown): Subsystem => {
    const found = SUBSYSTEMS.find((name) => name === token && version >= KNOWN_SINCE[name]);
    if (found === undefined) throw new BadToken('unknown subsystem');
    return found;
  };
  return [
    define({
      name: 'wait',
      params: { subsystem: required(subsystem), indexname: required(indexName), nextvalue: required(u64) },
      run: (p, { signal }) => {
        const now = sim.state.indexes[p.subsystem][p.indexname];
        if (now >= p.nextvalue) return { subsystem: p.subsystem, [p.indexname]: now };
        return new Promise((resolve, reject) => {
          const stop = sim.onIndex((moved, index, value, details) => {
            if (moved !== p.subsystem || index !== p.indexname || value < p.nextvalue) return;
            finish();
            // Before v25.05 the details stood under that name; it went in v26.06.
            const named = version >= SINCE.waitHtlcs ? { [moved]: details } : { details };
            resolve({ subsystem: moved, [index]: value, ...named });
          });
          const abort = () => {
            finish();
            reject(new SimError(GENERIC, 'The caller of wait has gone'));
          };
          const finish = () => {
            stop();
            signal.removeEventListener('abort', abort);
          };
          signal.addEventListener('abort', abort);
        });
      },
    }),
  ];
}
