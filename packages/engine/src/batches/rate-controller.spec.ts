import { NoopLogger, type BatchInfo, type BatchMeasurement, type ReceiverRateInfo } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { RateController } from './rate-controller.ts';

const MIB = 2 ** 20;

/** A controller over streams 0 and 1 whose estimators return values of the test. */
function controlling(differences: Partial<{ maxRate: number; maxBytesPerSecond: number }> = {}) {
  const answers = new Map<number, number>();
  const measured: BatchMeasurement[] = [];
  const told: ReceiverRateInfo[] = [];
  const limits = new Map<number, object>();
  let [nowMs, made] = [1_000, 0];
  const controller = new RateController({
    clock: { monotonicMs: () => nowMs },
    log: new NoopLogger(),
    publish: (_, { rate }) => void told.push(rate),
    estimators: {
      name: 'scripted',
      create: () => {
        const stream = made++;
        return { next: (measurement) => (measured.push(measurement), answers.get(stream)) };
      },
    },
    streamIds: [0, 1],
    batchIntervalMs: 1_000,
    options: { initialRate: 1_000, minRate: 10 },
    maxRate: 0,
    maxBytesPerSecond: 0,
    setLimit: (streamId, limit) => void limits.set(streamId, limit),
    ...differences,
  });
  controller.begin();
  const at = (timeMs: number) => (nowMs = timeMs);
  return { controller, answers, measured, told, limits, at };
}

/** A batch at second 1 that ran for a second, with the given counts of records of 100 bytes of each stream. */
function batchOf(counts: readonly number[], differences: Partial<BatchInfo> = {}): BatchInfo {
  const input = (streamId: number, recordCount: number) => ({
    streamId,
    streamName: 'test',
    recordCount,
    sizeBytes: recordCount * 100,
    blockCount: 1,
    metadata: {},
  });
  return {
    batchTime: 1_000,
    inputs: new Map(counts.map((count, streamId) => [streamId, input(streamId, count)])),
    recordCount: 0,
    submissionMs: 1_000,
    processingStartMs: 1_000,
    processingEndMs: 2_000,
    processingDelayMs: 1_000,
    schedulingDelayMs: 5,
    phases: { generatorLagMs: 20, allocateMs: 3, generateMs: 2, queueMs: 5, processMs: 1_000 },
    outputOperations: [],
    isRerun: false,
    outcome: 'succeeded',
    ...differences,
  };
}

