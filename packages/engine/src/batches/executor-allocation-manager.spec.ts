import { ManualClock, NoopLogger, type BatchInfo, type ExecutorId } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { ExecutorAllocationManager } from './executor-allocation-manager.ts';
import type { ExecutorAllocationOptions } from './executor-allocation-options.ts';

const INTERVAL_MS = 1_000;
const LOOK_MS = 10_000;

/** A manager over executors that exist by name only, with a check every ten batches. */
function managing(executors: number, differences: Partial<ExecutorAllocationOptions> = {}) {
  const clock = new ManualClock();
  const alive = Array.from({ length: executors }, (_, index) => `e${index}`);
  const world = {
    clock,
    alive,
    added: [] as number[],
    retired: [] as ExecutorId[],
    withReceivers: new Set<ExecutorId>(),
    busy: new Set<ExecutorId>(),
    heldBack: new Set<number>(),
    draining: undefined as ExecutorId | undefined,
  };
  const manager = new ExecutorAllocationManager({
    clock,
    log: new NoopLogger(),
    batchIntervalMs: INTERVAL_MS,
    options: {
      minExecutors: 1,
      maxExecutors: 8,
      scalingIntervalMs: LOOK_MS,
      scalingUpRatio: 0.9,
      scalingDownRatio: 0.3,
      ...differences,
    },
    scaling: {
      get wanted() {
        return alive.length;
      },
      maxUseful: 8,
      add: (count) => {
        world.added.push(count);
        for (let added = 0; added < count; added += 1) alive.push(`e${alive.length}`);
      },
      retire: async (executorId) => {
        world.retired.push(executorId);
        alive.splice(alive.indexOf(executorId), 1);
      },
    },
    serving: {
      get draining() {
        return world.draining;
      },
      set draining(executorId) {
        world.draining = executorId;
      },
      removableExecutors: () => alive.filter((id) => !world.withReceivers.has(id)).toReversed(),
      isIdle: (id) => !world.busy.has(id),
      isAlive: (id) => alive.includes(id),
    },
    wasHeldBack: (batchTime) => world.heldBack.has(batchTime),
  });
  manager.start();
  let batchTime = 0;
  const batch = (processingDelayMs: number, more: Partial<BatchInfo> = {}) => {
    batchTime += INTERVAL_MS;
    const done: BatchInfo = { ...BATCH, batchTime, processingDelayMs, ...more };
    manager.onEvent('batch:started', { batch: { ...done, processingStartMs: clock.now() } });
    manager.onEvent('batch:completed', { batch: done });
    return batchTime;
  };
  const look = () => clock.advance(LOOK_MS);
  return { ...world, world, manager, batch, look };
}

const BATCH: BatchInfo = {
  batchTime: 0,
  inputs: new Map(),
  recordCount: 0,
  submissionMs: 0,
  outcome: 'succeeded',
  phases: { generatorLagMs: 0, allocateMs: 0, generateMs: 0, queueMs: 0, processMs: 0 },
  outputOperations: [],
  isRerun: false,
};

describe('ExecutorAllocationManager adds executors', () => {
  it.each([
    [890, []],
    [900, [1]],
    [1_400, [1]],
    [2_600, [3]],
    [90_000, [6]],
  ])('when batches take %i ms of a second: %j', async (processingMs, added) => {
    const { batch, look, added: seen } = managing(2);
    batch(processingMs - 100);
    batch(processingMs + 100);
    await look();
    expect(seen).toEqual(added);
  });

  it('up to minExecutors at once, and never beyond maxExecutors', async () => {
    const { batch, look, added } = managing(1, { minExecutors: 4, maxExecutors: 5 });
    for (let looks = 0; looks < 3; looks += 1) {
      batch(1_000);
      await look();
    }
    expect(added).toEqual([3, 1]);
  });

  it('for a batch that still runs at the check, for any running time', async () => {
    const { manager, added, clock } = managing(1);
    await clock.advance(7_000);
    manager.onEvent('batch:started', { batch: { ...BATCH, processingStartMs: clock.now() } });
    await clock.advance(LOOK_MS - 7_000);
    expect(added).toEqual([3]);
  });

  it('for batches that back-pressure keeps at the capacity of the job', async () => {
    const { batch, look, added, heldBack } = managing(1);
    heldBack.add(1_000).add(2_000);
    batch(850);
    await look();
    expect(added).toEqual([1]);
    // Growing rates limit batches as well, and these batches are short.
    batch(400);
    await look();
    expect(added).toEqual([1]);
  });

  it('once for a standstill, for any number of missed checks', async () => {
    const { manager, added, clock } = managing(1);
    manager.onEvent('batch:started', { batch: { ...BATCH, processingStartMs: 0 } });
    await clock.setTime(25_000);
    expect(added.length).toBeLessThanOrEqual(2);
  });
});

describe('ExecutorAllocationManager retires executors', () => {
  it('one at a check, down to minExecutors', async () => {
    const { batch, look, retired } = managing(4, { minExecutors: 2 });
    for (let looks = 0; looks < 4; looks += 1) {
      batch(300);
      await look();
    }
    expect(retired).toEqual(['e3', 'e2']);
  });

  it('none while the ratio is in between, and none without a batch', async () => {
    const { batch, look, retired, added } = managing(4);
    batch(310);
    await look();
    await look();
    expect([retired, added]).toEqual([[], []]);
  });

  it('never an executor with receivers', async () => {
    const { batch, look, retired, withReceivers } = managing(3);
    withReceivers.add('e2').add('e1');
    for (let looks = 0; looks < 3; looks += 1) {
      batch(100);
      await look();
    }
    expect(retired).toEqual(['e0']);
  });

  it('when their last task has ended, and gives a draining executor no new task', async () => {
    const { batch, look, retired, busy, world } = managing(2);
    busy.add('e1');
    batch(100);
    await look();
    expect([world.draining, retired]).toEqual(['e1', []]);
    busy.delete('e1');
    batch(100);
    expect([world.draining, retired]).toEqual([undefined, ['e1']]);
  });

  it('not when load returns before the last task ends', async () => {
    const { batch, look, retired, added, busy, world } = managing(2);
    busy.add('e1');
    batch(100);
    await look();
    batch(1_000);
    await look();
    expect([world.draining, retired, added]).toEqual([undefined, [], []]);
  });

  it('not twice when an executor dies by itself meanwhile', async () => {
    const { batch, look, retired, busy, alive, world } = managing(3);
    busy.add('e2');
    batch(100);
    await look();
    alive.pop();
    batch(100);
    expect([world.draining, retired]).toEqual([undefined, []]);
  });
});

describe('ExecutorAllocationManager', () => {
  it.each([
    ['failed', { outcome: 'failed' as const }],
    ['was skipped', { outcome: 'skipped' as const }],
    ['was tried again', { outputOperations: [{ batchTime: 1_000, id: 0, name: 'a', attempts: 2 }] }],
  ])('does not count a batch that %s', async (_, more) => {
    const { batch, look, added } = managing(1);
    batch(5_000, more);
    await look();
    expect(added).toEqual([]);
  });

  it('does nothing after stop', async () => {
    const { batch, look, added, manager, clock } = managing(1);
    batch(5_000);
    await manager.stop();
    await look();
    expect(added).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });
});
