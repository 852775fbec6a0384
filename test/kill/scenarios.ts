// In which ways does a rebalance go, whose every step is to be the last one once?
import { pause, type Json } from '../node-tests/rpc.ts';
import type { PluginName } from '../node/drivers/plugin-ring.ts';
import { byTheCycle } from './by-the-cycle.ts';
import { CAP_SATS, SATS, type Lane, type Options } from './lane.ts';

export interface Scenario {
  readonly name: string;
  readonly options?: Options;
  /** Steps count from here on. */
  readonly after: readonly RegExp[];
  /** So few that each is the last one in every pass. */
  readonly fewSteps?: true;
  /** Lives in which it is killed at no step, but at the end of `act`. */
  readonly lives?: number;
  /** Before the first life, and after the last. */
  readonly prepare?: (lane: Lane) => Promise<void>;
  readonly finish?: (lane: Lane) => Promise<void>;
  /** What the last life has moved is not paid back, but sold by `arrange`. */
  readonly sells?: true;
  /** How the world stands before each life. */
  readonly arrange?: (lane: Lane) => Promise<void>;
  /** Makes it rebalance; resolves with its reply, or null when nothing more will happen by itself or it is dead. */
  readonly act: (lane: Lane) => Promise<Json | null>;
  /** Between the kill and the next life. @param turn counts kills */
  readonly afterwards?: (lane: Lane, turn: number) => Promise<void>;
  /** A life that none of its steps ended must have ended because the rebalance had arrived. */
  readonly arrives?: boolean;
}

/** Up to the last question before the reservation nothing has happened yet. */
const RESERVES = [/asked/, /sent wait .*"sendpays"/];
/** Real time in which a rebalance ends that ends at all: twice the time limit of one. */
const PATIENCE_MS = 30_000;
/** In which one has mostly ended. */
const LONGEST_MS = 200;
/** From its departure until nothing more happens before it ends. */
const QUIET_MS = 150;
/** In which a rebalance that gets nowhere has done everything at least once. */
const STUCK_MS = 2000;
/** In which the imitated sling, once it has found no way, looks for one again and goes it. */
const SLING_NAP_MS = 1300;
/** Longer than any driver sends after its order's dispatch, and less than a day, so that the budget fills up. */
export const REST_SECONDS = 1300;
const after = (ms: number): Promise<null> => pause(ms).then(() => null);

const byHand = (lane: Lane): Promise<Json | null> => {
  const { out, back } = lane.ring.ends;
  const params: Json = { from_channel: out.scid, to_channel: back.scid, amount_sats: SATS, max_fee_sats: CAP_SATS };
  return Promise.race([lane.ask('revenue-rebalance', params), after(PATIENCE_MS)]);
};

/** Resolves when one is under way, and everything has been done that is done then. */
async function departed(lane: Lane): Promise<null> {
  const underWay = async (): Promise<boolean> => {
    const { payments } = (await lane.ring.call('listsendpays', { status: 'pending' })) as { payments: Json[] };
    return payments.length > 0;
  };
  const deadline = Date.now() + PATIENCE_MS;
  while (lane.alive && Date.now() < deadline && !(await underWay())) await pause(QUIET_MS / 10);
  return after(QUIET_MS);
}

const imitated = (plugin: PluginName): Scenario => ({
  name: `${plugin}, by hand`,
  ...{
    prepare: (lane: Lane) => lane.startImitator(plugin),
    finish: (lane: Lane) => lane.stopImitator(plugin),
    after: RESERVES,
    options: { 'revenue-ops-rebalancer': plugin, 'revenue-ops-rebalance-interval': 20 },
    act: byHand,
    arrives: true,
  },
});

/** Held by B; goes on or comes back, before the next start or only after it. */
const held: Scenario = {
  name: 'native, held on the way',
  fewSteps: true,
  after: [/sent sendpay/],
  arrange: (lane) => lane.ring.hold(),
  act: (lane) => Promise.race([byHand(lane), departed(lane)]),
  async afterwards(lane, turn) {
    const how = turn % 2 === 0 ? 'pass' : 'refuse';
    if (turn % 4 >= 2) {
      await lane.lookOn();
      const { open, payments } = await lane.audit();
      const pending = payments.filter(({ status }) => status === 'pending').length;
      if (open.length !== pending)
        throw new Error(
          `expected the ${String(pending)} payments that are held to be open, got ${String(open.length)}`,
        );
    }
    await lane.ring.release(how);
    await pause(60);
    if (how === 'refuse') await lane.ring.release('pass');
  },
};

/** sling finds no way while we live, and goes on trying when we do not. */
const stuck: Scenario = {
  ...imitated('sling'),
  name: 'sling, which goes on without us',
  arrives: false,
  act: (lane) => Promise.race([byHand(lane), after(STUCK_MS)]),
  arrange: async (lane) => {
    await lane.ring.call('sling-imitator', { conduct: 'no-routes' });
  },
  async afterwards(lane, turn) {
    // It finds one while we are away, while we come back, or long after that.
    if (turn % 3 === 2) {
      await lane.skip(REST_SECONDS);
      await lane.lookOn();
    }
    await lane.ring.call('sling-imitator', { conduct: 'plain' });
    if (turn % 3 !== 1) await pause(SLING_NAP_MS);
    await lane.audit();
  },
};

const refused: Scenario = {
  name: 'native, refused on the way',
  after: RESERVES,
  arrange: (lane) => lane.ring.release('refuse'),
  act: byHand,
  afterwards: (lane) => lane.ring.release('pass'),
};

/** What happens when the ledger is brought up to date, with something of each kind to do. */
const recovery: Scenario = {
  name: 'recovery',
  after: [/sent askrene-listlayers/],
  async arrange(lane) {
    // Ended by the node alone, with everything left behind that a life can leave.
    lane.killer.plan([/heard sendpay/], 1);
    await lane.start({});
    await lane.recovered();
    await byHand(lane);
    await lane.kill();
    await lane.audit();
    await lane.skip(REST_SECONDS);
  },
  act: () => Promise.resolve(null),
};

/** At no step of ours, but at some moment, be it within one. */
const anyMoment: Scenario = {
  name: 'native, at any moment',
  after: [],
  lives: 10,
  act: (lane) => Promise.race([byHand(lane), after(Math.random() * LONGEST_MS)]),
};

/** The node dies with us, and comes back before us. */
const crash: Scenario = {
  name: 'native, and the node dies too',
  after: RESERVES,
  act: byHand,
  arrives: true,
  afterwards: (lane) => lane.ring.crash(),
};

export const NATIVE: Scenario = { name: 'native, by hand', ...{ after: RESERVES, act: byHand, arrives: true } };
export const OTHERS: readonly Scenario[] = [
  byTheCycle,
  refused,
  held,
  recovery,
  imitated('circular'),
  imitated('rebalance'),
  imitated('sling'),
  stuck,
  anyMoment,
  crash,
];
