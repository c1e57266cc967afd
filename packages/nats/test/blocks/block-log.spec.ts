// Blocks in streams: chunks, the window, full streams, elections, lost acknowledgements, lagging replicas, damage.
import { type Block, SeededRandom } from '@millrace/core';
import { recordsBlock, textBlock } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { placeOf } from '../../src/blocks/block-place.ts';
import { BlocksWorld, blockId } from './blocks-world.ts';

const MIB = 2 ** 20;

/** A block of this many bytes of lines, different for each `n`. */
function large(bytes: number, n = 0): Block {
  const line = `${n} ${'x'.repeat(1_022 - `${n}`.length)}\n`;
  return textBlock(line.repeat(Math.ceil(bytes / 1_024)));
}

const textOf = (block: Block | undefined): string =>
  block?.kind === 'text' ? Buffer.concat(block.chunks).toString() : '';

describe('a block on NATS', () => {
  it('is one message up to a mebibyte, and chunks above', async () => {
    const world = await BlocksWorld.create({ count: 1 });
    const { handler, blockStore } = await world.process();
    const small = await world.until(handler.storeBlock(blockId(0), large(MIB - 2_048)));
    const chunked = await world.until(handler.storeBlock(blockId(1), large(3 * MIB, 1)));
    expect(small.handle).toEqual({ segment: 'ML_test_BLK_0', offset: 1, length: 1 });
    expect(chunked.handle).toEqual({ segment: 'ML_test_BLK_0', offset: 2, length: 4 });
    await blockStore.remove([blockId(0), blockId(1)]);
    for (const [n, stored] of [small, chunked].entries()) {
      const back = await world.until(handler.readBlock(stored));
      expect(textOf(back)).toBe(textOf(large(n === 0 ? MIB - 2_048 : 3 * MIB, n)));
    }
  });

  it('comes back although the chunks of two executors stand between each other', async () => {
    const random = new SeededRandom(1);
    const world = await BlocksWorld.create({
      count: 1,
      latencyMs: () => 1 + random.integer(30),
      window: { messages: 2, bytes: 8 * MIB },
    });
    const executors = [await world.process(), await world.process()] as const;
    const blocks = [large(5 * MIB, 1), large(5 * MIB, 2)] as const;
    const stored = await world.until(
      Promise.all(executors.map(({ handler }, n) => handler.storeBlock(blockId(n), blocks[n] as Block))),
    );
    const places = stored.map(({ handle }) => (handle === undefined ? undefined : placeOf(handle)));
    expect(new Set(places.flatMap((place) => place?.sequences ?? [])).size).toBe(12);
    expect(stored.some(({ handle }) => handle?.segment.includes('/'))).toBe(true);
    const other = await world.process();
    for (const [n, one] of stored.entries()) {
      const info = structuredClone(one);
      expect(textOf(await world.until(other.handler.readBlock(info)))).toBe(textOf(blocks[n]));
    }
  });

  it('is read on every host after its executor is gone, and by a later driver', async () => {
    const world = await BlocksWorld.create();
    const { handler, link } = await world.process();
    const block = recordsBlock([1, 'two', { three: 3n }]);
    const stored = await world.until(handler.storeBlock(blockId(0), block));
    link.cutOff({ noticedMs: 1_000 });
    const other = await world.process();
    expect(await world.until(other.handler.readBlock(stored))).toMatchObject({
      kind: 'records',
      recordCount: 3,
    });
  });

  it('holds at most a window of unacknowledged messages', async () => {
    const world = await BlocksWorld.create({ window: { messages: 3, bytes: 8 * MIB } });
    const { handler } = await world.process();
    const releases = world.all.map((stream) => stream.hold());
    let arrived = 0;
    world.nats.serve({
      takes: (subject) => {
        if (subject.startsWith('ml.test.blk.')) arrived += 1;
        return false;
      },
      take: () => undefined,
    });
    const storing = Array.from({ length: 10 }, (_, n) => handler.storeBlock(blockId(n), large(1_024, n)));
    await world.clock.advance(100);
    expect(arrived).toBe(3);
    for (const release of releases) release();
    await world.until(Promise.all(storing));
    expect(world.messages).toBe(10);
  });
});

