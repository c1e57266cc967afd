// Checkpoints over three real servers: chunks, replacement, and the takeover by another driver.
import { describe, expect } from 'vitest';
import { NatsCheckpoints } from '../src/checkpoints/nats-checkpoints.ts';
import { SharedLinks } from '../src/link/shared-links.ts';
import { streamConfig } from '../src/servers/stream-plan.ts';
import { withCluster } from './with-cluster.ts';

describe('checkpoints on three servers', () => {
  const { it } = withCluster(3);

  it('are found by the next driver, which refuses the one before', async (cluster) => {
    for (const purpose of ['CTL', 'CKPT'] as const)
      await cluster.createStream({
        ...streamConfig('app', purpose, { replicas: 3 }),
        max_bytes: 32 * 1024 * 1024,
      });
    const { clock, random, log } = cluster;
    const driver = () => {
      const links = new SharedLinks({ open: () => cluster.link() }, async () => undefined);
      return new NatsCheckpoints({ links, clock, random, log, app: 'app', replicas: 3 });
    };
    const first = driver();
    expect(await first.newest()).toBeUndefined();
    const large = Buffer.alloc(1_300_000, 'abc');
    await first.write(1, Buffer.from('old'));
    await first.write(1, Buffer.from('one'));
    await first.write(2, large);
    await first.writePart(7, Buffer.from('part'));
    const second = driver();
    expect(await second.list()).toEqual([1, 2]);
    await expect(first.write(3, Buffer.from('late'))).rejects.toMatchObject({ code: 'MR_CHECKPOINT_FENCED' });
    expect(Buffer.compare((await second.newest())?.bytes ?? Buffer.alloc(0), large)).toBe(0);
    await second.prune(1);
    const third = driver();
    expect([await third.list(), await third.listParts()]).toEqual([[2], [7]]);
    expect(Buffer.from(await third.readPart(7)).toString()).toBe('part');
    // Three chunks and a part; the objects of other checkpoints, and of the refused write, are gone.
    const api = await cluster.api();
    expect(await api.subjects('ML_app_CKPT', 'ml.app.ckpt.>')).toHaveLength(4);
  });
});
