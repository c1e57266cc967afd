// Blocks over three real servers that are killed, and streams that are full.
import type { Block, StoredBlock } from '@millrace/core';
import { textBlock } from '@millrace/testing';
import { describe, expect } from 'vitest';
import { NatsBlockKeeper } from '../../src/blocks/nats-block-keeper.ts';
import { withCluster } from '../with-cluster.ts';
import { blockId } from './blocks-world.ts';
import { RealBlocks } from './real-blocks.ts';

const { it } = withCluster(3);
const MIB = 2 ** 20;

function large(bytes: number, n: number): Block {
  const line = `${n} ${'x'.repeat(1_022 - `${n}`.length)}\n`;
  return textBlock(line.repeat(Math.ceil(bytes / 1_024)));
}

const textOf = (block: Block | undefined): string =>
  block?.kind === 'text' ? Buffer.concat(block.chunks).toString() : '';

describe('blocks on real servers of NATS', () => {
  it('come back, small and in chunks, from another process', async (cluster) => {
    const blocks = await RealBlocks.create(cluster);
    const { handler } = await blocks.process();
    const sizes = [1_024, MIB, 5 * MIB];
    const stored = await Promise.all(
      sizes.map((bytes, n) => handler.storeBlock(blockId(n), large(bytes, n))),
    );
    const other = await blocks.process();
    for (const [n, one] of stored.entries())
      expect(textOf(await other.handler.readBlock(structuredClone(one)))).toBe(
        textOf(large(sizes[n] ?? 0, n)),
      );
    expect(await blocks.messages()).toBe(1 + 2 + 6);
  });

  it('are all there after the leaders were killed, each message once', async (cluster) => {
    const blocks = await RealBlocks.create(cluster);
    const { handler } = await blocks.process();
    const stored: StoredBlock[] = [];
    let killed = 0;
    for (let n = 0; n < 60; n += 1) {
      if (n % 20 === 10) {
        const [config] = blocks.configs;
        const leader = (await blocks.api.info(config?.name ?? ''))?.cluster?.leader;
        const server = cluster.server(leader);
        await server.kill();
        await server.restart();
        killed += 1;
      }
      stored.push(await handler.storeBlock(blockId(n), large(64 * 1_024, n)));
    }
    expect(killed).toBe(3);
    const other = await blocks.process();
    for (const [n, one] of stored.entries())
      expect(textOf(await other.handler.readBlock(one))).toBe(textOf(large(64 * 1_024, n)));
    expect(await blocks.messages()).toBe(60);
  });

  it('are refused by full streams with MR_WAL_FULL, until the keeper has made room', async (cluster) => {
    const blocks = await RealBlocks.create(cluster, { max_bytes: 4 * MIB });
    const { handler, connection } = await blocks.process();
    const { clock, log } = cluster;
    const streams = blocks.configs.map(({ name }) => name);
    const keeper = new NatsBlockKeeper({ connection, clock, log, streams, registrationGraceMs: 3_600_000 });
    keeper.recovered();
    const stored: StoredBlock[] = [];
    let refusal: unknown;
    for (let n = 0; refusal === undefined; n += 1) {
      await handler.storeBlock(blockId(n), large(900 * 1_024, n)).then(
        (block) => stored.push(block),
        (error: unknown) => (refusal = error),
      );
    }
    expect(refusal).toMatchObject({ code: 'MR_WAL_FULL', disposition: 'back-off' });
    const infos = stored.map((block) => ({ ...block, streamId: 0, executorId: 'e' }));
    keeper.allocated(1_000, infos);
    keeper.released(2_000);
    await keeper.settled();
    expect(await blocks.messages()).toBe(0);
    const id = blockId(stored.length);
    await expect(handler.storeBlock(id, large(900 * 1_024, stored.length))).resolves.toMatchObject({
      blockId: id,
    });
    await keeper.close();
  });
});
