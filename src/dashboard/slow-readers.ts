// How long is an answer kept for somebody who does not read it?
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * From now on ends connections that have taken nothing, of what waits for them, from one look to the next. Who waits for
 * us may do so as long as it takes: an order takes minutes.
 * @param everyMs between two looks
 */
export function endSlowReaders(server: Server, everyMs: number): void {
  /** Bytes that have left, at the last look at which some waited. */
  const taken = new Map<Socket, number>();
  server.on('connection', (socket) => {
    taken.set(socket, -1);
    socket.once('close', () => taken.delete(socket));
  });
  const look = setInterval(() => {
    for (const [socket, before] of taken) {
      const now = socket.writableLength === 0 ? -1 : socket.bytesWritten - socket.writableLength;
      if (now >= 0 && now === before) socket.destroy();
      else taken.set(socket, now);
    }
  }, everyMs);
  look.unref();
  server.once('close', () => {
    clearInterval(look);
  });
}
