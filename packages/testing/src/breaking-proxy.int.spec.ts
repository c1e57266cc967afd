import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { BreakingProxy } from './breaking-proxy.ts';
import { untilTrue } from './until-true.ts';

/** A server that answers everything and keeps what comes, behind a proxy with one client. */
async function connected() {
  const received: string[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      received.push(bytes.toString());
      socket.write(`did ${bytes.toString()}`);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy = await BreakingProxy.start((server.address() as AddressInfo).port);
  onTestFinished(async () => {
    await proxy.close();
    server.close();
  });
  const client = connect({ host: proxy.host, port: proxy.port });
  const answers: string[] = [];
  client.on('error', () => undefined);
  client.on('data', (bytes) => answers.push(bytes.toString()));
  await once(client, 'connect');
  return { proxy, client, answers, received };
}

/** Resolves when the connection has ended; `once` would reject at the reset. */
async function ended(client: Socket): Promise<void> {
  await new Promise((resolve) => void client.once('close', resolve));
}

async function sent(client: Socket, text: string): Promise<void> {
  const closed = ended(client);
  client.write(text);
  await closed;
}

it('passes bytes in both directions', async () => {
  const { proxy, client, answers, received } = await connected();
  proxy.breakAt({ at: 'COMMIT' });
  client.write('INSERT');
  await untilTrue(() => answers.length > 0);
  expect({ received, answers, isDone: proxy.isDone }).toEqual({
    received: ['INSERT'],
    answers: ['did INSERT'],
    isDone: false,
  });
});

it('breaks before the server gets the bytes', async () => {
  const { proxy, client, answers, received } = await connected();
  proxy.breakAt({ at: 'COMMIT' });
  await sent(client, 'COMMIT');
  expect({ received, answers, isDone: proxy.isDone }).toEqual({ received: [], answers: [], isDone: true });
});

it('loses only the answer of bytes that take effect', async () => {
  const { proxy, client, answers, received } = await connected();
  let met = 0;
  proxy.breakAt({ at: (bytes) => bytes[0] === 67, takesEffect: true, onMet: () => (met += 1) });
  await sent(client, 'COMMIT');
  expect({ received, answers, met }).toEqual({ received: ['COMMIT'], answers: [], met: 1 });
});

it('resets every connection on command', async () => {
  const { proxy, client } = await connected();
  const closed = ended(client);
  proxy.cut();
  await closed;
  expect(client.destroyed).toBe(true);
});
