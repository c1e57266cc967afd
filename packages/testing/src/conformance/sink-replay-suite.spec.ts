// Runs the suite against sinks with one defect each: a suite that passes a defective sink proves nothing.
import type { Sink } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import {
  ClosesOnce,
  DropsUnsupported,
  ForgetsPartitions,
  ForgetsApplication,
  ForgetsOutput,
  ForgetsWhenClosed,
  IteratesTwice,
  KeepsInMemory,
  LeavesHalf,
  LedgerFirst,
  LedgerSink,
  NaiveSink,
  Reverses,
  SkipsOlderBatches,
  WritesAlways,
  type Place,
} from '../../test/broken-sinks.ts';
import { sinkReplaySuite } from './sink-replay-suite.ts';
import type { SinkTarget } from './sink-target.ts';

/** Runs the suite without a framework and returns the titles of failed checks. */
async function failingChecks(makeSink: (place: Place) => Sink<number>): Promise<readonly string[]> {
  const checks: { title: string; run: () => Promise<void> }[] = [];
  sinkReplaySuite<number, SinkTarget<number>>({
    name: 'under test',
    describe: (_, define) => define(),
    it: (title, run) => checks.push({ title, run }),
    record: (id) => id,
    unsupportedRecord: -1,
    create: () => {
      const place: Place = { records: [], ledger: new Set(), partitions: new Map() };
      return { createSink: () => makeSink(place), readBack: async () => [...place.records] };
    },
  });
  const failed: string[] = [];
  for (const { title, run } of checks) await run().catch(() => failed.push(title));
  return failed;
}

const rulesOf = (titles: readonly string[]) => new Set(titles.map((title) => title.split(' ')[0]));

describe('sinkReplaySuite', () => {
  it('passes a correct sink', async () => {
    expect(await failingChecks((place) => new LedgerSink(place))).toEqual([]);
  });

  it('fails a sink that only appends', async () => {
    const failed = await failingChecks((place) => new NaiveSink(place));
    const rules = ['SINK-2', 'SINK-4', 'SINK-5', 'SINK-14', 'SINK-15', 'SINK-17', 'SINK-21'];
    expect(rulesOf(failed)).toEqual(new Set(rules));
  });

  it('passes a sink that only appends and claims at-least-once, except for a refused record', async () => {
    const failed = await failingChecks((place) => new NaiveSink(place, 'at-least-once'));
    expect(rulesOf(failed)).toEqual(new Set(['SINK-14']));
  });

  it.each([
    { rule: 'SINK-1', Broken: KeepsInMemory },
    { rule: 'SINK-2', Broken: ForgetsWhenClosed },
    { rule: 'SINK-2', Broken: SkipsOlderBatches },
    { rule: 'SINK-2', Broken: ForgetsApplication },
    { rule: 'SINK-2', Broken: ForgetsOutput },
    { rule: 'SINK-4', Broken: LedgerFirst },
    { rule: 'SINK-4', Broken: LeavesHalf },
    { rule: 'SINK-6', Broken: ClosesOnce },
    { rule: 'SINK-10', Broken: WritesAlways },
    { rule: 'SINK-12', Broken: Reverses },
    { rule: 'SINK-14', Broken: DropsUnsupported },
    { rule: 'SINK-17', Broken: ForgetsPartitions },
  ])('fails $rule of a sink that $Broken.name', async ({ rule, Broken }) => {
    const failed = await failingChecks((place) => new Broken(place));
    expect(rulesOf(failed)).toContain(rule);
  });

  it('fails a sink that iterates records twice in every write (SINK-13)', async () => {
    const failed = await failingChecks((place) => new IteratesTwice(place));
    expect(failed.length).toBeGreaterThan(10);
  });

  it.each([
    { rule: 'SINK-6', Broken: ClosesOnce },
    { rule: 'SINK-10', Broken: WritesAlways },
    { rule: 'SINK-14', Broken: DropsUnsupported },
  ])('passes all but $rule of a sink that $Broken.name', async ({ rule, Broken }) => {
    const failed = await failingChecks((place) => new Broken(place));
    expect(rulesOf(failed)).toEqual(new Set([rule]));
  });
});
