// Links over real servers, and a test for each correction of the client library.
import { SystemClock, SystemRandom } from '@millrace/core';
import { MemoryStorage, RecordingLogger, TcpProxy } from '@millrace/testing';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { notInstalled, type RealServer, startServer } from '../../../tools/servers/real-server.ts';
import { ClientLinks, type NatsLinkOptions } from '../src/index.ts';
import { linkRules } from './link-rules.ts';
import { untilTrue } from './until-true.ts';

let server: RealServer | undefined;
beforeAll(async () => {
  server = await startServer('nats');
});
afterAll(async () => {
  await server?.stop();
});

const MIB = 1024 * 1024;

async function openLink(ports: readonly number[], options: Partial<NatsLinkOptions> = {}) {
  const log = new RecordingLogger();
  const clock = new SystemClock();
  const servers = ports.map((port) => `127.0.0.1:${port}`);
  const defaults = { servers, clientName: 'test', inboxPrefix: '_INBOX', connectTimeoutMs: 10_000 };
  const deps = { clock, random: new SystemRandom(), storage: new MemoryStorage({ clock }), log };
  const link = await new ClientLinks({ ...deps, options: { ...defaults, ...options } }).open('control');
  return { link, log };
}

/** A proxy to the server, closed at the end of the test. */
async function proxyTo(port: number): Promise<TcpProxy> {
  const proxy = await TcpProxy.start({ port });
  onTestFinished(() => proxy.close());
  return proxy;
}

/** A link with two ways to the server, which come and go; the states of its connection. */
async function linkOverTwo(port: number) {
  const proxies = [await proxyTo(port), await proxyTo(port)];
  const { link } = await openLink(proxies.map((proxy) => proxy.port));
  onTestFinished(() => link.close());
  const states: boolean[] = [];
  link.onConnection((isConnected) => states.push(isConnected));
  return { link, proxies, states };
}

linkRules('ClientLink', async (skip) => {
  if (server === undefined) return skip(notInstalled('nats'));
  const proxy = await TcpProxy.start({ port: server.port });
  const { link: one, log } = await openLink([proxy.port]);
  const { link: other } = await openLink([server.port]);
  return {
    one,
    other,
    breakOne: async () => proxy.cut(),
    until: untilTrue,
    later: (ms) => new SystemClock().sleepFor(ms),
    errors: () => log.messages('error'),
    end: async () => {
      await one.close();
      await other.close();
      await proxy.close();
    },
  };
});

describe('ClientLink', () => {
  it('goes to another server when its server falls silent, also with a full socket', async ({ skip }) => {
    if (server === undefined) return skip(notInstalled('nats'));
    const { link, proxies, states } = await linkOverTwo(server.port);
    const [silent] = proxies.filter(({ connections }) => connections > 0);
    silent?.stall();
    // More than the buffers of all sockets on the way.
    for (let i = 0; i < 64; i += 1) link.publish('link.full', new Uint8Array(MIB / 2));
    await untilTrue(() => states.length === 2);
    expect(states).toEqual([false, true]);
    const taken: string[] = [];
    link.subscribe('link.again', ({ subject }) => taken.push(subject));
    link.publish('link.again', new Uint8Array(0));
    await untilTrue(() => taken.length === 1);
  });

  it('leaves a server that answers nobody at its first change', async ({ skip }) => {
    if (server === undefined) return skip(notInstalled('nats'));
    const { link, proxies, states } = await linkOverTwo(server.port);
    const left = proxies.find(({ connections }) => connections > 0);
    await untilTrue(() => {
      link.changeServer();
      return states.length === 2;
    });
    expect(states).toEqual([false, true]);
    await untilTrue(() => left?.connections === 0);
    expect(proxies.map(({ connections }) => connections).toSorted()).toEqual([0, 1]);
  });

  it('says that a message was not sent while the connection is broken', async ({ skip }) => {
    if (server === undefined) return skip(notInstalled('nats'));
    const proxy = await proxyTo(server.port);
    const { link } = await openLink([proxy.port]);
    const { link: other } = await openLink([server.port]);
    onTestFinished(() => Promise.all([link.close(), other.close()]).then(() => undefined));
    const taken: string[] = [];
    other.subscribe('link.broken', ({ data }) => taken.push(Buffer.from(data).toString()));
    await other.request('link.nobody', new Uint8Array(0), { timeoutMs: 5_000 }).catch(() => undefined);
    await proxy.setReachable(false);
    await untilTrue(() => !link.isConnected);
    const answers = Array.from({ length: 40 }, () => link.publish('link.broken', Buffer.from('lost')));
    await proxy.setReachable(true);
    await untilTrue(() => link.isConnected);
    link.publish('link.broken', Buffer.from('sent'));
    await untilTrue(() => taken.length > 0);
    expect([taken, answers.includes(true)]).toEqual([['sent'], false]);
  });

  it('rejects a request on a subject without a permission at once', async ({ skip }) => {
    if (server === undefined) return skip(notInstalled('nats'));
    const bob = { username: 'bob', password: 'correct horse battery' };
    const { link, log } = await openLink([server.port], bob);
    onTestFinished(() => link.close());
    const asked = link.request('link.denied', new Uint8Array(0), { timeoutMs: 60_000 });
    await expect(asked).rejects.toMatchObject({ code: 'MR_CLUSTER_DENIED', disposition: 'stop-engine' });
    expect(log.messages('error').length).toBeGreaterThan(0);
  });
});

describe('ClientLinks', () => {
  it('refuses wrong credentials at once, without telling them', async ({ skip }) => {
    if (server === undefined) return skip(notInstalled('nats'));
    const ann = { username: 'ann', password: 'a wrong password', connectTimeoutMs: 3_600_000 };
    const opening = openLink([server.port], ann);
    await expect(opening).rejects.toMatchObject({ code: 'MR_CLUSTER_DENIED' });
    await expect(opening).rejects.not.toThrow(/a wrong password/);
  });

  it('names the servers that cannot be reached', async ({ skip }) => {
    if (server === undefined) return skip(notInstalled('nats'));
    const proxy = await proxyTo(server.port);
    await proxy.setReachable(false);
    await expect(openLink([proxy.port], { connectTimeoutMs: 1 })).rejects.toMatchObject({
      code: 'MR_CLUSTER_UNREACHABLE',
      message: expect.stringContaining(`could not connect to 127.0.0.1:${proxy.port}: `) as string,
    });
  });

  it('waits for a server that starts later', async ({ skip }) => {
    if (server === undefined) return skip(notInstalled('nats'));
    const proxy = await proxyTo(server.port);
    await proxy.setReachable(false);
    const opening = openLink([proxy.port], { connectTimeoutMs: 60_000 });
    await proxy.setReachable(true);
    const { link } = await opening;
    expect(link.server.version).toMatch(/^\d+\.\d+\.\d+/);
    await link.close();
  });

  it('refuses files that it cannot read', async ({ skip }) => {
    if (server === undefined) return skip(notInstalled('nats'));
    for (const files of [
      { credentialsFile: 'absent.creds' },
      { nkeyFile: 'absent.nk' },
      { tls: { caFile: 'absent' } },
    ])
      await expect(openLink([server.port], files)).rejects.toMatchObject({
        code: 'MR_CLUSTER_FILES_UNUSABLE',
      });
  });
});
