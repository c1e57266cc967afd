// The keeper of a log for blocks, under drivers that die: every batch that runs is one whose blocks the keeper keeps.
import { type BatchTime, type BlockId, BlockLogKeeper, provide } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { NumberSource, RestartWorld } from '../../test/restart-world.ts';
import type { StreamingContext } from './streaming-context.ts';

/** Notes the blocks that a keeper would have to keep. */
class NotingKeeper implements BlockLogKeeper {
  readonly waiting = new Map<BlockId, BatchTime>();
  readonly batches = new Map<BatchTime, readonly BlockId[]>();
  readonly early: string[] = [];
  threshold = Number.NEGATIVE_INFINITY;
  isRecovered = false;
  recoveredCalls = 0;
  /** The blocks and batches that the recovery told. */
  found = 0;

  added({ blockId }: { readonly blockId: BlockId }, timeMs: BatchTime): void {
    if (!this.isRecovered) this.found += 1;
    this.waiting.set(blockId, timeMs);
  }

  allocated(batchTime: BatchTime, blocks: readonly { readonly blockId: BlockId }[]): void {
    if (!this.isRecovered) this.found += 1;
    for (const { blockId } of blocks) this.waiting.delete(blockId);
    this.batches.set(
      batchTime,
      blocks.map(({ blockId }) => blockId),
    );
  }

  released(threshold: BatchTime): void {
    this.threshold = Math.max(this.threshold, threshold);
    for (const batchTime of this.batches.keys()) if (batchTime < threshold) this.batches.delete(batchTime);
  }

  abandoned(timeMs: BatchTime): void {
    for (const [blockId, addedMs] of this.waiting) if (addedMs < timeMs) this.waiting.delete(blockId);
  }

  recovered(): void {
    this.recoveredCalls += 1;
    this.isRecovered = true;
  }
}

describe('the keeper of a log for blocks', () => {
  it('keeps the blocks of every batch that runs, after any number of drivers (WAL-4, BAT-4)', async () => {
    for (let steps = 9; steps < 160; steps += 10) {
      const world = new RestartWorld();
      const source = new NumberSource();
      const keepers: NotingKeeper[] = [];
      const seen = new Map<BatchTime, readonly number[]>();
      const missing: string[] = [];
      const begin = (stepsToLive?: number) => {
        const keeper = new NotingKeeper();
        keepers.push(keeper);
        const program = (ssc: StreamingContext): void => {
          ssc
            .receiverStream(source.receiver({ replayable: false, isAlive: () => !world.isDead }))
            .window(2_000)
            .foreachRDD(async (rdd, { batchTime }) => {
              for (const time of [batchTime - 1_000, batchTime]) {
                if (time > 10_000 && !keeper.batches.has(time)) missing.push(`${time} of ${batchTime}`);
              }
              seen.set(batchTime, await rdd.collect());
            });
        };
        return world.begin(program, {}, stepsToLive, [provide(BlockLogKeeper, keeper)]);
      };
      const first = begin(steps);
      void first.ssc.start().catch(() => undefined);
      for (let n = 0; n < 50; n += 1) {
        source.produced += 1;
        await world.pass(first, 100);
      }
      if (!world.isDead) world.kill();
      await world.pass(undefined, 1_000);
      const second = begin();
      await second.ssc.start();
      await world.pass(second, 5_000);
      await second.ssc.stop();
      const keeper = keepers[1] as NotingKeeper;
      expect([steps, missing, keeper.recoveredCalls]).toEqual([steps, [], 1]);
      // Nothing waits at the end, and old batches are released.
      expect([steps, keeper.waiting.size, keeper.threshold > 11_000]).toEqual([steps, 0, true]);
      if (steps > 100) expect(keeper.found).toBeGreaterThan(0);
    }
  });
});