describe('storing a block on NATS', () => {
  it('is refused by a full stream with MR_WAL_FULL, and succeeds once there is room', async () => {
    const world = await BlocksWorld.create({ count: 1, change: { max_bytes: 3 * MIB } });
    const { handler } = await world.process();
    const keeper = await world.keeper();
    keeper.recovered();
    const first = await world.until(handler.storeBlock(blockId(0), large(2 * MIB, 0)));
    const full = world.until(handler.storeBlock(blockId(1), large(2 * MIB, 1)));
    await expect(full).rejects.toMatchObject({ code: 'MR_WAL_FULL', disposition: 'back-off' });
    // The driver makes room: the batch of the first block is released.
    const info = { ...first, streamId: 0, executorId: 'e' };
    keeper.added(info, 0);
    keeper.allocated(1_000, [info]);
    keeper.released(2_000);
    await world.settled();
    const second = await world.until(handler.storeBlock(blockId(1), large(2 * MIB, 1)));
    const other = await world.process();
    expect(textOf(await world.until(other.handler.readBlock(second)))).toBe(textOf(large(2 * MIB, 1)));
  });

  it('waits out an election, and does not fail', async () => {
    const world = await BlocksWorld.create({ streams: { electionMs: () => 8_000 } });
    const { handler } = await world.process();
    world.nats.kill('n1');
    const fromMs = world.clock.monotonicMs();
    const stored = await world.until(handler.storeBlock(blockId(0), large(1_024)));
    expect(world.clock.monotonicMs() - fromMs).toBeGreaterThan(7_000);
    expect(stored.durability).toBe('machine');
  });

  it('stores each message once when acknowledgements are lost', async () => {
    for (const servers of [1, 3]) {
      let lost = 0;
      const losesAck = (): boolean => (lost += 1) % 3 !== 0;
      const world = await BlocksWorld.create({ servers, count: 1, streams: { losesAck } });
      const { handler, blockStore } = await world.process();
      const stored = await world.until(handler.storeBlock(blockId(0), large(3 * MIB)));
      expect(world.messages).toBe(4);
      await blockStore.remove([blockId(0)]);
      expect(textOf(await world.until(handler.readBlock(stored)))).toBe(textOf(large(3 * MIB)));
    }
  });

  it('does not take another block of the same id for a repetition', async () => {
    const world = await BlocksWorld.create({ count: 1 });
    const [one, other] = [await world.process(), await world.process()];
    await world.until(one.handler.storeBlock(blockId(0), large(1_024, 1)));
    const stored = await world.until(other.handler.storeBlock(blockId(0), large(1_024, 2)));
    await other.blockStore.remove([blockId(0)]);
    expect(textOf(await world.until(other.handler.readBlock(stored)))).toBe(textOf(large(1_024, 2)));
  });

  it('ends with MR_WAL_CLOSED when the engine stops without a decision', async () => {
    const world = await BlocksWorld.create();
    const { handler } = await world.process();
    for (const stream of world.all) stream.hold();
    const storing = handler.storeBlock(blockId(0), large(1_024));
    storing.catch(() => undefined);
    await world.clock.advance(5_000);
    await world.until(handler.close());
    await expect(world.until(storing)).rejects.toMatchObject({
      code: expect.stringMatching(/CLOSED/) as string,
    });
  });
});

describe('reading a block from NATS', () => {
  it('asks the leader when a replica lags behind', async () => {
    const world = await BlocksWorld.create({ count: 1, streams: { lagMs: () => 60_000 } });
    const { handler } = await world.process();
    const stored = await world.until(handler.storeBlock(blockId(0), large(1_024)));
    for (const server of ['n1', 'n2', 'n3']) {
      const other = await world.process(server);
      expect(textOf(await world.until(other.handler.readBlock(stored)))).toBe(textOf(large(1_024)));
    }
  });

  it('waits for an answer for a while, then rejects, so that the task is tried again', async () => {
    const world = await BlocksWorld.create();
    const { handler, blockStore } = await world.process();
    const stored = await world.until(handler.storeBlock(blockId(0), large(1_024)));
    await blockStore.remove([blockId(0)]);
    for (const server of world.nats.servers) world.nats.kill(server);
    const reading = handler.readBlock(stored);
    reading.catch(() => undefined);
    const fromMs = world.clock.monotonicMs();
    await expect(world.until(reading)).rejects.toMatchObject({
      code: 'MR_CLUSTER_UNANSWERED',
      disposition: 'retry',
    });
    expect(world.clock.monotonicMs() - fromMs).toBeGreaterThan(14_000);
    for (const server of world.nats.servers) world.nats.restart(server);
    await world.clock.advance(20_000);
    expect(textOf(await world.until(handler.readBlock(stored)))).toBe(textOf(large(1_024)));
  });

  it('reports a damaged block and a removed block as lost, and no other block in its place', async () => {
    const world = await BlocksWorld.create({ count: 1 });
    const { handler, blockStore } = await world.process();
    const [damaged, removed, other] = [
      await world.until(handler.storeBlock(blockId(0), large(1_024, 0))),
      await world.until(handler.storeBlock(blockId(1), large(1_024, 1))),
      await world.until(handler.storeBlock(blockId(2), large(1_024, 2))),
    ];
    await blockStore.remove([blockId(0), blockId(1), blockId(2)]);
    const [stream] = world.all;
    stream?.damage(1, (data) => data.writeUInt8(7, 100));
    expect(await world.until(handler.readBlock(damaged))).toBeUndefined();
    const { handle } = other;
    expect(await world.until(handler.readBlock({ ...removed, ...(handle && { handle }) }))).toBeUndefined();
    const foreign = { segment: 'received-block-metadata', offset: 1, length: 1 };
    expect(await world.until(handler.readBlock({ ...removed, handle: foreign }))).toBeUndefined();
    await world.until(world.purge(3));
    expect(await world.until(handler.readBlock(removed))).toBeUndefined();
    expect(textOf(await world.until(handler.readBlock(other)))).toBe(textOf(large(1_024, 2)));
    const lost = world.log.lines.filter(({ message }) => message === 'a block cannot be read back from NATS');
    expect(lost.map(({ level }) => level)).toEqual(['error', 'error', 'error', 'error']);
  });
});
