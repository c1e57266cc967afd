// The checks of servers over the monitoring of a real server.
import { NoopLogger, SystemClock, SystemRandom } from '@millrace/core';
import { freePort, MemoryStorage } from '@millrace/testing';
import { expect, it, onTestFinished } from 'vitest';
import { notInstalled, startServer } from '../../../tools/servers/real-server.ts';
import { ClientLinks } from '../src/index.ts';
import { checkServers } from '../src/servers/server-checks.ts';

it(
  'a server that syncs is accepted, and a monitor that does not answer is refused',
  { timeout: 60_000 },
  async ({ skip }) => {
    const [monitorPort, nothing] = [await freePort(), await freePort()];
    const server = await startServer('nats', { MONITOR_PORT: String(monitorPort) });
    if (server === undefined) return skip(notInstalled('nats'));
    onTestFinished(() => server.stop());
    const clock = new SystemClock();
    const options = {
      servers: `127.0.0.1:${server.port}`,
      clientName: 'test',
      inboxPrefix: '_INBOX',
      connectTimeoutMs: 10_000,
    };
    const ports = {
      clock,
      random: new SystemRandom(),
      storage: new MemoryStorage({ clock }),
      log: new NoopLogger(),
    };
    const link = await new ClientLinks({ ...ports, options }).open('control');
    onTestFinished(() => link.close());
    const check = (port: number) =>
      checkServers(link, { clock, options: { monitors: [`http://127.0.0.1:${port}`] } });
    await expect(check(monitorPort)).resolves.toBeUndefined();
    await expect(check(nothing)).rejects.toMatchObject({ code: 'MR_CLUSTER_SYNC_UNVERIFIED' });
  },
);
