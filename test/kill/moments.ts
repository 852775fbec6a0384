// Loaded into the plugin's process before the plugin (`node --import`): kills it at one of its steps, as KILL_PLAN says.
//
// A step is a request that has left for the node, a reply that is there and has not been read, and the moments right
// before and right after a transaction is committed. Between two of them nothing that outlives the process changes.
import { readFileSync, writeFileSync } from 'node:fs';
import module from 'node:module';
import { Socket } from 'node:net';
import { CLOCK_VARIABLE } from '../../src/core/scaled-time.ts';

export interface Plan {
  /**
   * Steps whose texts match these must have come one after the other: steps count from the last of them on, itself
   * included. Texts are `sent METHOD <request>`, `heard METHOD <reply>`, `asked METHOD`, `commit`, `committed`.
   */
  readonly after: readonly string[];
  /** The step that is the last, from 1 on; null: it is not killed. */
  readonly at: number | null;
  /** Where the last step's name is left. */
  readonly trace: string;
  /** What the plugin is to take for the time (REVENUE_OPS_CLOCK); null: what its environment says. */
  readonly clock: string | null;
}

/** Characters of a request or reply that are looked at. */
const LOOKED_AT = 400;
/** By which the plugin's own calls are told from all else that is written. */
const CALL = /"id":\s*"cl-revenue-ops:([a-z-]+)#/;
/** What may make it rebalance. */
const ASKED = /"method":"(revenue-rebalance|setconfig)"/;

function watch({ after, at, trace, clock }: Plan): void {
  if (clock !== null) process.env[CLOCK_VARIABLE] = clock;
  const awaited = after.map((text) => new RegExp(text));
  let steps = 0;
  const pass = (name: string, text = ''): void => {
    if (awaited[0]?.test(`${name} ${text}`)) awaited.shift();
    if (awaited.length > 0 || ++steps !== at) return;
    writeFileSync(trace, name);
    process.kill(process.pid, 'SIGKILL');
  };

  const toNode = new WeakSet<Socket>();
  type Write = (chunk: string | Uint8Array, ...rest: unknown[]) => boolean;
  const socket = Socket.prototype as unknown as { write: Write; push: (chunk: unknown, encoding?: unknown) => boolean };
  const { write, push } = socket;
  socket.write = function (this: Socket, chunk, ...rest) {
    const text = typeof chunk === 'string' ? chunk.slice(0, LOOKED_AT) : '';
    const method = CALL.exec(text)?.[1];
    if (method === undefined) return write.call(this, chunk, ...rest);
    toNode.add(this);
    return write.call(this, chunk, 'utf8', () => {
      pass(`sent ${method}`, text);
    });
  };
  socket.push = function (this: Socket, chunk, encoding) {
    const text = chunk instanceof Uint8Array ? Buffer.from(chunk).toString('utf8', 0, LOOKED_AT) : '';
    if (toNode.has(this)) {
      const method = CALL.exec(text)?.[1];
      if (method !== undefined) pass(`heard ${method}`, text);
    } else {
      const asked = ASKED.exec(text)?.[1];
      if (asked !== undefined) pass(`asked ${asked}`);
    }
    return push.call(this, chunk, encoding);
  };

  interface Database {
    exec(sql: string): void;
  }
  interface Engine {
    readonly DatabaseSync: new (...args: unknown[]) => Database;
  }
  type Load = (request: string, ...rest: unknown[]) => unknown;
  const loader = module as unknown as { _load: Load };
  const load = loader._load;
  // The engine cannot be changed, so that it is handed out as one that is ours.
  loader._load = function (this: unknown, request, ...rest) {
    const loaded = load.call(this, request, ...rest);
    if (request !== 'node:sqlite' && request !== '@photostructure/sqlite') return loaded;
    const { DatabaseSync } = loaded as Engine;
    return {
      DatabaseSync: class extends DatabaseSync {
        override exec(sql: string): void {
          if (sql !== 'COMMIT') {
            super.exec(sql);
            return;
          }
          pass('commit');
          super.exec(sql);
          pass('committed');
        }
      },
    };
  };
}

const path = process.env['KILL_PLAN'];
// Under lightningd every plugin of its has this in its environment.
if (path !== undefined && process.argv[1]?.endsWith('cl-revenue-ops.js'))
  watch(JSON.parse(readFileSync(path, 'utf8')) as Plan);
