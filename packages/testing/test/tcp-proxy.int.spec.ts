// Real sockets on loopback; every wait is for an event.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TcpProxy } from '../src/index.ts';

let echo: Server;
let proxy: TcpProxy;
const sockets: Socket[] = [];
/** The server's sides of connections, in order. */
const served: Socket[] = [];

beforeEach(async () => {
  echo = createServer((socket) => {
    served.push(socket);
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  proxy = await TcpProxy.start({ port: (echo.address() as AddressInfo).port, maxConnections: 3 });
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await proxy.close();
  await proxy.close();
  expect(proxy.connections).toBe(0);
  for (const socket of served.splice(0)) socket.destroy();
  echo.close();
  await once(echo, 'close');
});

async function connected(): Promise<Socket> {
  const socket = connect(proxy.port, proxy.host);
  sockets.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

async function answerTo(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  return bytes.toString();
}

/** The end of a connection as its client sees the end. */
async function endOf(socket: Socket): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  socket.once('close', () => resolve('closed'));
  return await promise;
}

describe('TcpProxy', () => {
  it('passes bytes in both directions, and counts them', async () => {
    const socket = await connected();
    expect(await answerTo(socket, 'hello')).toBe('hello');
    expect([proxy.sentBytes, proxy.receivedBytes, proxy.connections]).toEqual([5, 5, 1]);
  });

  it('passes the end of a side, and what follows from the other', async () => {
    const socket = await connected();
    const end = once(socket, 'end');
    socket.end('last words');
    socket.resume();
    await end;
    expect(proxy.receivedBytes).toBe(10);
  });

  it('cuts every connection once', async () => {
    const [one, other] = [await connected(), await connected()];
    await answerTo(one, 'a');
    await answerTo(other, 'b');
    const ends = Promise.all([endOf(one), endOf(other)]);
    proxy.cut();
    expect(await ends).toEqual(['ECONNRESET', 'ECONNRESET']);
    expect(await answerTo(await connected(), 'again')).toBe('again');
  });

  it('refuses connections until it is reachable again, on the same port', async () => {
    const before = await connected();
    await answerTo(before, 'a');
    const end = endOf(before);
    await proxy.setReachable(false);
    await proxy.setReachable(false);
    expect(await end).toBe('ECONNRESET');
    const refused = connect(proxy.port, proxy.host);
    expect(await endOf(refused)).toBe('ECONNREFUSED');
    await proxy.setReachable(true);
    await proxy.setReachable(true);
    expect(await answerTo(await connected(), 'back')).toBe('back');
  });

  it('stalls bytes, which go on afterwards', async () => {
    const socket = await connected();
    await answerTo(socket, 'a');
    proxy.stall();
    const later = await connected();
    let isAnswered = false;
    const answers = Promise.all([answerTo(socket, 'held'), answerTo(later, 'held too')]).finally(
      () => (isAnswered = true),
    );
    // A connection past the proxy shows that the server had its time.
    const direct = connect((echo.address() as AddressInfo).port, '127.0.0.1');
    sockets.push(direct);
    expect(await answerTo(direct, 'direct')).toBe('direct');
    expect([isAnswered, proxy.sentBytes]).toEqual([false, 1]);
    proxy.flow();
    expect(await answers).toEqual(['held', 'held too']);
  });

  it('holds a sender back while the bytes are stalled', async () => {
    const socket = await connected();
    await answerTo(socket, 'a');
    proxy.stall();
    const piece = Buffer.alloc(1_048_576);
    for (let sent = 0; sent < 64; sent += 1) socket.write(piece);
    expect(socket.writableLength).toBeGreaterThan(32 * piece.length);
    expect(proxy.sentBytes).toBe(1);
  });

  it('goes silent: the server is gone, and its client does not learn', async () => {
    const socket = await connected();
    await answerTo(socket, 'a');
    const [server] = served;
    const gone = new Promise((resolve) => server?.once('close', resolve));
    proxy.goSilent();
    await gone;
    let isEnded = false;
    const end = endOf(socket).finally(() => (isEnded = true));
    socket.write('anybody?');
    const direct = connect((echo.address() as AddressInfo).port, '127.0.0.1');
    sockets.push(direct);
    await answerTo(direct, 'direct');
    expect([isEnded, proxy.connections]).toEqual([false, 1]);
    proxy.flow();
    expect(await end).toBe('ECONNRESET');
    expect(await answerTo(await connected(), 'again')).toBe('again');
  });

  it('bounds its connections', async () => {
    for (let i = 0; i < 3; i += 1) await answerTo(await connected(), 'a');
    const fourth = connect(proxy.port, proxy.host);
    expect(await endOf(fourth)).toBe('ECONNRESET');
  });

  it('passes on that the server is away', async () => {
    const away = await TcpProxy.start({ port: (echo.address() as AddressInfo).port });
    await away.close();
    const behind = await TcpProxy.start({ port: away.port });
    const socket = connect(behind.port, behind.host);
    expect(await endOf(socket)).toBe('closed');
    await behind.close();
  });
});
