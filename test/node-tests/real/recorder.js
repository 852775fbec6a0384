#!/usr/bin/env node
// Which calls does lightningd get, from whom? A plugin with the rpc_command hook, which writes each one down, whole,
// before lightningd acts on it.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

let file = '';

function answer(method, params) {
  switch (method) {
    case 'getmanifest':
      return { options: [], rpcmethods: [], hooks: [{ name: 'rpc_command' }], dynamic: false };
    case 'init':
      file = join(params.configuration['lightning-dir'], 'calls.jsonl');
      return {};
    default:
      appendFileSync(file, `${JSON.stringify(params.rpc_command)}\n`);
      return { result: 'continue' };
  }
}

let text = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk) => {
  text += chunk;
  // lightningd ends each message with an empty line, and writes none within.
  const messages = text.split('\n\n');
  text = messages.pop() ?? '';
  for (const message of messages) {
    const { id, method, params } = JSON.parse(message);
    process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, result: answer(method, params) })}\n\n`);
  }
});
process.stdin.on('end', () => process.exit());
