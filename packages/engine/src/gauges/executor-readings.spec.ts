// Readings of executors elsewhere: asked at a reading, given out with the next one, never waited for.
import { coreError, ManualClock, type ExecutorDescription, type ExecutorId } from '@millrace/core';
import type { ExecutorProtocol } from '@millrace/core/engine';
import type { ExecutorReading } from '@millrace/core/observation';
import { RecordingLogger, settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { checkedReading } from './checked-reading.ts';
import { ExecutorReadings } from './executor-readings.ts';

const AMOUNTS = { runningTasks: 1, completedTasks: 2, blocks: { blocks: 3, bytes: 4, maxBytes: 5 } };
const NOTHING = {
  runningTasks: 0,
  completedTasks: 0,
  blocks: { blocks: 0, bytes: 0, maxBytes: 0 },
  receivers: [],
};

function described(executorId: string): ExecutorDescription {
  return { executorId, host: `host of ${executorId}`, cores: 2 };
}

/** Executors elsewhere, whose answers the test gives. */
function setUp(...ids: readonly string[]) {
  const clock = new ManualClock();
  const alive = new Map(ids.map((id) => [id, described(id)]));
  const asked: [ExecutorId, string, unknown][] = [];
  const open = new Map<ExecutorId, PromiseWithResolvers<unknown>>();
  const local = new Map<ExecutorId, ExecutorReading>();
  const readings = new ExecutorReadings({
    clock,
    log: new RecordingLogger(),
    epoch: () => 7,
    here: (id) => local.get(id),
    backend: {
      executors: () => [...alive.values()],
      ask: <K extends keyof ExecutorProtocol>(
        id: ExecutorId,
        kind: K,
        request: ExecutorProtocol[K]['request'],
      ) => {
        asked.push([id, kind, request]);
        const question = Promise.withResolvers<unknown>();
        open.set(id, question);
        return question.promise as Promise<ExecutorProtocol[K]['reply']>;
      },
    },
  });
  const answer = async (id: string, value: unknown) => {
    open.get(id)?.resolve(value);
    await settle();
  };
  const fail = async (id: string, error: unknown) => {
    open.get(id)?.reject(error);
    await settle();
  };
  return { clock, alive, asked, local, readings, answer, fail };
}

describe('ExecutorReadings', () => {
  it('asks at a reading only, and gives the answer out with the next, with its age', async () => {
    const { clock, asked, readings, answer } = setUp('a');
    expect(asked).toEqual([]);
    expect(readings.read()).toEqual([{ ...described('a'), ...NOTHING }]);
    expect(asked).toEqual([['a', 'ReadGauges', { epoch: 7 }]]);
    await answer('a', { ...AMOUNTS, receivers: [] });
    await clock.advance(400);
    expect(readings.read()).toEqual([{ ...described('a'), ...AMOUNTS, receivers: [], ageMs: 400 }]);
    expect(asked).toHaveLength(2);
  });

  it('asks a silent executor once, and keeps its old amounts with a growing age', async () => {
    const { clock, asked, readings, answer } = setUp('a');
    readings.read();
    await answer('a', { ...AMOUNTS, receivers: [] });
    for (let second = 1; second <= 3; second += 1) {
      await clock.advance(1_000);
      expect(readings.read()).toMatchObject([{ completedTasks: 2, ageMs: second * 1_000 }]);
    }
    expect(asked).toHaveLength(2);
    await answer('a', { ...AMOUNTS, completedTasks: 9, receivers: [] });
    expect(readings.read()).toMatchObject([{ completedTasks: 9, ageMs: 0 }]);
    expect(asked).toHaveLength(3);
  });

  it('asks again after a failed question and after an answer of another shape', async () => {
    const { asked, readings, answer, fail } = setUp('a');
    readings.read();
    await fail('a', coreError('MR_EXECUTOR_UNREACHABLE', 'gone'));
    expect(readings.read()).toEqual([{ ...described('a'), ...NOTHING }]);
    await answer('a', 'nothing');
    readings.read();
    expect(asked).toHaveLength(3);
  });

  it('forgets an executor that is gone, and reads executors here at once', async () => {
    const { alive, asked, local, readings, answer } = setUp('a', 'b');
    local.set('b', { ...described('b'), ...AMOUNTS, receivers: [] });
    readings.read();
    await answer('a', { ...AMOUNTS, receivers: [] });
    alive.delete('a');
    expect(readings.read()).toEqual([{ ...described('b'), ...AMOUNTS, receivers: [] }]);
    // The same name again is another executor.
    alive.set('a', described('a'));
    expect(readings.read()[1]).toEqual({ ...described('a'), ...NOTHING });
    expect(asked.every(([id]) => id === 'a')).toBe(true);
  });
});

describe('checkedReading', () => {
  const receiver = {
    streamId: 0,
    waitingRecords: 1,
    waitingBlocks: 2,
    waitingBytes: 3,
    unacknowledgedRecords: 4,
  };
  const thread = { heapUsedBytes: 1, heapLimitBytes: 2, residentBytes: 3, cpuMs: 4 };
  const loopDelay = { p50Ms: 0, p95Ms: 1, maxMs: 2 };
  const log = { sizeBytes: 1, segments: 1, syncs: 1, errors: 0 };

  it('copies all amounts of an executor', () => {
    const whole = {
      ...AMOUNTS,
      log,
      receivers: [{ ...receiver, lagRecords: 5 }],
      thread: { ...thread, loopDelay },
    };
    expect(checkedReading({ ...described('a'), ...whole, ageMs: 3, more: 1 })).toEqual(whole);
  });

  it('leaves out parts of another shape', () => {
    const odd = {
      ...AMOUNTS,
      log: { ...log, syncs: -1 },
      receivers: [receiver, { ...receiver, waitingBytes: Infinity }, null, 3],
      thread: { ...thread, loopDelay: { ...loopDelay, maxMs: 'long' } },
    };
    expect(checkedReading(odd)).toEqual({ ...AMOUNTS, receivers: [receiver], thread });
  });

  it.each([
    undefined,
    null,
    'text',
    {},
    { ...AMOUNTS },
    { ...AMOUNTS, receivers: { length: 1 } },
    { ...AMOUNTS, receivers: [], runningTasks: Number.NaN },
    { ...AMOUNTS, receivers: [], blocks: { blocks: 1 } },
  ])('is undefined for %j', (answer) => {
    expect(checkedReading(answer)).toBeUndefined();
  });

  it('is bounded', () => {
    const many = Array.from({ length: 10_001 }, () => receiver);
    expect(checkedReading({ ...AMOUNTS, receivers: many })?.receivers).toHaveLength(10_000);
  });
});
