// Where is the demonstration's dashboard, and how does one get in?
import { createServer } from 'node:net';
import type { Session } from './session.ts';

/** The port that the documents name. */
const USUAL_PORT = 9737;

const isFree = (port: number): Promise<number | null> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(null);
    });
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  });

/** The usual one where nobody has it, else any. */
export const freeAddress = async (): Promise<string> =>
  `127.0.0.1:${(await isFree(USUAL_PORT)) ?? (await isFree(0)) ?? USUAL_PORT}`;

/** With a rune in the part that no browser sends to anybody, so that a click is enough. */
export async function dashboardUrl(session: Session, address: string): Promise<string> {
  const reply = (await session.call('createrune', { restrictions: [['method^revenue-']] })) as { rune: string };
  return `http://${address}/#rune=${reply.rune}`;
}
