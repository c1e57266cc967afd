// The keeper of blocks: failures of the servers, and a driver that wakes after a pause.
import type { ReceivedBlockInfo } from '@millrace/core';
import { textBlock } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { BlocksWorld, blockId, GRACE_MS } from './blocks-world.ts';

async function storedBlocks(
  world: BlocksWorld,
  count: number,
  from = 0,
): Promise<readonly ReceivedBlockInfo[]> {
  const { handler } = await world.process();
  const infos: ReceivedBlockInfo[] = [];
  for (let n = from; n < from + count; n += 1) {
    const stored = await world.until(handler.storeBlock(blockId(n), textBlock(`${n}\n`)));
    infos.push({ ...stored, streamId: 0, executorId: 'e' });
  }
  return infos;
}

describe('a keeper of blocks on NATS', () => {
  it('removes again what the servers could not remove', async () => {
    const world = await BlocksWorld.create({ count: 1 });
    const keeper = await world.keeper();
    const blocks = await storedBlocks(world, 3);
    keeper.recovered();
    await world.settled();
    keeper.allocated(1_000, blocks);
    for (const server of ['n1', 'n2']) world.nats.kill(server);
    keeper.released(2_000);
    await world.settled();
    expect(world.log.lines.some(({ message }) => message.includes('could not be removed'))).toBe(true);
    for (const server of ['n1', 'n2']) world.nats.restart(server);
    await world.clock.advance(30_000);
    await world.settled();
    expect(world.removed()).toBe(3);
    await keeper.close();
  });

  it('begins where an earlier driver has removed the blocks before', async () => {
    const world = await BlocksWorld.create({ count: 1 });
    const blocks = await storedBlocks(world, 5);
    await world.until(world.purge(4));
    const keeper = await world.keeper();
    keeper.allocated(1_000, blocks.slice(3));
    keeper.recovered();
    keeper.released(2_000);
    await world.settled();
    expect(world.messages).toBe(0);
    await keeper.close();
  });

  it('does not take blocks that came during a pause of its process for given up', async () => {
    const world = await BlocksWorld.create({ count: 1 });
    const keeper = await world.keeper();
    const [own] = await storedBlocks(world, 1);
    keeper.recovered();
    keeper.allocated(1_000, own === undefined ? [] : [own]);
    // Paused: no timer runs for hours, while another driver registers blocks.
    const theirs = await storedBlocks(world, 2, 1);
    const late = await storedBlocks(world, 1, 3);
    keeper.allocated(2_000, late);
    keeper.released(3_000);
    await world.settled();
    await world.clock.leapTo(world.clock.now() + 4 * GRACE_MS);
    keeper.released(3_000);
    await world.settled();
    const { handler } = await world.process();
    for (const block of theirs) expect(await world.until(handler.readBlock(block))).toBeDefined();
    await keeper.close();
  });

  it('leaves nothing at work once closed', async () => {
    const world = await BlocksWorld.create({ count: 1 });
    const keeper = await world.keeper();
    keeper.recovered();
    await world.settled();
    for (const server of world.nats.servers) world.nats.kill(server);
    keeper.allocated(1_000, await Promise.resolve([]));
    keeper.released(2_000);
    await world.until(keeper.close());
    const lines = world.log.lines.length;
    await world.clock.advance(10 * GRACE_MS);
    expect(world.log.lines).toHaveLength(lines);
  });
});
