// Is somebody who reads nothing of what he has asked for got rid of, and nobody else?
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { endSlowReaders } from '../../src/dashboard/slow-readers.ts';

/** More than the kernel keeps for both ends. */
const MUCH = 64 * 1024 * 1024;
const LOOK_MS = 50;

let server: Server;
let client: Socket;
afterEach(() => {
  client.destroy();
  server.closeAllConnections();
  server.close();
});

/** Asks a server that answers so; resolves with what tells that it has closed the connection. */
async function ask(answer: () => Promise<Buffer | string>): Promise<{ readonly closed: Promise<void> }> {
  server = createServer((_, response) => {
    void answer().then((body) => response.end(body));
  });
  endSlowReaders(server, LOOK_MS);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const closed = new Promise<void>((done) => {
    server.once('connection', (socket) => {
      socket.once('close', () => {
        done();
      });
    });
  });
  client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => undefined);
  client.write('GET / HTTP/1.1\r\nHost: here\r\n\r\n');
  return { closed };
}

it('who reads nothing is cut off', async () => {
  const { closed } = await ask(() => Promise.resolve(Buffer.alloc(MUCH)));
  client.pause();
  await closed;
});

it('who waits for an answer is not', async () => {
  await ask(() => sleep(10 * LOOK_MS, 'late'));
  const received = await new Promise<Buffer>((done) => client.once('data', done));
  expect(received.toString()).toContain('late');
});
