// Everything on one server of NATS: executors on hosts, the lease, the driver's log and the blocks. A host and the driver are killed,
// another driver takes over, and each number of the source is in exactly one batch.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect } from 'vitest';
import { blockStreamConfigs } from '../src/blocks/block-streams.ts';
import { streamConfig } from '../src/servers/stream-plan.ts';
import { startHost, startNode, type StartedProcess } from './host-processes.ts';
import { numbersInBatches } from './numbers-in-batches.ts';
import type { RealCluster } from './real-cluster.ts';
import { withCluster } from './with-cluster.ts';

const PROGRAM = join(import.meta.dirname, 'programs', 'numbers.ts');
const APP = 'streams';
const BYTES_MAX = 32 * 1024 * 1024;

const directory = mkdtempSync(join(tmpdir(), 'millrace-streams-'));
const processes: StartedProcess[] = [];

afterEach(async () => {
  for (const one of processes.splice(0)) await one.stop('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

async function makeStreams(cluster: RealCluster): Promise<void> {
  const api = await cluster.api();
  const choice = { replicas: 1 };
  const configs = [
    streamConfig(APP, 'META', choice),
    streamConfig(APP, 'CTL', choice),
    ...blockStreamConfigs(APP, choice),
  ];
  for (const config of configs) await api.create({ ...config, max_bytes: BYTES_MAX });
}

function started(one: StartedProcess): StartedProcess {
  processes.push(one);
  return one;
}

describe('a program whose executors, lease, log and blocks are on NATS', () => {
  const { it } = withCluster(1);

  it('loses and repeats no number when a host and then the driver are killed, and a standby takes over', async (cluster) => {
    await makeStreams(cluster);
    const [server] = cluster.servers;
    if (server === undefined) throw new Error('the cluster has no server');
    const host = async (name: string) =>
      started(await startHost({ app: APP, name, program: PROGRAM, server }));
    const driver = () => started(startNode([PROGRAM, `127.0.0.1:${server.port}`, APP, directory, 'streams']));
    await host('h1');
    const two = await host('h2');
    const first = driver();
    await first.writes('added', 4);
    await first.writes('seen', 5);
    const second = driver();
    await second.writes('stands by');
    await two.stop('SIGKILL');
    await first.writes('lost h2-', 2);
    await first.writes('seen', first.written().split('seen').length + 5);
    await first.stop('SIGKILL');
    await second.writes('in charge');
    await second.writes('seen', 5);
    expect(await second.stop('SIGTERM')).toBe(0);
    expect(second.written()).toContain('stopped true');
    const numbers = numbersInBatches(directory);
    expect(numbers.length).toBeGreaterThan(10);
    expect(numbers).toEqual(numbers.map((_, index) => index));
  });
});
