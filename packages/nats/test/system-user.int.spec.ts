// The checks of servers by a system user, over three real servers: every server is looked at through a connection to one of them.
import { NoopLogger, SystemClock, SystemRandom } from '@millrace/core';
import { schemaByTable } from '@millrace/core/engine';
import { MemoryStorage } from '@millrace/testing';
import { expect, it, onTestFinished } from 'vitest';
import { startNatsCluster } from '../../../tools/servers/real-nats.ts';
import { notInstalled } from '../../../tools/servers/real-server.ts';
import { checkedLinks } from '../src/servers/checked-links.ts';
import {
  CLUSTER_RULES,
  clusterMismatches,
  type NatsClusterInput,
  type NatsClusterOptions,
} from '../src/servers/cluster-options.ts';

const schema = schemaByTable<NatsClusterInput, NatsClusterOptions>(CLUSTER_RULES, clusterMismatches);
const SYSTEM = { SYSTEM_USERS: '{ user: sys, password: sys-password }' };

/** Opens a link to the first server, as a part of an application does, with the checks of this user. */
function linksAs(port: number | undefined, systemUser: NatsClusterOptions['systemUser']) {
  const clock = new SystemClock();
  const options = schema.parse({ servers: `127.0.0.1:${port}`, app: 'checked', systemUser });
  const ports = {
    clock,
    random: new SystemRandom(),
    storage: new MemoryStorage({ clock }),
    log: new NoopLogger(),
  };
  const links = checkedLinks({ ...ports, options });
  onTestFinished(() => links.close());
  return links;
}

it(
  'a system user finds the server that does not sync, and no other user does',
  { timeout: 120_000 },
  async ({ skip }) => {
    const sync = { SYNC_INTERVAL: '2m' };
    const servers = await startNatsCluster(3, (index) => ({ ...SYSTEM, ...(index === 2 ? sync : {}) }));
    if (servers === undefined) return skip(notInstalled('nats'));
    onTestFinished(async () => {
      for (const server of servers) await server.stop();
    });
    const user = { username: 'sys', password: 'sys-password' };
    const open = (systemUser: NatsClusterOptions['systemUser']) =>
      linksAs(servers[0]?.port, systemUser)
        .open('control')
        .then(
          () => 'opened',
          (error: unknown) => error,
        );
    // Servers of a young cluster find each other within seconds.
    await expect
      .poll(() => open(user), { timeout: 60_000, interval: 200 })
      .toMatchObject({ code: 'MR_CLUSTER_SERVER_UNFIT', details: { server: 'millrace-3' } });
    expect(await open({ username: 'ann', password: 'correct horse battery' })).toMatchObject({
      code: 'MR_CLUSTER_SYNC_UNVERIFIED',
    });
    await servers[2]?.kill();
    await expect.poll(() => open(user), { timeout: 60_000, interval: 200 }).toBe('opened');
  },
);
