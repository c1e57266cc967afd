import { ManualClock } from '@millrace/core';
import { RecordingLogger, settle } from '@millrace/harness';
import { describe, expect, it } from 'vitest';
import { DEFAULT_BATCH_OPTIONS, type BatchOptions } from './batch-options.ts';
import { JobGenerator } from './job-generator.ts';
import type { JobGraph } from './job-graph.ts';
import { JobScheduler } from './job-scheduler.ts';

/** A generator over a graph with one output, whose steps can be made to fail. */
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
    zeroTime: Number.NaN,
    isGraphStopped: false,
    blockJobs: undefined as Promise<void> | undefined,
  };
  const graph: JobGraph = {
    maxInputRememberMs: 1000,
    start: (zeroTime) => void (world.zeroTime = zeroTime),
    stop: () => Promise.resolve(void (world.isGraphStopped = true)),
    takeInputs: (batchTime, { forRecord }) => {
      if (world.takingFails) return Promise.reject(new Error('no source'));
      world.steps.push(`take ${batchTime}`);
      return Promise.resolve(new Map(forRecord ? [[0, batchTime]] : []));
    },
    generateJobs: (batchTime) => {
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
      return Promise.resolve();
    },
    hasUnallocatedBlocks: () => world.unallocated > 0,
    inputsOf: () => new Map(),
    onDone: (doneUpTo) => void world.cleared.push(doneUpTo),
    onFatal: (error) => void world.fatal.push(error),
  });
  return { clock, log, generator, scheduler, world };
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

  it('makes no batch twice when the clock is set back (BAT-2)', async () => {
    const { generator, world, clock } = generatorWith();
    generator.start();
    await clock.advance(2_000);
    await clock.setTime(10_200);
    await clock.advance(3_000);
    expect(world.ran).toEqual([11_000, 12_000, 13_000]);
  });

  it('delays a batch whose allocation cannot be written instead of running it empty', async () => {
    const { generator, world, clock } = generatorWith();
    generator.start();
    world.allocationFails = true;
    await clock.advance(2_500);
    expect(world.ran).toEqual([]);
    world.allocationFails = false;
    await clock.advance(2_000);
    expect(world.ran.slice(0, 3)).toEqual([11_000, 12_000, 13_000]);
  });

  it('tries a generation that failed again', async () => {
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

  it('tells only of the batches up to which all are done', async () => {
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

  it('goes on behind what was done: made batches again, missed ones, live ones (BAT-2)', async () => {
    const { generator, world, clock } = generatorWith();
    generator.start({ zeroTime: 4_300, doneUpTo: 6_300, lastMade: 8_300 });
    await clock.advance(1_000);
    expect(world.ran).toEqual([7_300, 8_300, 9_300, 10_300, 11_300]);
    expect(world.reruns).toEqual([7_300, 8_300]);
    expect(world.zeroTime).toBe(4_300);
  });

  it('does not use a time again that a graceful stop used early (BAT-2)', async () => {
    const { generator, world, clock } = generatorWith();
    generator.start({ zeroTime: 4_000, doneUpTo: 12_000, lastMade: 12_000 });
    await clock.advance(1_500);
    expect(world.ran).toEqual([]);
    await clock.advance(1_000);
    expect(world.ran).toEqual([13_000]);
  });
});
