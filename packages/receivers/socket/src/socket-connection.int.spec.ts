// The establishment and the loss of connections, with real peers on the loopback interface. Every wait is for an event.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createSecureServer, type TLSSocket } from 'node:tls';
import { isMillraceError, type Receiver } from '@millrace/core';
import { MemoryStorage } from '@millrace/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { TEST_CERTIFICATE, TEST_KEY } from '../../http/test/test-certificate.ts';
import { ObservedContext } from '../test/observed-context.ts';
import { socketFrames, socketText, socketTextOptions } from './index.ts';
import { SocketLineReader } from './socket-line-reader.ts';
import { SocketReceiver } from './socket-receiver.ts';

const CA = '/tls/ca.pem';
const KEY = '/tls/key.pem';
const ended: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ended.splice(0)) await end();
});

function start(receiver: Receiver<string>): ObservedContext {
  const storage = new MemoryStorage();
  storage.writeFile(CA, TEST_CERTIFICATE);
  storage.writeFile(KEY, TEST_KEY);
  const context = new ObservedContext({ storage });
  ended.push(() => context.end(receiver));
  void receiver.start(context);
  return context;
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A peer with TLS that sends one line to every client that completes a handshake. */
async function securePeer(options: { readonly asksForCertificate?: boolean } = {}) {
  const sockets = new Set<Socket>();
  const asks = options.asksForCertificate === true;
  const server = createSecureServer(
    {
      cert: TEST_CERTIFICATE,
      key: TEST_KEY,
      requestCert: asks,
      rejectUnauthorized: asks,
      ca: TEST_CERTIFICATE,
    },
    (socket: TLSSocket) => {
      socket.on('error', () => undefined);
      socket.write('secret\n');
    },
  );
  server.on('tlsClientError', () => undefined);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  ended.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return { port: await listening(server), sockets };
}

/** True once `start` has settled. */
function startOf(receiver: Receiver<string>) {
  const context = new ObservedContext({ storage: new MemoryStorage() });
  ended.push(() => context.end(receiver));
  const seen = { hasStarted: false };
  const started = Promise.resolve(receiver.start(context)).then(() => (seen.hasStarted = true));
  return { context, seen, started };
}

describe('start of a socket receiver', () => {
  it('resolves when the connection stands, without a byte of the peer', async () => {
    const server = createServer((socket) => void socket.on('error', () => undefined));
    const port = await listening(server);
    const { context, started } = startOf(socketText({ host: '127.0.0.1', port }).create());
    await started;
    expect(context.log.messages('info')).toContain('receiver connected');
    expect(context.restarts).toEqual([]);
    server.close();
  });

  it('settles behind the request of a restart when nobody listens', async () => {
    const server = createServer();
    const port = await listening(server);
    server.close();
    await once(server, 'close');
    const { context, started } = startOf(socketText({ host: '127.0.0.1', port }).create());
    await started;
    expect(codesOf(context)).toEqual(['MR_SOCKET_CONNECT_FAILED']);
  });

  it('settles when the receiver is stopped while it connects', async () => {
    // TEST-NET-1 of RFC 5737: an address that answers nothing.
    const receiver = socketText({ host: '192.0.2.1', port: 9 }).create();
    const { context, started } = startOf(receiver);
    await context.end(receiver);
    expect(await started).toBe(true);
  });
});

const codesOf = ({ restarts }: ObservedContext) =>
  restarts.map(({ error }) => (isMillraceError(error) ? error.code : undefined));

describe('a connection of a socket with itself', () => {
  it('counts as refused, and releases the port', async () => {
    const server = createServer();
    const port = await listening(server);
    server.close();
    await once(server, 'close');
    const options = socketTextOptions.parse({ host: '127.0.0.1', port });
    // The system selects this local port from time to time; the test selects the port always.
    const receiver = new SocketReceiver(
      options,
      (to) => connect({ ...to, localAddress: '127.0.0.1', localPort: port }),
      (context, address) => new SocketLineReader(context, options, address),
    );
    const context = start(receiver);
    await context.until(() => context.restarts.length > 0);
    expect(codesOf(context)).toEqual(['MR_SOCKET_CONNECT_FAILED']);
    expect(context.log.messages('info')).not.toContain('receiver connected');
    await context.end(receiver);
    const next = createServer().listen(port, '127.0.0.1');
    await once(next, 'listening');
    next.close();
  });
});

describe('tls', () => {
  const secure = (port: number, tls: Parameters<typeof socketText>[0]['tls']) =>
    start(socketText({ host: 'localhost', port, tls }).create());

  it('reads from a peer whose certificate is trusted', async () => {
    const { port } = await securePeer();
    const context = secure(port, { caFile: CA });
    await context.until(() => context.lines.length > 0);
    expect(context.lines).toEqual(['secret']);
  });

  it.each([
    ['is not trusted', {}],
    ['is for another name', { caFile: CA, serverName: 'other.test' }],
  ])('reads nothing from a peer whose certificate %s', async (_, tls) => {
    const { port } = await securePeer();
    const context = secure(port, tls);
    await context.until(() => context.restarts.length > 0);
    expect(codesOf(context)).toEqual(['MR_SOCKET_CONNECT_FAILED']);
    expect(context.lines).toEqual([]);
  });

  it('shows a certificate to a peer that requests one', async () => {
    const { port } = await securePeer({ asksForCertificate: true });
    const context = secure(port, { caFile: CA, certFile: CA, keyFile: KEY });
    await context.until(() => context.lines.length > 0);
    expect(context.lines).toEqual(['secret']);
  });

  it('reads nothing from a peer without TLS', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write('plain\n');
    });
    const port = await listening(server);
    ended.push(async () => void server.close());
    const context = secure(port, { caFile: CA });
    await context.until(() => context.restarts.length > 0);
    expect(codesOf(context)).toEqual(['MR_SOCKET_CONNECT_FAILED']);
    expect(context.lines).toEqual([]);
  });

  it.each([
    ['are missing', { caFile: '/tls/none.pem' }],
    ['do not fit', { certFile: KEY, keyFile: CA }],
  ])('requests a restart when its files %s, and prints no key', async (_, tls) => {
    const { port } = await securePeer();
    const context = secure(port, tls);
    await context.until(() => context.restarts.length > 0);
    expect(codesOf(context)).toEqual(['MR_SOCKET_TLS_UNUSABLE']);
    expect(JSON.stringify(context.restarts)).not.toContain('PRIVATE KEY');
  });

  it('may be stopped while its files are read', async () => {
    const { port, sockets } = await securePeer();
    const receiver = socketText({ host: 'localhost', port, tls: { caFile: CA } }).create();
    const context = start(receiver);
    await context.end(receiver);
    expect(context.restarts).toEqual([]);
    expect(sockets.size).toBe(0);
  });

  it('is named in descriptions, without its passphrase', () => {
    const tls = { certFile: CA, keyFile: KEY, passphrase: 'open-sesame' };
    const { description } = socketFrames({ host: 'h', port: 1, tls });
    expect(description).toBe('socket h:1 (TLS)');
    expect(() => socketFrames({ host: 'h', port: 1, tls: { certFile: CA } })).toThrow('together');
  });
});
