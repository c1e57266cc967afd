import { ManualClock } from '@millrace/core';
import { RecordingLogger } from '@millrace/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { codec, requestBytes, SECRET, sendByHand } from '../../test/data-rig.ts';
import { channelPeer } from '../channel-peer.ts';
import { WorkerTransport } from '../worker-transport.ts';
import { parseDataAddress } from './data-address.ts';
import { HostData, type HostDataDeps } from './host-data.ts';

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function hostData(changed: Partial<HostDataDeps> = {}): Promise<HostData> {
  const address = { host: '127.0.0.1', port: 0 };
  const deps = { clock: new ManualClock(0), codec, log: new RecordingLogger(), address, ...changed };
  const data = await HostData.listen(deps);
  closers.push(() => data.close());
  return data;
}

/** An executor behind the port of its thread. */
function executorOf(data: HostData, executorId: string, secret = SECRET) {
  return channelPeer(new WorkerTransport(data.connect(executorId, secret)), {
    executorId,
    answer: async () => ({ buckets: [Buffer.from(executorId)] }),
    unreachable: (kind) => new Error(kind),
    onClose: () => undefined,
  });
}

async function fetched(data: HostData, to: string, count: number): Promise<string> {
  const { status, body } = await sendByHand(parseDataAddress(data.address), requestBytes({ to, count }));
  return `${status} ${body.toString('latin1').replaceAll(/[^ -~]/g, '')}`;
}

describe('the data of a host', () => {
  it('comes from the executor that a request names', async () => {
    const data = await hostData();
    executorOf(data, 'h-0.1.0');
    executorOf(data, 'h-1.1.0');
    expect(await fetched(data, 'h-1.1.0', 0)).toMatch(/^200 .*h-1\.1\.0/);
    expect(await fetched(data, 'h-0.1.0', 1)).toMatch(/^200 .*h-0\.1\.0/);
    expect(data.executors).toEqual(['h-0.1.0', 'h-1.1.0']);
  });

  it('does not come from an executor that is gone, or was never here', async () => {
    const data = await hostData();
    const executor = executorOf(data, 'h-0.1.0');
    executor.close();
    await expect.poll(() => data.executors).toEqual([]);
    expect(await fetched(data, 'h-0.1.0', 0)).toMatch(/^422 .*MR_EXECUTOR_UNREACHABLE/);
    expect(await fetched(data, 'other', 1)).toMatch(/^422 .*MR_EXECUTOR_UNREACHABLE/);
  });

  it('is protected by the secret of the newest epoch', async () => {
    const data = await hostData();
    executorOf(data, 'h-0.1.0');
    executorOf(data, 'h-1.1.0', SECRET.slice());
    expect(await fetched(data, 'h-0.1.0', 0)).toMatch(/^200/);
    expect(await fetched(data, 'h-0.1.0', 0)).toMatch(/^409/);
    executorOf(data, 'h-0.2.0', new Uint8Array(32).fill(1));
    expect(await fetched(data, 'h-0.2.0', 1)).toMatch(/^401/);
  });

  it('has an address that other hosts can use', async () => {
    const address = { host: '0.0.0.0', port: 0 };
    await expect(hostData({ address, insecureData: true })).rejects.toMatchObject({
      code: 'MR_REMOTE_DATA_ADDRESS',
    });
    const named = await hostData({ address, insecureData: true, advertise: { host: 'host-2', port: 7_070 } });
    expect(named.address).toBe('host-2:7070');
    expect((await hostData()).address).toMatch(/^127\.0\.0\.1:\d+$/);
  });
});
