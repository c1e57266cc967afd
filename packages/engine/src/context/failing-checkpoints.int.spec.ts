// A checkpoint store that fails for days: the memory of the engine must not grow with the number of batches,
// because everything that a recovering driver needs is in the log. The test counts every Map and Set of its process, so it needs a
// process without other test files.
import { queryObjects } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { NumberSource, RestartWorld } from '../../test/restart-world.ts';
import type { StreamingContext } from './streaming-context.ts';

const BATCHES = 10_000;

/** Number of living objects of a kind; collects garbage first. */
const alive = (kind: new () => unknown): number => queryObjects(kind, { format: 'count' });

function program(sources: readonly NumberSource[], onBatch: () => void) {
  return (ssc: StreamingContext): void => {
    const [data, ranges] = sources.map((source, index) =>
      ssc.receiverStream(
        source.receiver({ replayable: true, isAlive: () => true, readsRanges: index === 1 }),
      ),
    );
    const both = data?.union(ranges ?? data);
    both?.window(3_000).foreachRDD(async (rdd) => {
      await rdd.count();
      onBatch();
    });
  };
}

describe('a store of checkpoints that fails for a long time', () => {
  it(`holds as much memory after ${BATCHES} batches as after ${BATCHES / 10} (WAL-4)`, async () => {
    const world = new RestartWorld();
    const sources = [new NumberSource(), new NumberSource()];
    let batches = 0;
    const life = world.begin(program(sources, () => (batches += 1)));
    await life.ssc.start();
    const write = world.checkpoints.write.bind(world.checkpoints);
    world.checkpoints.write = () => Promise.reject(new Error('the disk is full'));
    const run = async (count: number): Promise<void> => {
      for (let n = 0; n < count; n += 1) {
        for (const source of sources) source.produced += 1;
        await world.pass(life, 1_000);
      }
    };
    await run(BATCHES / 10);
    const before = [alive(Map), alive(Set), world.memory.size];
    await run(BATCHES - BATCHES / 10);
    expect(batches).toBe(BATCHES);
    const after = [alive(Map), alive(Set), world.memory.size];
    for (const [index, count] of after.entries()) {
      expect(Math.abs(count - (before[index] ?? 0))).toBeLessThan(50);
    }
    // All blocks that only a log can restore are present.
    expect(world.blocks.size).toBeGreaterThanOrEqual(BATCHES - 1);
    const codes = life.log.lines.map(({ fields }) => (fields?.['error'] as { code?: string })?.code);
    expect(codes.filter((code) => code === 'MR_CHECKPOINT_BEHIND')).toHaveLength(4);
    world.checkpoints.write = write;
    await run(5);
    expect(world.blocks.size).toBeLessThan(20);
    await life.ssc.stop();
  }, 180_000);
});
