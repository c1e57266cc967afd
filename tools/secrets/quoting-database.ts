// A server that speaks as much of PostgreSQL as a refusal needs: requests the password in the clear, and quotes the password in
// its error, as no honest server does.
import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

const STARTUP_VERSION = 196_608;
const CLEARTEXT_PASSWORD = 3;

/** Starts the server on a free port. `passwords` has each password that arrived. */
export async function startQuotingDatabase(): Promise<{
  readonly port: number;
  readonly passwords: readonly string[];
  readonly close: () => void;
}> {
  const passwords: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes: Buffer) => {
      if (bytes.length >= 8 && bytes.readInt32BE(4) === STARTUP_VERSION) {
        const request = Buffer.alloc(4);
        request.writeInt32BE(CLEARTEXT_PASSWORD);
        socket.write(message('R', request));
      } else if (bytes.toString('latin1', 0, 1) === 'p') {
        const password = bytes.toString('utf8', 5, bytes.length - 1);
        passwords.push(password);
        const fields = [
          'SFATAL',
          'VFATAL',
          'C28P01',
          `Mthe password ${password} of ann is wrong`,
          `Hnot ${password}`,
        ];
        socket.end(message('E', Buffer.from(`${fields.join('\0')}\0\0`)));
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    passwords,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function message(kind: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(kind, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}
