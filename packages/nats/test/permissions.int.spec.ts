// The permissions that `millrace-nats init` prints, over a real server: enough for drivers, and not too much for hosts.
import { NoopLogger, SystemClock, SystemRandom } from '@millrace/core';
import { MemoryStorage } from '@millrace/testing';
import { expect, it, onTestFinished } from 'vitest';
import { notInstalled, startServer } from '../../../tools/servers/real-server.ts';
import { blockStreamConfigs } from '../src/blocks/block-streams.ts';
import { NatsCheckpoints } from '../src/checkpoints/nats-checkpoints.ts';
import { initReport } from '../src/command/init-report.ts';
import { ClientLinks } from '../src/index.ts';
import { NatsLease } from '../src/lease/nats-lease.ts';
import { SharedLinks } from '../src/link/shared-links.ts';
import { NatsLogFactory } from '../src/log/nats-log-factory.ts';
import { streamConfig } from '../src/servers/stream-plan.ts';
import { StreamApi } from '../src/streams/stream-api.ts';

const APP = 'shared';
const ONE = { replicas: 1 };
const PLANNED = [
  ...(['META', 'CTL', 'CKPT'] as const).map((purpose) => streamConfig(APP, purpose, ONE)),
  ...blockStreamConfigs(APP, ONE),
];

/** The users with the printed permissions. */
function usersOf(report: string): string {
  const [driver = '', host = ''] = [...report.matchAll(/^permissions \{[^]*?^\}/gm)].map(([text]) => text);
  return `{ user: driver, password: driver-password, ${driver} }\n{ user: host, password: host-password, ${host} }`;
}

it(
  'the printed permissions let a driver work, and keep hosts from its decisions',
  { timeout: 60_000 },
  async ({ skip }) => {
    const streams = PLANNED.map(({ name, subjects }) => ({ name, subjects, isNew: true }));
    const server = await startServer('nats', { USERS: usersOf(initReport(APP, streams)) });
    if (server === undefined) return skip(notInstalled('nats'));
    onTestFinished(() => server.stop());
    const ports = { clock: new SystemClock(), random: new SystemRandom(), log: new NoopLogger() };
    const linksOf = (user: string): SharedLinks => {
      const connection = {
        servers: `127.0.0.1:${server.port}`,
        username: user,
        password: `${user}-password`,
      };
      const defaults = { clientName: 'test', inboxPrefix: '_INBOX', connectTimeoutMs: 10_000 };
      const options =
        user === 'anyone' ? { ...connection, password: user, ...defaults } : { ...connection, ...defaults };
      const links = new ClientLinks({
        ...ports,
        storage: new MemoryStorage({ clock: ports.clock }),
        options,
      });
      const shared = new SharedLinks(links, async () => undefined);
      onTestFinished(() => shared.close());
      return shared;
    };
    const maker = new StreamApi(await linksOf('anyone').open('control'), 5_000);
    for (const config of PLANNED) await maker.create({ ...config, max_bytes: 16 * 1024 * 1024 });

    const links = linksOf('driver');
    const lease = new NatsLease({ ...ports, links, plan: () => streamConfig(APP, 'CTL', ONE) });
    const { signal } = new AbortController();
    await lease.acquire({ application: APP, signal, onStandby: () => undefined });
    const plan = () => streamConfig(APP, 'META', ONE);
    const log = await new NatsLogFactory({ ...ports, links, inboxPrefix: '_INBOX', plan }).open('log');
    const handle = await log.write(Buffer.from('decision'), 1);
    const found: string[] = [];
    for await (const { payload } of log.readAll()) found.push(Buffer.from(payload).toString());
    await log.write(Buffer.from('next'), 2);
    await log.clean(2);
    expect(found).toEqual(['decision']);
    await expect(log.read(handle)).rejects.toMatchObject({ code: 'MR_CLUSTER_ENTRY_NOT_FOUND' });
    const checkpoints = new NatsCheckpoints({ ...ports, links, app: APP, replicas: 1 });
    await checkpoints.write(1, Buffer.from('replaced'));
    await checkpoints.write(1, Buffer.from('state'));
    expect(Buffer.from((await checkpoints.newest())?.bytes ?? []).toString()).toBe('state');
    const driver = new StreamApi(await links.open('control'), 5_000);
    for (const purpose of ['META', 'CTL'] as const)
      // Allowed, and refused by a server that is alone.
      await expect(driver.stepDown(streamConfig(APP, purpose, ONE).name, 'other')).rejects.toMatchObject({
        code: 'MR_CLUSTER_REFUSED',
      });
    await log.close();
    await lease.release({ handOver: true });

    const host = new StreamApi(await linksOf('host').open('control'), 5_000);
    const data = Buffer.from('x');
    const denied = { code: 'MR_CLUSTER_DENIED' };
    for (const subject of [`ml.${APP}.meta`, `ml.${APP}.ctl.lease`, `ml.${APP}.ckpt.a.0`])
      await expect(host.append({ subject, data })).rejects.toMatchObject(denied);
    for (const purpose of ['META', 'CTL', 'CKPT'] as const) {
      const { name } = streamConfig(APP, purpose, ONE);
      await expect(host.get(name, { sequence: 1 })).rejects.toMatchObject(denied);
      await expect(host.info(name)).rejects.toMatchObject(denied);
      await expect(host.purge(name, {})).rejects.toMatchObject(denied);
      await expect(host.stepDown(name, 'other')).rejects.toMatchObject(denied);
    }
    expect(await host.append({ subject: `ml.${APP}.blk.0`, data })).toMatchObject({ kind: 'stored' });
    expect((await host.getAnywhere(`ML_${APP}_BLK_0`, 1))?.sequence).toBe(1);
    await expect(host.purge(`ML_${APP}_BLK_0`, {})).rejects.toMatchObject(denied);
  },
);
