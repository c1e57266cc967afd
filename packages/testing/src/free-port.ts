// A port for a server that is started later, or that goes away and comes back.
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports of outgoing connections on Linux, macOS and Windows, and above the ports of services of the system. */
const PORT_MIN = 10_000;
const PORT_MAX = 32_000;
const TRIES = 100;

/**
 * A port of loopback that nobody listens on. The port is none of those that systems give to outgoing connections: while nobody
 * listens on such a port, a connection of another program may take the port, and a client that tries again and again may be
 * connected to itself.
 *
 * @throws Error of the last try when every tried port is taken.
 */
export async function freePort(): Promise<number> {
  for (let tries = 1; ; tries += 1) {
    const server = createServer();
    try {
      const port = randomInt(PORT_MIN, PORT_MAX);
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
      server.close();
      await once(server, 'close');
      return port;
    } catch (error) {
      if (tries === TRIES) throw error;
    }
  }
}
