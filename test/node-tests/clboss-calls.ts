// What does one ask of a clboss to know it by its answers? The same calls, in one order, of the real one and of ours.
import { RpcFailure, type Json, type Params } from './rpc.ts';

export const FIRST = `02${'b3'.repeat(32)}`;
export const SECOND = `03${'4d'.repeat(32)}`;
const NOBODY = '0'.repeat(66);

const CALLS: readonly Params[] = [
  { nodeid: FIRST, tags: 'open,close' },
  { nodeid: SECOND, tags: 'lnfee' },
  // Replaced, not added to.
  { nodeid: SECOND, tags: 'balance' },
  [SECOND, 'lnfee'],
  { nodeid: FIRST, tags: '' },
  // Comes back in its old place.
  { nodeid: FIRST, tags: 'open' },
  // What no tag is.
  { nodeid: SECOND, tags: 'rebalance' },
  { nodeid: SECOND, tags: 'lnfee, balance' },
  { nodeid: SECOND, tags: ' ' },
  { nodeid: SECOND, tags: 'LNFEE' },
  { nodeid: SECOND, tags: 'what,nope' },
  // What no list of tags is.
  { nodeid: SECOND, tags: ['lnfee'] },
  { nodeid: SECOND, tags: 5 },
  { nodeid: SECOND, tags: null },
  { nodeid: SECOND },
  [SECOND],
  // What no node is, and what is one.
  { nodeid: 'zz', tags: 'lnfee' },
  { nodeid: 'zz', tags: 5 },
  { nodeid: '', tags: '' },
  { nodeid: `05${SECOND.slice(2)}`, tags: 'lnfee' },
  { nodeid: 5, tags: 'lnfee' },
  { tags: 'lnfee' },
  {},
  [],
  { nodeid: NOBODY, tags: 'open' },
  { nodeid: SECOND.toUpperCase(), tags: 'close' },
  // Empty parts, repeated ones, and parameters that mean nothing.
  { nodeid: SECOND, tags: 'lnfee,,balance,' },
  { nodeid: SECOND, tags: ',lnfee,lnfee' },
  { nodeid: SECOND, tags: 'lnfee', nonsense: 1 },
  [SECOND, 'balance', 'nonsense'],
  { nodeid: SECOND, tags: 'open,lnfee,close,balance' },
];

type Call = (method: string, params?: Params) => Promise<Json>;

/** Built without valgrind at hand, clboss tells in its refusals where in itself they arose. */
const plain = (message: string): string => message.split('\nBacktrace:', 1)[0] ?? '';

async function answer(call: Call, method: string, params: Params): Promise<unknown> {
  try {
    return await call(method, params);
  } catch (error) {
    if (!(error instanceof RpcFailure)) throw error;
    return { code: error.code, message: plain(error.message), data: error.data };
  }
}

const tagsOf = async (call: Call): Promise<unknown> => Object.entries((await call('clboss-status'))['unmanaged'] ?? {});

/** Each call with its answer and what was unmanaged after it, in clboss's order. */
export async function interview(call: Call): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (const params of CALLS) answers.push([params, await answer(call, 'clboss-unmanage', params), await tagsOf(call)]);
  const others: readonly (readonly [string, Params])[] = [
    ['check', { command_to_check: 'clboss-unmanage', nodeid: 'zz', tags: 'x' }],
    ['help', { command: 'clboss-unmanage' }],
    ['help', { command: 'clboss-status' }],
    ['clboss-manage', { nodeid: SECOND }],
  ];
  for (const [method, params] of others) answers.push([method, await answer(call, method, params)]);
  return answers;
}
