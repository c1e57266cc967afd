import { ManualClock } from '@millrace/core';
import { RecordingLogger } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { checkServers, type ServerCheckDeps } from './server-checks.ts';

const clock = new ManualClock();
const link = { server: { name: 'n1', version: '2.15.1', maxPayload: 1 } };
const varz = (name: string, change: object = {}) => ({
  server_name: name,
  version: '2.15.1',
  jetstream: { config: { sync_always: true } },
  ...change,
});
const monitors = ['http://a:8222', 'http://b:8222/'];
const deps = (documents: readonly unknown[]): ServerCheckDeps => {
  const urls = ['http://a:8222/varz', 'http://b:8222/varz'];
  return { clock, options: { monitors }, fetchJson: async (url) => documents[urls.indexOf(url)] };
};

describe('checkServers', () => {
  it('accepts servers that sync, and the word of an operator', async () => {
    const trusted = { clock, options: { syncVerified: 'by-operator' } } as const;
    await expect(checkServers(link, deps([varz('n1'), varz('n2')]))).resolves.toBeUndefined();
    await expect(checkServers(link, trusted)).resolves.toBeUndefined();
  });

  it('refuses servers of which nothing is known', async () => {
    await expect(checkServers(link, { clock, options: {} })).rejects.toMatchObject({
      code: 'MR_CLUSTER_SYNC_UNVERIFIED',
      message: expect.stringContaining("syncVerified: 'by-operator'") as string,
    });
  });

  it.each(['2.10.22', '2.11.9', '1.4.1', ''])('refuses version %j, wherever it is', async (version) => {
    const old = { server: { ...link.server, version } };
    const trusted = { clock, options: { syncVerified: 'by-operator' } } as const;
    for (const checking of [
      checkServers(old, trusted),
      checkServers(link, deps([varz('n1'), varz('n2', { version })])),
    ])
      await expect(checking).rejects.toMatchObject({
        code: 'MR_CLUSTER_SERVER_UNFIT',
        message: expect.stringContaining(`version 2.12 or newer, got ${version}`) as string,
      });
  });

  it.each([{ jetstream: { config: { sync_interval: 120_000_000_000 } } }, { jetstream: undefined }])(
    'refuses a server with %j',
    async (change) => {
      await expect(checkServers(link, deps([varz('n1'), varz('n2', change)]))).rejects.toMatchObject({
        code: 'MR_CLUSTER_SERVER_UNFIT',
        message: expect.stringContaining('write sync_interval: always into the block jetstream') as string,
        details: { server: 'n2' },
      });
    },
  );

  it('refuses monitors of other servers, and monitors that do not answer', async () => {
    await expect(checkServers(link, deps([varz('n2'), varz('n3')]))).rejects.toMatchObject({
      code: 'MR_CLUSTER_SERVER_UNFIT',
      message: expect.stringContaining('add the monitoring address of this server') as string,
    });
    const fetchJson = (_url: string, signal: AbortSignal): Promise<never> =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
    const asking = checkServers(link, { clock, options: { monitors }, fetchJson });
    const error = asking.catch((reason: unknown) => reason);
    await clock.advance(2_000);
    expect(await error).toMatchObject({
      code: 'MR_CLUSTER_SYNC_UNVERIFIED',
      message: expect.stringMatching(/no answer within 2000 ms; correct monitors/) as string,
    });
  });

  it('accepts two of three monitors while a server is lost, and refuses one of three', async () => {
    const three = ['http://a:8222', 'http://b:8222', 'http://c:8222'];
    const check = (alive: Readonly<Record<string, string>>) =>
      checkServers(link, {
        clock,
        options: { monitors: three },
        fetchJson: async (url) => {
          const name = alive[url.slice('http://'.length, -':8222/varz'.length)];
          if (name === undefined) throw new Error('connection refused');
          return varz(name);
        },
      });
    await expect(check({ a: 'n1', c: 'n3' })).resolves.toBeUndefined();
    for (const alive of [{ a: 'n1' }, { b: 'n2', c: 'n3' }])
      await expect(check(alive)).rejects.toMatchObject({ code: 'MR_CLUSTER_SYNC_UNVERIFIED' });
  });

  describe('with a system user', () => {
    const answer = (name: string, change: object = {}, { cluster = 'c', hasJetStream = true } = {}) => ({
      varz: varz(name, change),
      cluster,
      hasJetStream,
    });
    const check = (answers: readonly ReturnType<typeof answer>[], expected = 3) =>
      checkServers(link, { clock, options: {}, askSystem: async () => ({ answers, expected }) });
    const noSync = { jetstream: { config: {} } };

    it('accepts servers that sync, also while one of three is lost', async () => {
      await expect(check([answer('n1'), answer('n2'), answer('n3')])).resolves.toBeUndefined();
      await expect(check([answer('n1'), answer('n2')])).resolves.toBeUndefined();
    });

    it('looks at the servers of its own cluster, and at the sync of those with JetStream', async () => {
      const other = answer('far', noSync, { cluster: 'other' });
      const bare = answer('bare', noSync, { hasJetStream: false });
      await expect(check([answer('n1'), answer('n2'), other, bare])).resolves.toBeUndefined();
      const old = answer('bare', { ...noSync, version: '2.10.0' }, { hasJetStream: false });
      await expect(check([answer('n1'), answer('n2'), old])).rejects.toMatchObject({
        code: 'MR_CLUSTER_SERVER_UNFIT',
      });
    });

    it.each([noSync, { version: '2.11.9' }])('refuses a server with %j', async (change) => {
      await expect(check([answer('n1'), answer('n2', change)])).rejects.toMatchObject({
        code: 'MR_CLUSTER_SERVER_UNFIT',
        details: { server: 'n2' },
      });
    });

    it('refuses when most servers are silent, or the connected one', async () => {
      for (const names of [['n1'], ['n2', 'n3'], []])
        await expect(check(names.map((name) => answer(name)))).rejects.toMatchObject({
          code: 'MR_CLUSTER_SYNC_UNVERIFIED',
        });
    });
  });

  it('tells a log what nobody looks at', async () => {
    const log = new RecordingLogger();
    const options = { syncVerified: 'by-operator', replicas: 1 } as const;
    await checkServers(link, { clock, options, log });
    expect(log.messages('warn')).toEqual([
      expect.stringContaining('nobody looks at the servers of NATS'),
      expect.stringContaining('each stream has one copy'),
    ]);
    const seen = new RecordingLogger();
    await checkServers(link, { ...deps([varz('n1'), varz('n2')]), log: seen });
    expect(seen.messages('warn')).toEqual([]);
  });

  it('does not wait long for the monitor of a server that is cut off', async () => {
    const own = new ManualClock();
    const silence = (signal: AbortSignal): Promise<never> =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
    const answers: Readonly<Record<string, string>> = { a: 'n1', c: 'n3' };
    const checking = checkServers(link, {
      clock: own,
      options: { monitors: ['http://a:8222', 'http://b:8222', 'http://c:8222'] },
      fetchJson: async (url, signal) => {
        const name = answers[url.charAt('http://'.length)];
        return name === undefined ? silence(signal) : varz(name);
      },
    });
    await own.advance(250);
    await expect(checking).resolves.toBeUndefined();
  });

  it('hears of an unfit server although most others have answered before', async () => {
    const own = new ManualClock();
    const checking = checkServers(link, {
      clock: own,
      options: { monitors: ['http://a:8222', 'http://b:8222', 'http://c:8222'] },
      fetchJson: async (url) => {
        if (!url.startsWith('http://b')) return varz(url.startsWith('http://a') ? 'n1' : 'n3');
        await own.sleepFor(200);
        return varz('n2', { jetstream: undefined });
      },
    });
    const error = checking.catch((reason: unknown) => reason);
    await own.advance(250);
    expect(await error).toMatchObject({ code: 'MR_CLUSTER_SERVER_UNFIT', details: { server: 'n2' } });
  });
});
