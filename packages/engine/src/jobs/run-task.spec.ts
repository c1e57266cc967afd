// One task whose job ends at an inconvenient moment.
import type { ExecutorBackend } from '@millrace/core';
import type { RecordErrors, TaskOutcome } from '@millrace/core/engine';
import { describe, expect, it } from 'vitest';
import { executorsNamed } from '../../test/rdd-cluster.ts';
import { RddEnvironment } from '../rdd/rdd-environment.ts';
import { runTask } from './run-task.ts';
import { TaskSlots } from './task-slots.ts';

const REPORT: RecordErrors = {
  rddId: '5000/parsed',
  partition: 0,
  partitions: 1,
  stream: 'parsed',
  operator: 'map',
  recordCount: 1,
  record: '"{"',
  reason: 'SyntaxError: no',
};

/** A task on one executor, which answers every message with `answer`. */
function task(answer: () => Promise<TaskOutcome>) {
  const sent: string[] = [];
  const noted: RecordErrors[] = [];
  const over = new AbortController();
  const slots = new TaskSlots(() => executorsNamed('one'));
  const ask = async (_executorId: string, kind: string) => {
    sent.push(kind);
    return kind === 'RunTask' ? answer() : undefined;
  };
  const rdd = new RddEnvironment({ defaultParallelism: 1 }).parallelize([1], 1);
  const run = () =>
    runTask({
      rdd,
      partition: 0,
      kind: 'result',
      preferred: [],
      stays: false,
      identity: { batchTime: 5_000, outputOperation: 0 },
      messageFor: () => ({ inputs: [] }),
      onRecordErrors: (reports) => void noted.push(...reports),
      maxFailures: 1,
      maxLosses: 1,
      epoch: 1,
      nextRunId: () => 1,
      backend: { ask } as Pick<ExecutorBackend, 'ask'>,
      slots,
      over,
      onOutputMissing: async () => undefined,
    });
  return { run, over, sent, noted, slots };
}

describe('the answer of a task', () => {
  it('brings the records that the task has left out', async () => {
    const { run, noted } = task(async () => ({ ok: true, value: 7, recordErrors: [REPORT] }));
    expect(await run()).toEqual({ value: 7, executorId: 'one' });
    expect(noted).toEqual([REPORT]);
  });

  it('after the end of the job brings none: the batch may have ended, and a job that runs again reports again', async () => {
    const { promise, resolve } = Promise.withResolvers<TaskOutcome>();
    const { run, over, sent, noted, slots } = task(() => promise);
    const answer = run();
    await Promise.resolve();
    over.abort(new Error('another task has failed'));
    resolve({ ok: true, value: 7, recordErrors: [REPORT] });
    await expect(answer).rejects.toThrow('another task has failed');
    expect(noted).toEqual([]);
    expect(sent).toEqual(['RunTask', 'CancelTask']);
    expect(slots.runningCount).toBe(0);
  });
});

describe('a job that ends while its task gets an executor', () => {
  it('sends nothing, and frees the executor', async () => {
    const { run, over, sent, slots } = task(() => Promise.reject(new Error('no task may come')));
    const answer = run();
    over.abort(new Error('cancelled'));
    await expect(answer).rejects.toThrow('cancelled');
    expect(sent).toEqual([]);
    expect(slots.runningCount).toBe(0);
  });
});
