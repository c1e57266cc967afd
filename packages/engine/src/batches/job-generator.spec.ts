import { type BatchTimesInfo, ManualClock, type ReceivedBlockInfo } from '@millrace/core';
import { RecordingLogger, settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { DEFAULT_BATCH_OPTIONS, type BatchOptions } from './batch-options.ts';
import { JobGenerator } from './job-generator.ts';
import type { JobGraph } from './job-graph.ts';
import { JobScheduler } from './job-scheduler.ts';
import { SkippedBatches, type SkippedRange } from './skipped-batches.ts';

/** A generator over a graph with one output, whose steps the test can make fail. */
function generatorWith(options: Partial<BatchOptions> = {}, startMs = 10_500) {
  const clock = new ManualClock(startMs);
  const log = new RecordingLogger();
  const allOptions = { ...DEFAULT_BATCH_OPTIONS, ...options };
  const world = {
    unallocated: 0,
    allocationFails: false,
    takingFails: false,
    generationFails: false,
    steps: [] as string[],
    reruns: [] as number[],
    allocated: [] as number[],
    ran: [] as number[],
    outcomes: [] as string[],
    cleared: [] as number[],
    fatal: [] as unknown[],
    told: [] as BatchTimesInfo[],
    skipped: [] as SkippedRange[],
    graphSkipped: new SkippedBatches(),
    lags: [] as number[],
    zeroTime: Number.NaN,
    isGraphStopped: false,
    blockJobs: undefined as Promise<void> | undefined,
  };
  const graph: JobGraph = {
    skipped: world.graphSkipped,
    maxInputRememberMs: 1000,
    start: (zeroTime) => void (world.zeroTime = zeroTime),
    stop: () => Promise.resolve(void (world.isGraphStopped = true)),
    takeInputs: (batchTime, { forRecord }) => {
      if (world.takingFails) return Promise.reject(new Error('no source'));
      world.steps.push(`take ${batchTime}`);
      return Promise.resolve(new Map(forRecord ? [[0, batchTime]] : []));
    },
    generateJobs: ({ batchTime, blocks }) => {
      const allocated = blocks.get(1)?.map(({ blockId }) => blockId);
      if (allocated?.join() !== `block-${batchTime}`) throw new Error(`not the input of ${batchTime}`);
      world.steps.push(`jobs ${batchTime}`);
      if (world.generationFails) return Promise.reject(new Error('bad graph'));
      const run = async () => {
        await world.blockJobs;
        world.ran.push(batchTime);
      };
      return Promise.resolve([{ batchTime, outputOperation: 0, name: 'output', run }]);
    },
    clearMetadata: () => ({ rddIds: [], blockIds: [], loggedBlockIds: [] }),
  };
  const scheduler = new JobScheduler({
    clock,
    log,
    options: allOptions,
    publish: (event, value) => {
      if (event === 'batch:completed' && 'batch' in value) {
        world.lags.push(value.batch.phases.generatorLagMs);
        if (value.batch.isRerun) world.reruns.push(value.batch.batchTime);
        world.outcomes.push(`${value.batch.batchTime} ${value.batch.outcome}`);
      }
    },
    onBatchDone: (batchTime) => generator.onBatchDone(batchTime),
    onFatal: () => {},
  });
  const generator: JobGenerator = new JobGenerator({
    clock,
    log,
    graph,
    scheduler,
    batchIntervalMs: 1000,
    options: allOptions,
    recordsInputs: true,
    allocateBlocks: (batchTime, inputs) => {
      if (world.allocationFails) return Promise.reject(new Error('log not writable'));
      world.steps.push(`record ${batchTime} ${[...inputs.values()].join()}`);
      world.allocated.push(batchTime);
      world.unallocated = 0;
      return Promise.resolve({ batchTime, blocks: new Map([[1, [blockOf(batchTime)]]]) });
    },
    publish: (_, { adjustment }) => void world.told.push(adjustment),
    recordSkipped: (range) => {
      if (world.allocationFails) return Promise.reject(new Error('log not writable'));
      world.skipped.push(range);
      world.steps.push(`skip ${range.from} ${range.to}`);
      return Promise.resolve();
    },
    hasUnallocatedBlocks: () => world.unallocated > 0,
    inputsOf: () => new Map(),
    onDone: (doneUpTo) => void world.cleared.push(doneUpTo),
    onFatal: (error) => void world.fatal.push(error),
  });
  return { clock, log, generator, scheduler, world };
}

function blockOf(batchTime: number): ReceivedBlockInfo {
  return {
    blockId: `block-${batchTime}`,
    streamId: 1,
    executorId: 'local',
    durability: 'memory',
    recordCount: 1,
    sizeBytes: 1,
  };
}

describe('JobGenerator', () => {
  it('starts at the next multiple of the interval, strictly after now', async () => {
    const { generator, world, clock } = generatorWith({}, 11_000);
    expect(generator.start()).toBe(11_000);
    await clock.advance(1000);
    expect([world.zeroTime, world.ran]).toEqual([11_000, [12_000]]);
  });

  it('makes every batch once, under its nominal time, when it falls behind (BAT-2)', async () => {
    const { generator, world, clock } = generatorWith();
    generator.start();
    let release!: () => void;
    world.blockJobs = new Promise((resolve) => (release = resolve));
    await clock.advance(3_500);
    release();
    await clock.advance(500);
    expect(world.ran).toEqual([11_000, 12_000, 13_000, 14_000]);
  });

  it('continues a tenth slower, under later times, when the clock is set back, and reports it once (BAT-2)', async () => {
    const { generator, world, clock, log } = generatorWith();
    generator.start();
    await clock.advance(2_000);
    await clock.setWallTime(10_200);
    await clock.advance(3_000);
    expect(world.ran).toEqual([11_000, 12_000, 13_000, 14_000, 15_000]);
    expect(world.told).toEqual([{ kind: 'ahead', batchTime: 13_000, differenceMs: 2_200, batchCount: 0 }]);
    expect(log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
    await clock.advance(30_000);
    // The wall clock has caught up: batches are on time again.
    expect(world.ran.at(-1)).toBe(43_000);
    expect(clock.now()).toBe(43_200);
    expect(world.told).toHaveLength(1);
  });

  it('reports every further step back', async () => {
    const { generator, world, clock } = generatorWith();
    generator.start();
    for (let step = 0; step < 3; step += 1) {
      await clock.setWallTime(clock.now() - 60_000);
      await clock.advance(5_000);
    }
    expect(world.told.map(({ kind }) => kind)).toEqual(['ahead', 'ahead', 'ahead']);
  });

  it('makes up, in order, the batches that a clock set forward has passed, and reports the step', async () => {
    const { generator, world, clock } = generatorWith();
    generator.start();
    await clock.setWallTime(15_200);
    await clock.advance(800);
    expect(world.ran).toEqual([11_000, 12_000, 13_000, 14_000, 15_000, 16_000]);
    expect(world.told).toEqual([{ kind: 'made-up', batchTime: 15_000, differenceMs: 4_200, batchCount: 4 }]);
    expect([world.skipped, world.cleared.at(-1)]).toEqual([[], 16_000]);
  });

  it('measures the lag of batches from their due time, not from their batch time', async () => {
    const { generator, world, clock } = generatorWith();
    generator.start();
    await clock.setWallTime(3_600_000_500);
    await clock.advance(1_500);
    expect(world.lags.every((lagMs) => lagMs === 0)).toBe(true);
    expect(world.lags).toHaveLength(3);
  });

  it.each([
    ['beyond the limit', { limit: 3 }],
    ['any number, with skip', 'skip'],
    ['any number, with the policy skip', { policy: 'skip' }],
  ] as const)('skips missed batches: %s', async (_, missedBatches) => {
    const { generator, world, clock } = generatorWith({ missedBatches });
    generator.start();
    await clock.advance(500);
    world.unallocated = 5;
    await clock.setWallTime(16_200);
    await clock.advance(1_000);
    expect(world.ran).toEqual([11_000, 16_000, 17_000]);
    expect(world.skipped).toEqual([{ from: 12_000, to: 15_000 }]);
    expect(world.steps.slice(3, 5)).toEqual(['skip 12000 15000', 'take 16000']);
    expect(world.told).toEqual([{ kind: 'skipped', batchTime: 16_000, differenceMs: 4_200, batchCount: 4 }]);
    // The done batch moves over the gap with the batch after the gap, not before.
    expect(world.cleared).toEqual([11_000, 16_000, 17_000]);
  });

  it('skips decades in one record', async () => {
    const { generator, world, clock } = generatorWith();
    generator.start();
    const now = Date.UTC(2026, 0, 1);
    await clock.setWallTime(now + 100);
    await clock.advance(1_000);
    expect(world.ran).toEqual([now, now + 1_000]);
    expect(world.skipped).toEqual([{ from: 11_000, to: now - 1_000 }]);
  });

  it('makes no batch after a gap that cannot be logged', async () => {
    const { generator, world, clock } = generatorWith({ missedBatches: 'skip' });
    generator.start();
    world.allocationFails = true;
    await clock.setWallTime(14_200);
    await clock.advance(2_500);
    expect([world.ran, world.skipped]).toEqual([[], []]);
    world.allocationFails = false;
    await clock.advance(2_000);
    expect(world.skipped).toEqual([{ from: 11_000, to: 13_000 }]);
    expect(world.ran).toEqual([14_000, 15_000, 16_000, 17_000, 18_000]);
  });

  it('leaves no skipped batch behind when it is halted', async () => {
    const { generator, world, clock } = generatorWith({ missedBatches: 'skip' });
    generator.start();
    world.allocationFails = true;
    await clock.setWallTime(14_200);
    await generator.halt();
    expect(generator.batchesLeft).toBe(1);
  });

  it('skips the batches missed without a driver, and repeats the batches already made', async () => {
    const { generator, world, clock } = generatorWith({ missedBatches: { limit: 2 } });
    generator.start({ zeroTime: 1_000, doneUpTo: 3_000, lastMade: 5_000 });
    await clock.advance(500);
    expect(world.ran).toEqual([4_000, 5_000, 10_000, 11_000]);
    expect(world.skipped).toEqual([{ from: 6_000, to: 9_000 }]);
    expect(world.reruns).toEqual([4_000, 5_000]);
  });

  it('continues after a gap that an earlier driver has left', async () => {
    const { generator, world, clock } = generatorWith();
    world.graphSkipped.add({ from: 6_000, to: 9_000 });
    generator.start({ zeroTime: 1_000, doneUpTo: 4_000, lastMade: 5_000 });
    await clock.advance(500);
    expect(world.ran).toEqual([5_000, 10_000, 11_000]);
    expect([world.skipped, generator.doneUpTo]).toEqual([[], 11_000]);
  });

  it('continues at its pace when restored batch times are ahead of the clock', async () => {
    const { generator, world, clock } = generatorWith();
    generator.start({ zeroTime: 1_000, doneUpTo: 60_000, lastMade: 60_000 });
    await clock.advance(3_300);
    expect(world.ran).toEqual([61_000, 62_000, 63_000]);
    expect(world.told).toEqual([{ kind: 'ahead', batchTime: 61_000, differenceMs: 49_500, batchCount: 0 }]);
  });

  it('delays a batch whose allocation cannot be logged instead of running it empty', async () => {
    const { generator, world, clock } = generatorWith();
    generator.start();
    world.allocationFails = true;
    await clock.advance(2_500);
    expect(world.ran).toEqual([]);
    world.allocationFails = false;
    await clock.advance(2_000);
    expect(world.ran.slice(0, 3)).toEqual([11_000, 12_000, 13_000]);
  });

  it('tries a failed generation again', async () => {
    const { generator, world, clock } = generatorWith();
    generator.start();
    world.generationFails = true;
    await clock.advance(600);
    world.generationFails = false;
    await clock.advance(300);
    expect(world.outcomes).toEqual(['11000 succeeded']);
  });

  it('fails a batch visibly when its jobs cannot be made (BAT-5)', async () => {
    const { generator, world, clock } = generatorWith({ onBatchFailure: 'skip' });
    generator.start();
    world.generationFails = true;
    await clock.advance(1_400);
    world.generationFails = false;
    await clock.advance(1_000);
    expect(world.outcomes).toEqual(['11000 skipped', '12000 succeeded']);
  });

  it('holds at most the bounded number of pending batches and drops none (BAT-5)', async () => {
    const { generator, scheduler, world, clock } = generatorWith({ maxPendingBatches: 2 });
    generator.start();
    let release!: () => void;
    world.blockJobs = new Promise((resolve) => (release = resolve));
    await clock.advance(5_500);
    expect(scheduler.pendingBatches()).toEqual([11_000, 12_000]);
    expect(generator.batchesLeft).toBe(4);
    release();
    await settle();
    expect(world.ran).toEqual([11_000, 12_000, 13_000, 14_000, 15_000, 16_000]);
  });

  it('reports the last batch up to which all batches are done', async () => {
    const { generator, world, clock } = generatorWith();
    generator.start();
    await clock.advance(500);
    generator.onBatchDone(13_000);
    expect(world.cleared).toEqual([11_000]);
    generator.onBatchDone(12_000);
    expect(world.cleared).toEqual([11_000, 13_000]);
  });

  it('finishes with one more batch at once when blocks still wait (REC-4)', async () => {
    const { generator, world, clock } = generatorWith();
    generator.start();
    await clock.advance(600);
    world.unallocated = 5;
    await generator.finish();
    await settle();
    expect(world.ran).toEqual([11_000, 12_000]);
    expect(world.isGraphStopped).toBe(true);
  });

  it('finishes without another batch when no block waits', async () => {
    const { generator, world, clock } = generatorWith();
    generator.start();
    await clock.advance(600);
    await generator.finish();
    expect(world.ran).toEqual([11_000]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('can be halted while an allocation is being retried (STP-1)', async () => {
    const { generator, world, clock } = generatorWith();
    generator.start();
    world.allocationFails = true;
    await clock.advance(1_600);
    await generator.halt();
    expect(generator.batchesLeft).toBe(2);
    expect(clock.pendingTimers).toBe(0);
  });

  it('takes the inputs, then records them with the blocks, then makes the jobs (BAT-4)', async () => {
    const { generator, world, clock } = generatorWith();
    generator.start();
    await clock.advance(500);
    expect(world.steps).toEqual(['take 11000', 'record 11000 11000', 'jobs 11000']);
  });

  it('fails a batch visibly when its inputs cannot be taken, with its blocks recorded (BAT-5)', async () => {
    const { generator, world, clock } = generatorWith({ onBatchFailure: 'skip' });
    generator.start();
    world.takingFails = true;
    await clock.advance(1_400);
    expect([world.allocated, world.outcomes]).toEqual([[11_000], ['11000 skipped']]);
  });

  it('continues after the last done batch: made batches again, missed batches, live batches (BAT-2)', async () => {
    const { generator, world, clock } = generatorWith();
    generator.start({ zeroTime: 4_300, doneUpTo: 6_300, lastMade: 8_300 });
    await clock.advance(1_000);
    expect(world.ran).toEqual([7_300, 8_300, 9_300, 10_300, 11_300]);
    expect(world.reruns).toEqual([7_300, 8_300]);
    expect(world.zeroTime).toBe(4_300);
  });

  it('does not reuse a time that a graceful stop used early (BAT-2)', async () => {
    const { generator, world, clock } = generatorWith();
    generator.start({ zeroTime: 4_000, doneUpTo: 11_000, lastMade: 11_000 });
    await clock.advance(1_499);
    expect(world.ran).toEqual([]);
    await clock.advance(1);
    expect([world.ran, world.told]).toEqual([[12_000], []]);
  });
});
