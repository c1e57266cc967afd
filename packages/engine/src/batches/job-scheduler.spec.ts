import { ManualClock, MillraceError, type BatchInfo, type StreamingEvents } from '@millrace/core';
import { RecordingLogger, settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { DEFAULT_BATCH_OPTIONS, type BatchOptions } from './batch-options.ts';
import type { Job, JobRun } from './job.ts';
import { JobScheduler } from './job-scheduler.ts';

/** A scheduler whose calls and events are recorded; jobs are written as functions. */
function schedulerWith(options: Partial<BatchOptions> = {}, mayBegin?: () => boolean) {
  const clock = new ManualClock(10_000);
  const events: string[] = [];
  const completed: BatchInfo[] = [];
  const done: number[] = [];
  const fatal: unknown[] = [];
  const scheduler = new JobScheduler({
    clock,
    log: new RecordingLogger(),
    options: { ...DEFAULT_BATCH_OPTIONS, ...options },
    publish: (event, value) => {
      if ('batch' in value) events.push(`${event} ${value.batch.batchTime}`);
      if ('operation' in value) events.push(`${event} ${value.operation.batchTime}/${value.operation.id}`);
      if (event === 'batch:completed') completed.push((value as StreamingEvents['batch:completed']).batch);
    },
    onBatchDone: (batchTime) => done.push(batchTime),
    onFatal: (error) => fatal.push(error),
    ...(mayBegin === undefined ? {} : { mayBegin }),
  });
  const submit = (batchTime: number, ...runs: ((run: JobRun) => Promise<void>)[]) => {
    const jobs = runs.map((run, outputOperation): Job => {
      return { batchTime, outputOperation, name: `output ${outputOperation}`, run };
    });
    scheduler.submit({ batchTime, jobs, inputs: new Map(), phases: PHASES });
  };
  return { scheduler, clock, events, completed, done, fatal, submit };
}

const PHASES = { generatorLagMs: 0, allocateMs: 0, generateMs: 0 };
const succeed = () => Promise.resolve();
const fail = () => Promise.reject(new Error('no luck'));

/** The failure of a task whose sink does not answer. */
function away(): MillraceError {
  const cause = new MillraceError('MR_TEST_AWAY', 'the database is away', { disposition: 'back-off' });
  return new MillraceError('MR_RDD_TASK_FAILED', 'four times', { disposition: 'fail-batch', cause });
}

/** A job that ends when the test opens the gate. */
function gate() {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { run: () => opened, open };
}

describe('JobScheduler', () => {
  it('publishes the events of a batch in order', async () => {
    const { submit, events } = schedulerWith();
    submit(1000, succeed, succeed);
    await settle();
    expect(events).toEqual([
      'batch:submitted 1000',
      'batch:started 1000',
      'output-operation:started 1000/0',
      'output-operation:completed 1000/0',
      'output-operation:started 1000/1',
      'output-operation:completed 1000/1',
      'batch:completed 1000',
    ]);
  });

  it('completes a batch without jobs, with its events and clean-up', async () => {
    const { submit, events, done } = schedulerWith();
    submit(1000);
    await settle();
    expect(events).toEqual(['batch:submitted 1000', 'batch:started 1000', 'batch:completed 1000']);
    expect(done).toEqual([1000]);
  });

  it('runs one job at a time and batches in order by default', async () => {
    const { submit, events } = schedulerWith();
    const first = gate();
    submit(1000, first.run);
    submit(2000, succeed);
    await settle();
    expect(events).not.toContain('batch:started 2000');
    first.open();
    await settle();
    expect(events.at(-1)).toBe('batch:completed 2000');
  });

  it('keeps an empty batch after the batches before it', async () => {
    const { submit, done } = schedulerWith();
    const first = gate();
    submit(1000, first.run);
    submit(2000);
    await settle();
    expect(done).toEqual([]);
    first.open();
    await settle();
    expect(done).toEqual([1000, 2000]);
  });

  it('keeps each output in batch order when jobs run side by side (BAT-3)', async () => {
    const { submit, events } = schedulerWith({ concurrentJobs: 3 });
    const slow = gate();
    submit(1000, slow.run, succeed);
    submit(2000, succeed, succeed);
    await settle();
    expect(events).toContain('output-operation:completed 2000/1');
    expect(events).not.toContain('output-operation:started 2000/0');
    slow.open();
    await settle();
    expect(events.at(-1)).toBe('batch:completed 2000');
  });

  it('runs a failed job again until it succeeds (BAT-4)', async () => {
    const { submit, clock, completed } = schedulerWith();
    const attempts: number[] = [];
    submit(1000, ({ attempt }) => {
      attempts.push(attempt);
      return attempt < 2 ? fail() : succeed();
    });
    await clock.advance(1_000);
    expect(attempts).toEqual([0, 1, 2]);
    expect(completed.map((batch) => [batch.outcome, batch.outputOperations[0]?.attempts])).toEqual([
      ['succeeded', 3],
    ]);
  });

  it('waits for a database that is away, beyond the number of attempts', async () => {
    const { submit, clock, done, fatal } = schedulerWith();
    const backAtMs = clock.monotonicMs() + 60_000;
    submit(1000, () => (clock.monotonicMs() < backAtMs ? Promise.reject(away()) : succeed()));
    await clock.advance(75_000);
    expect(done).toEqual([1000]);
    expect(fatal).toEqual([]);
  });

  it('counts the time of an outage from its first error, and then counts attempts again', async () => {
    const { submit, clock, completed } = schedulerWith({ unavailableMs: 60_000, onBatchFailure: 'skip' });
    const errors = [fail, () => Promise.reject(away())];
    submit(1000, ({ attempt }) => errors[Math.min(attempt, 1)]!());
    await clock.advance(59_000);
    expect(completed).toEqual([]);
    await clock.advance(20_000);
    expect(completed.map(({ outcome }) => outcome)).toEqual(['skipped']);
  });

  it('gives up at once what cannot heal, also during an outage', async () => {
    const { submit, clock, completed } = schedulerWith({ onBatchFailure: 'skip' });
    const never = new MillraceError('MR_STATE_VALUE_UNSUPPORTED', 'a function', {
      disposition: 'fail-batch',
      cause: away(),
    });
    submit(1000, () => Promise.reject(never));
    await clock.advance(0);
    expect(completed.map(({ outcome }) => outcome)).toEqual(['skipped']);
  });

  it.each([[fail, succeed] as const, [succeed, fail] as const])(
    'does not complete a batch with a failed job, in any order of endings (BAT-5)',
    async (...runs) => {
      const { submit, clock, done, scheduler } = schedulerWith({ onBatchFailure: 'hold' });
      submit(1000, ...runs);
      submit(2000, succeed);
      await clock.advance(60_000);
      expect(done).toEqual([]);
      expect(scheduler.pendingBatches()).toEqual([1000, 2000]);
    },
  );

  it('stops with the error when a batch fails and the reaction is stop', async () => {
    const { submit, clock, fatal, completed, scheduler } = schedulerWith();
    submit(1000, fail);
    submit(2000, succeed);
    await clock.advance(60_000);
    expect(fatal).toMatchObject([{ code: 'MR_BATCH_FAILED', cause: { message: 'no luck' } }]);
    expect(completed.map((batch) => batch.outcome)).toEqual(['failed']);
    expect(scheduler.pendingBatches()).toEqual([1000, 2000]);
  });

  it('gives a batch up visibly when the reaction is skip', async () => {
    const { submit, clock, completed, done, fatal } = schedulerWith({ onBatchFailure: 'skip' });
    submit(1000, fail);
    submit(2000, succeed);
    await clock.advance(60_000);
    // Including the skipped one: otherwise nothing after a batch that is never done would be cleaned up.
    expect(done.toSorted((one, other) => one - other)).toEqual([1000, 2000]);
    expect(completed.map((batch) => [batch.batchTime, batch.outcome])).toEqual([
      [1000, 'skipped'],
      [2000, 'succeeded'],
    ]);
    expect(fatal).toEqual([]);
  });

  it('holds a failed batch and all later batches until a retry', async () => {
    const { submit, clock, done, scheduler } = schedulerWith({ onBatchFailure: 'hold' });
    let isHealed = false;
    submit(1000, () => (isHealed ? succeed() : fail()));
    submit(2000, succeed);
    await clock.advance(60_000);
    expect(scheduler.heldBatches()).toEqual([1000]);
    isHealed = true;
    await scheduler.retryHeldBatch();
    await settle();
    expect(done).toEqual([1000, 2000]);
  });

  it('makes the jobs of a held batch again when making its jobs had failed', async () => {
    const { scheduler, done } = schedulerWith({ onBatchFailure: 'hold' });
    const job: Job = { batchTime: 1000, outputOperation: 0, name: 'output', run: succeed };
    scheduler.submit({
      batchTime: 1000,
      jobs: [],
      inputs: new Map(),
      phases: PHASES,
      generationFailure: new Error('no jobs'),
      regenerate: () => Promise.resolve([job]),
    });
    await settle();
    expect(scheduler.heldBatches()).toEqual([1000]);
    await scheduler.retryHeldBatch();
    await settle();
    expect(done).toEqual([1000]);
  });

  it('refuses to retry when no batch is held', async () => {
    const { scheduler } = schedulerWith();
    await expect(scheduler.retryHeldBatch()).rejects.toMatchObject({ code: 'MR_BATCH_NOT_HELD' });
  });

  describe('with several jobs at once and the reaction hold', () => {
    /** Batch 1000 has output 0 only, batch 2000 output 1 only: they run and fail side by side. */
    function twoHeld(maxAttempts = 1) {
      const made = schedulerWith({ onBatchFailure: 'hold', concurrentJobs: 2, maxAttempts });
      const state = { isHealed: false };
      const ran: string[] = [];
      const submitOutput = (batchTime: number, outputOperation: number) => {
        const run = () => {
          ran.push(`${batchTime}/${outputOperation}`);
          return state.isHealed ? succeed() : fail();
        };
        const jobs = [{ batchTime, outputOperation, name: 'output', run }];
        made.scheduler.submit({ batchTime, jobs, inputs: new Map(), phases: PHASES });
      };
      submitOutput(1000, 0);
      submitOutput(2000, 1);
      submitOutput(3000, 2);
      return { ...made, state, ran };
    }

    it('holds every batch that fails, and starts no batch after those', async () => {
      const { scheduler, ran } = twoHeld();
      await settle();
      expect(scheduler.heldBatches()).toEqual([1000, 2000]);
      expect(ran).toEqual(['1000/0', '2000/1']);
    });

    it('retries held batches one by one, oldest first, and resolves when a job runs', async () => {
      const { scheduler, state, ran, done } = twoHeld();
      await settle();
      state.isHealed = true;
      ran.length = 0;
      await scheduler.retryHeldBatch();
      expect(ran).toEqual(['1000/0']);
      await settle();
      expect([done, scheduler.heldBatches()]).toEqual([[1000], [2000]]);
      await scheduler.retryHeldBatch();
      expect(ran.slice(0, 2)).toEqual(['1000/0', '2000/1']);
      await settle();
      expect([done, scheduler.heldBatches()]).toEqual([[1000, 2000, 3000], []]);
    });

    it('retries the named batch, and no batch twice', async () => {
      const { scheduler, state, ran, done } = twoHeld();
      await settle();
      state.isHealed = true;
      ran.length = 0;
      const outcomes = await Promise.allSettled([
        scheduler.retryHeldBatch(2000),
        scheduler.retryHeldBatch(2000),
        scheduler.retryHeldBatch(3000),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
      expect(outcomes[1]).toMatchObject({ reason: { code: 'MR_BATCH_NOT_HELD', details: { held: [1000] } } });
      await settle();
      expect([ran, done]).toEqual([['2000/1'], [2000]]);
    });

    it('holds a batch again that fails again', async () => {
      const { scheduler, ran } = twoHeld();
      await settle();
      await scheduler.retryHeldBatch(2000);
      await settle();
      expect(ran).toEqual(['1000/0', '2000/1', '2000/1']);
      expect(scheduler.heldBatches()).toEqual([1000, 2000]);
    });

    it('lets batches before a held one continue', async () => {
      const { scheduler, submit, done } = schedulerWith({
        onBatchFailure: 'hold',
        concurrentJobs: 3,
        maxAttempts: 1,
      });
      const slow = gate();
      submit(1000, slow.run, succeed);
      submit(2000, succeed, succeed);
      submit(3000, succeed, fail);
      await settle();
      slow.open();
      await settle();
      expect([scheduler.heldBatches(), done]).toEqual([[3000], [1000, 2000]]);
    });

    it('refuses a retry on a stopping engine, also a retry requested before', async () => {
      const { scheduler, state } = twoHeld();
      await settle();
      state.isHealed = true;
      const asked = scheduler.retryHeldBatch();
      scheduler.halt();
      await expect(asked).rejects.toMatchObject({ code: 'MR_BATCH_HALTED' });
      await expect(scheduler.retryHeldBatch()).rejects.toMatchObject({ code: 'MR_BATCH_HALTED' });
    });
  });

  it('aborts running jobs and keeps their batches pending when halted', async () => {
    const { submit, scheduler, events } = schedulerWith();
    submit(
      1000,
      ({ signal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    );
    submit(2000, succeed);
    await settle();
    scheduler.halt();
    await settle();
    expect(scheduler.pendingBatches()).toEqual([1000, 2000]);
    expect(events).not.toContain('batch:completed 1000');
  });

  it('lets the generator wait while too many batches are pending', async () => {
    const { submit, scheduler } = schedulerWith();
    const first = gate();
    submit(1000, first.run);
    let isFree = false;
    void scheduler.waitBelow(1).then(() => (isFree = true));
    await settle();
    expect(isFree).toBe(false);
    first.open();
    await settle();
    expect(isFree).toBe(true);
  });

  it('measures queue, processing and total delay of a batch', async () => {
    const { submit, clock, completed } = schedulerWith();
    const first = gate();
    const second = gate();
    submit(9_000, first.run);
    submit(10_000, second.run);
    await clock.advance(300);
    first.open();
    await settle();
    await clock.advance(200);
    second.open();
    await settle();
    expect(completed[1]).toMatchObject({ schedulingDelayMs: 300, processingDelayMs: 200, totalDelayMs: 500 });
  });
});

describe('a scheduler whose driver may be replaced', () => {
  it('begins no job while the answer is false, and lets running jobs go on', async () => {
    let isCertain = true;
    const { scheduler, submit, events, done } = schedulerWith({ concurrentJobs: 2 }, () => isCertain);
    const running = gate();
    submit(1000, running.run);
    await settle();
    isCertain = false;
    submit(2000, succeed);
    submit(3000);
    running.open();
    await settle();
    expect(done).toEqual([1000]);
    expect(events).not.toContain('batch:started 2000');
    expect(scheduler.pendingBatches()).toEqual([2000, 3000]);
    isCertain = true;
    scheduler.resume();
    await settle();
    expect(done).toEqual([1000, 2000, 3000]);
  });

  it('begins no job of a held batch that is retried meanwhile', async () => {
    let isCertain = true;
    let isLucky = false;
    const options = { onBatchFailure: 'hold', maxAttempts: 1 } as const;
    const { scheduler, submit, done } = schedulerWith(options, () => isCertain);
    submit(1000, () => (isLucky ? succeed() : fail()));
    await settle();
    isCertain = false;
    isLucky = true;
    const retried = scheduler.retryHeldBatch();
    await settle();
    expect(done).toEqual([]);
    isCertain = true;
    scheduler.resume();
    await retried;
    await settle();
    expect(done).toEqual([1000]);
  });

  it('ends with a stop while the answer is false', async () => {
    const { scheduler, submit } = schedulerWith({}, () => false);
    submit(1000, succeed);
    const waited = scheduler.waitBelow(1);
    scheduler.halt();
    await waited;
    expect(scheduler.pendingBatches()).toEqual([1000]);
  });
});
