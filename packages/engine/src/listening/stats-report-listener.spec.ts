import type { BatchInfo } from '@millrace/core';
import { RecordingLogger } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { StatsReportListener } from './stats-report-listener.ts';

function batchWith(totalDelayMs: number): BatchInfo {
  return {
    batchTime: 0,
    inputs: new Map(),
    recordCount: 0,
    submissionMs: 0,
    totalDelayMs,
    processingDelayMs: totalDelayMs / 2,
    phases: { generatorLagMs: 0, allocateMs: 0, generateMs: 0, queueMs: 0, processMs: 0 },
    outputOperations: [],
    isRerun: false,
  };
}

describe('StatsReportListener', () => {
  it('logs the distribution of delays over the last batches', () => {
    const log = new RecordingLogger();
    const listener = new StatsReportListener({ log, batchCount: 4 });
    for (const delay of [1_000, 10, 20, 30, 40])
      listener.onEvent('batch:completed', { batch: batchWith(delay) });
    expect(log.lines).toHaveLength(5);
    expect(log.lines.at(-1)?.fields).toEqual({
      batches: 4,
      totalDelayMs: { min: 10, p25: 10, p50: 20, p75: 30, p90: 40, p95: 40, max: 40 },
      processingDelayMs: { min: 5, p25: 5, p50: 10, p75: 15, p90: 20, p95: 20, max: 20 },
    });
  });

  it('ignores all other events', () => {
    const log = new RecordingLogger();
    new StatsReportListener({ log }).onEvent('batch:submitted', { batch: batchWith(1) });
    expect(log.lines).toEqual([]);
  });

  it('refuses a batch count of 0', () => {
    expect(() => new StatsReportListener({ log: new RecordingLogger(), batchCount: 0 })).toThrow(RangeError);
  });
});
