import type { EngineReading } from '@millrace/core/observation';
import { describe, expect, it } from 'vitest';
import { amountsAtRest, checkPlain } from '../src/watch-gauges.ts';

const IDLE = {
  streamId: 0,
  waitingRecords: 0,
  waitingBlocks: 0,
  waitingBytes: 0,
  unacknowledgedRecords: 0,
};

function readingOf(receiver: Partial<typeof IDLE>, unallocatedRecords = 0): EngineReading {
  const executor = {
    executorId: 'a',
    host: 'h',
    cores: 1,
    runningTasks: 0,
    completedTasks: 9,
    blocks: { blocks: 1, bytes: 2, maxBytes: 3 },
    receivers: [{ ...IDLE, ...receiver }],
  };
  return {
    application: 'a',
    state: 'active',
    timeMs: 0,
    batchIntervalMs: 1,
    receivers: [],
    batches: { queued: 1, notMade: 0, held: [], oldestDelayMs: 1, unallocatedRecords },
    executors: [executor],
    driver: { heapUsedBytes: 1, heapLimitBytes: 1, residentBytes: 1, cpuMs: 1 },
    states: [],
    watermarks: [],
    droppedEvents: 0,
  };
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}

function violationsOf(reading: EngineReading): readonly string[] {
  const violations: string[] = [];
  checkPlain(reading, (promise) => void violations.push(promise));
  return violations;
}

describe('amountsAtRest', () => {
  it('names the amounts of an engine that is not at rest', () => {
    expect(amountsAtRest(readingOf({}))).toEqual([]);
    expect(amountsAtRest(readingOf({ waitingBlocks: 2, unacknowledgedRecords: 3 }, 4))).toEqual([
      'unallocated records 4',
      'waiting blocks of stream 0 2',
      'unacknowledged records of stream 0 3',
    ]);
  });
});

describe('checkPlain', () => {
  it.each([
    ['that is not frozen', readingOf({})],
    ['with an amount that is not finite', frozen(readingOf({ waitingBytes: Number.NaN }))],
    ['with a date', frozen({ ...readingOf({}), timeMs: new Date(0) as unknown as number })],
    ['with a map', frozen({ ...readingOf({}), states: new Map() as unknown as [] })],
    [
      'with a field without a value',
      frozen({ ...readingOf({}), log: undefined } as unknown as EngineReading),
    ],
  ])('refuses a reading %s', (_, reading) => {
    expect(violationsOf(reading)).toEqual(['GAUGE-4']);
  });

  it('accepts a frozen reading of plain data, also with a text about null', () => {
    expect(violationsOf(frozen({ ...readingOf({}), application: '":null' }))).toEqual([]);
  });
});
