import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { ManualClock } from '@millrace/core';
import { afterEach, describe, expect, it } from 'vitest';
import type { Asking, DataConnection } from './data-connection.ts';
import { DataConnections } from './data-connections.ts';

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A server of bytes, with the sockets in the order of their connections. */
async function bytesServer() {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.resume();
    sockets.push(socket);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { sockets, address: { host: '127.0.0.1', port: (server.address() as AddressInfo).port } };
}

async function rig() {
  const { sockets, address } = await bytesServer();
  const clock = new ManualClock(0);
  const connections = new DataConnections({ clock });
  closers.push(() => connections.close());
  const socketOf = async (index: number): Promise<Socket> => {
    await expect.poll(() => sockets.length).toBeGreaterThan(index);
    return sockets[index]!;
  };
  return { sockets, socketOf, address, clock, connections, take: () => connections.take(address) };
}

/** Asks, and reads the body when `whenTold` says so. */
function asked(connection: DataConnection, whenTold?: Promise<unknown>): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let body = Buffer.alloc(0);
  let filled = 0;
  const asking: Asking = {
    onBytes: () => undefined,
    onHead: (_, sizeBytes) => {
      body = Buffer.alloc(sizeBytes);
      const read = () =>
        connection.readInto({
          free: () => body.subarray(filled),
          advance: (bytes) => void (filled += bytes),
        });
      if (whenTold === undefined) read();
      else void whenTold.then(read);
    },
    onWhole: () => resolve(body.toString('latin1')),
    onFailed: reject,
  };
  connection.ask(Buffer.from('a request'), asking);
  return promise;
}

const answer = (body: string) => `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
/** Lets the system carry bytes over loopback. */
const carried = () => new Promise((resolve) => void setTimeout(resolve, 5));

describe('connections to data servers', () => {
  it('read an answer in pieces of any size, behind signs of life', async () => {
    const { socketOf, take } = await rig();
    const outcome = asked(take());
    const socket = await socketOf(0);
    for (const byte of `HTTP/1.1 102 Processing\r\n\r\n${answer('the body')}`) {
      socket.write(byte);
      await carried();
    }
    expect(await outcome).toBe('the body');
  });

  it('serve one request after the other', async () => {
    const { sockets, socketOf, address, connections } = await rig();
    for (const body of ['', 'a', 'b'.repeat(100_000)]) {
      const connection = connections.take(address);
      const outcome = asked(connection);
      (await socketOf(0)).write(answer(body));
      expect(await outcome).toBe(body);
      connections.giveBack(address, connection);
    }
    expect(sockets).toHaveLength(1);
  });

  it.each([10, 16_384 - answer('x'.repeat(10_000)).length + 10_000, 100_000, 3_000_000])(
    'keep a body of %i bytes that waits for its memory',
    async (size) => {
      const { socketOf, take } = await rig();
      const told = Promise.withResolvers<undefined>();
      const outcome = asked(take(), told.promise);
      const body = Array.from({ length: size }, (_, index) => String.fromCharCode(65 + (index % 57))).join(
        '',
      );
      (await socketOf(0)).write(answer(body));
      await carried();
      told.resolve(undefined);
      expect((await outcome) === body).toBe(true);
    },
  );

  it('end when the server says so, or sends more than it has announced', async () => {
    const { sockets, socketOf, address, connections } = await rig();
    const texts = [
      'HTTP/1.1 200 OK\r\ncontent-length: 1\r\nconnection: close\r\n\r\nx',
      `${answer('x')}more`,
    ];
    for (const [index, text] of texts.entries()) {
      const connection = connections.take(address);
      const outcome = asked(connection);
      (await socketOf(index)).write(text);
      expect(await outcome).toBe('x');
      expect(connection.isFree).toBe(false);
      connections.giveBack(address, connection);
    }
    connections.take(address);
    await socketOf(2);
    expect(sockets).toHaveLength(3);
  });

  it('end with bytes that nobody has asked for', async () => {
    const { socketOf, address, connections, take } = await rig();
    const connection = take();
    const outcome = asked(connection);
    (await socketOf(0)).write(answer('x'));
    await outcome;
    connections.giveBack(address, connection);
    (await socketOf(0)).write('HTTP/1.1 200 OK\r\n');
    await expect.poll(() => connection.isFree).toBe(false);
    expect(take()).not.toBe(connection);
  });

  it.each([
    ['a head without an end', 'HTTP/1.1 200 OK\r\n'.padEnd(20_000, 'x')],
    ['another protocol', 'SSH-2.0-OpenSSH\r\n\r\n'],
  ])('refuse %s', async (_, text) => {
    const { socketOf, take } = await rig();
    const connection = take();
    const outcome = asked(connection);
    outcome.catch(() => undefined);
    (await socketOf(0)).write(text);
    await expect(outcome).rejects.toMatchObject({ code: 'MR_REMOTE_DATA_DAMAGED' });
    expect(connection.isFree).toBe(false);
  });

  it.each(['', 'HTTP/1.1 200', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf'])(
    'fail when the server leaves after %j',
    async (text) => {
      const { socketOf, take } = await rig();
      const outcome = asked(take());
      outcome.catch(() => undefined);
      (await socketOf(0)).end(text);
      await expect(outcome).rejects.toThrow('the connection ended before the answer');
    },
  );

  it('are not used again close to the time at which a server ends them', async () => {
    const { socketOf, address, clock, connections, take } = await rig();
    const connection = take();
    const outcome = asked(connection);
    (await socketOf(0)).write(answer('x'));
    await outcome;
    connections.giveBack(address, connection);
    await clock.advance(49_000);
    expect(take()).toBe(connection);
    connections.giveBack(address, connection);
    await clock.advance(51_000);
    expect(take()).not.toBe(connection);
  });

  it('fail with their fetcher, and begin no more', async () => {
    const { address, connections, take } = await rig();
    const outcome = asked(take());
    connections.close();
    await expect(outcome).rejects.toThrow('the connection was closed');
    expect(() => connections.take(address)).toThrow('the fetcher is closed');
  });
});