describe('RateController', () => {
  it('sets the initial rates when it begins', () => {
    const { limits, told } = controlling();
    expect([...limits]).toEqual([
      [0, { recordsPerSecond: 1_000 }],
      [1, { recordsPerSecond: 1_000 }],
    ]);
    expect(told[0]).toEqual({ streamId: 0, recordsPerSecond: 1_000, cause: 'initial' });
  });

  it('measures each stream that had input, with all waits of its batch (RATE-7)', () => {
    const { controller, measured, at } = controlling();
    at(2_000);
    controller.onEvent('batch:completed', { batch: batchOf([50, 0]) });
    expect(measured).toEqual([
      {
        batchTime: 1_000,
        processingEndMs: 2_000,
        recordCount: 50,
        sizeBytes: 5_000,
        processingDelayMs: 1_000,
        schedulingDelayMs: 30,
      },
    ]);
  });

  it.each([
    ['failed', { outcome: 'failed' as const }],
    ['was skipped', { outcome: 'skipped' as const }],
    ['was tried again', { outputOperations: [{ batchTime: 1_000, id: 0, name: 'a', attempts: 2 }] }],
  ])('does not measure a batch that %s', (_, differences) => {
    const { controller, measured } = controlling();
    controller.onEvent('batch:completed', { batch: batchOf([50], differences) });
    expect(measured).toEqual([]);
  });

  it('does not count the time in which no driver ran', () => {
    const { controller, measured } = controlling();
    controller.onEvent('batch:completed', { batch: batchOf([50], { isRerun: true }) });
    expect(measured[0]?.schedulingDelayMs).toBe(5);
  });

  it('allows a stream twice the bytes of its records, and at least a mebibyte', () => {
    const { controller, answers, limits } = controlling();
    answers.set(0, 50_000);
    controller.onEvent('batch:completed', { batch: batchOf([500]) });
    expect(limits.get(0)).toEqual({ recordsPerSecond: 50_000, bytesPerSecond: 10_000_000 });
    answers.set(0, 500);
    controller.onEvent('batch:completed', { batch: batchOf([500]) });
    expect(limits.get(0)).toEqual({ recordsPerSecond: 500, bytesPerSecond: MIB });
  });

  it('limits a stream whose records are not counted by bytes (RATE-5)', () => {
    const { controller, answers, limits } = controlling();
    const input = { streamId: 0, streamName: 'blobs', recordCount: 0, sizeBytes: 9 * MIB, blockCount: 1 };
    answers.set(0, 3 * MIB);
    const inputs = new Map([[0, { ...input, metadata: {} }]]);
    controller.onEvent('batch:completed', { batch: batchOf([], { inputs }) });
    expect(limits.get(0)).toMatchObject({ bytesPerSecond: 3 * MIB });
  });

  it('stays within the hard limits and above minRate', () => {
    const { controller, answers, limits } = controlling({ maxRate: 2_000, maxBytesPerSecond: 100_000 });
    answers.set(0, 50_000);
    controller.onEvent('batch:completed', { batch: batchOf([500]) });
    expect(limits.get(0)).toEqual({ recordsPerSecond: 2_000, bytesPerSecond: 100_000 });
    answers.set(0, 0);
    controller.onEvent('batch:completed', { batch: batchOf([500]) });
    expect(limits.get(0)).toMatchObject({ recordsPerSecond: 10 });
  });

  it('ignores an estimate that is not a rate', () => {
    const { controller, answers, limits } = controlling();
    answers.set(0, Number.NaN);
    controller.onEvent('batch:completed', { batch: batchOf([500]) });
    expect(limits.get(0)).toMatchObject({ recordsPerSecond: 1_000 });
  });

  it('does not limit a small stream to its small part of a busy batch', () => {
    const { controller, answers, limits } = controlling();
    answers.set(0, 9_990).set(1, 10);
    controller.onEvent('batch:completed', { batch: batchOf([9_990, 10]) });
    expect(limits.get(0)).toMatchObject({ recordsPerSecond: 9_990 });
    expect(limits.get(1)).toMatchObject({ recordsPerSecond: 5_000 });
  });

  it('lowers the rate while a batch runs for longer than its interval, until the batch is measured', () => {
    const { controller, answers, limits, at, told } = controlling();
    controller.onEvent('batch:started', { batch: batchOf([1_000]) });
    at(1_900);
    controller.onEvent('batch:submitted', { batch: batchOf([]) });
    expect(limits.get(0)).toEqual({ recordsPerSecond: 1_000 });
    at(5_000);
    controller.onEvent('batch:submitted', { batch: batchOf([]) });
    expect(limits.get(0)).toEqual({ recordsPerSecond: 250 });
    expect(told.at(-1)).toMatchObject({ cause: 'overdue-batch', batchTime: 1_000 });
    answers.set(0, 400);
    controller.onEvent('batch:completed', { batch: batchOf([1_000]) });
    expect(limits.get(0)).toMatchObject({ recordsPerSecond: 400 });
  });

  it('lifts that bound also when the batch is done without a measurement', () => {
    const { controller, limits, at } = controlling();
    controller.onEvent('batch:started', { batch: batchOf([1_000]) });
    at(11_000);
    controller.onEvent('batch:submitted', { batch: batchOf([]) });
    expect(limits.get(0)).toEqual({ recordsPerSecond: 100 });
    const outputOperations = [{ batchTime: 1_000, id: 0, name: 'a', attempts: 2 }];
    controller.onEvent('batch:completed', { batch: batchOf([1_000], { outputOperations }) });
    expect(limits.get(0)).toEqual({ recordsPerSecond: 1_000 });
  });

  it('reports which batches its limits kept small, not which the hard limit did', () => {
    const { controller } = controlling();
    controller.onEvent('batch:submitted', { batch: batchOf([900]) });
    controller.onEvent('batch:submitted', { batch: batchOf([800], { batchTime: 2_000 }) });
    controller.onEvent('batch:completed', { batch: batchOf([900]) });
    expect([1_000, 2_000].map((time) => controller.wasHeldBack(time))).toEqual([true, false]);
    controller.onEvent('batch:completed', { batch: batchOf([800], { batchTime: 2_000 }) });
    expect(controller.wasHeldBack(1_000)).toBe(false);
    const bounded = controlling({ maxRate: 1_000 }).controller;
    bounded.onEvent('batch:submitted', { batch: batchOf([1_000]) });
    expect(bounded.wasHeldBack(1_000)).toBe(false);
  });

  it('sends no change below one percent', () => {
    const { controller, answers, told } = controlling();
    answers.set(0, 2_000);
    controller.onEvent('batch:completed', { batch: batchOf([500]) });
    const before = told.length;
    answers.set(0, 2_015);
    controller.onEvent('batch:completed', { batch: batchOf([500]) });
    expect(told).toHaveLength(before);
  });

  it('ignores streams without a receiver', () => {
    const { controller, measured } = controlling();
    controller.onEvent('batch:completed', { batch: batchOf([0, 0, 500]) });
    expect(measured).toEqual([]);
  });
});
