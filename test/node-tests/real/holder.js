#!/usr/bin/env node
// A hop that keeps what it is to pass on. A plugin with the htlc_accepted hook: while the file `hold` stands in lightningd's
// folder no HTLC goes on; once it is gone those held do, or, where a file `refuse` stands instead, fail.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** BOLT 4's temporary_node_failure. */
const REFUSAL = '2002';

let folder = '';
const reply = (id, result) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, result })}\n\n`);

function decide(id) {
  if (existsSync(join(folder, 'hold'))) setTimeout(decide, 50, id);
  else if (existsSync(join(folder, 'refuse'))) reply(id, { result: 'fail', failure_message: REFUSAL });
  else reply(id, { result: 'continue' });
}

let text = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk) => {
  text += chunk;
  const messages = text.split('\n\n');
  text = messages.pop() ?? '';
  for (const message of messages) {
    const { id, method, params } = JSON.parse(message);
    if (id === undefined) continue;
    if (method === 'getmanifest')
      reply(id, { options: [], rpcmethods: [], hooks: [{ name: 'htlc_accepted' }], dynamic: false });
    else if (method === 'init') {
      folder = params.configuration['lightning-dir'];
      reply(id, {});
    } else decide(id);
  }
});
process.stdin.on('end', () => process.exit(0));
