// What does a node with a long history answer? A process that speaks paged listforwards over a unix socket, busy so
// little that it does not bound what is measured on the other side: while one page is taken in it renders the next.
import { createServer } from 'node:net';

const SECONDS_PER_DAY = 86_400;
/** History is spread evenly over the longest window, so that rollups are as dense as they get. */
const DAYS = 90;
/** Coprime with any number of channels below it, so that every channel has its turn. */
const STRIDE = 7919;

export interface History {
  readonly forwards: number;
  readonly channels: number;
  /** Unix seconds of the last forward. */
  readonly end: number;
}

export const scidOf = (channel: number): string => `${String(700_000 + channel)}x${String(1 + (channel % 2000))}x1`;

/** One forward as lightningd writes it: 70 % settle, 20 % fail further on, 10 % find no liquidity here. */
export function render(history: History, index: number): string {
  const { forwards, channels, end } = history;
  const i = index - 1;
  const round = Math.floor(i / channels);
  const into = (i * STRIDE) % channels;
  const out = (into + 1 + (round % (channels - 1))) % channels;
  const received = end - (1 - index / forwards) * DAYS * SECONDS_PER_DAY;
  const outMsat = 1_000_000 + ((index * 7_368_787) % 500_000_000);
  const fee = 1000 + Math.floor((outMsat * 250) / 1_000_000);
  const head = `{"created_index":${index},"in_channel":"${scidOf(into)}","in_htlc_id":${round},"in_msat":${outMsat + fee},"out_channel":"${scidOf(out)}","received_time":${received.toFixed(9)},"style":"tlv"`;
  if (index % 10 === 9)
    return `${head},"status":"local_failed","failcode":4103,"failreason":"WIRE_TEMPORARY_CHANNEL_FAILURE"}`;
  const status = index % 10 < 7 ? 'settled' : 'failed';
  return `${head},"updated_index":${index},"out_htlc_id":${round},"out_msat":${outMsat},"fee_msat":${fee},"status":"${status}","resolved_time":${(received + 1.25).toFixed(9)}}`;
}

function renderPage(history: History, start: number, limit: number): string {
  const rows: string[] = [];
  for (let index = start; index < start + limit && index <= history.forwards; index++)
    rows.push(render(history, index));
  return `{"forwards":[${rows.join(',')}]}`;
}

interface Call {
  readonly id: string;
  readonly method: string;
  readonly params: { readonly index: string; readonly start: number; readonly limit: number };
}

/** Answers `wait` and `listforwards` until the process ends; tells its parent when it listens. */
export function serveForwards(socketPath: string, history: History): void {
  const ready = new Map<number, string>();
  const server = createServer((socket) => {
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const call = JSON.parse(text.slice(0, end)) as Call;
        text = text.slice(end + 2);
        socket.write(`{"jsonrpc":"2.0","id":${JSON.stringify(call.id)},"result":${answer(call)}}\n\n`);
      }
    });
  });

  function answer({ method, params }: Call): string {
    if (method !== 'listforwards') return `{"subsystem":"forwards","created":${history.forwards},"updated":0}`;
    if (params.index === 'updated') return '{"forwards":[]}';
    const page = ready.get(params.start) ?? renderPage(history, params.start, params.limit);
    ready.clear();
    const next = params.start + params.limit;
    setImmediate(() => ready.set(next, renderPage(history, next, params.limit)));
    return page;
  }

  server.listen(socketPath, () => process.send?.('listening'));
  process.on('disconnect', () => process.exit(0));
}
