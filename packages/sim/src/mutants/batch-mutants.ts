// Defective engines: from blocks to outputs.
import type { Mutant, SimulationFinder } from './mutant.ts';

const GENERATOR = 'engine/src/batches/job-generator.ts';
const ATTEMPTS = 'engine/src/batches/generation-attempts.ts';

/** The clock is set by whole batches: two are missed and made up for, then three are missed and left out. */
const MISSED_BATCHES: Pick<SimulationFinder, 'faults' | 'forced'> = {
  faults: ['clock-step'],
  forced: {
    graphs: ['reduce'],
    batchIntervalMs: 200,
    clockSteps: [
      { atMs: 500, byMs: 600 },
      { atMs: 1_000, byMs: 800 },
    ],
    settings: { missedBatches: 2 },
  },
};

/** See the header of this file. */
export const BATCH_MUTANTS: readonly Mutant[] = [
  {
    name: 'allocate-twice',
    wrong: 'blocks allocated to a batch are allocated to the next batch as well',
    patches: [
      {
        file: 'engine/src/tracking/received-block-tracker.ts',
        find: 'stream.take(taken.length);',
        replace: 'stream.take(taken.length - (taken.length > 1 ? 1 : 0));',
      },
    ],
    finder: { kind: 'simulation', faults: ['receiver-restart'] },
  },
  {
    name: 'empty-batch',
    wrong: 'a batch runs without blocks whose allocation failed',
    patches: [
      {
        file: ATTEMPTS,
        find: 'if (!(await this.#pause(retryDelayMs(this.#deps.options, attempt)))) return undefined;\n      }\n    }\n  }\n\n  /** The result of `step`',
        replace:
          'return { batchTime: fields.batchTime, blocks: new Map() };\n      }\n    }\n  }\n\n  /** The result of `step`',
      },
    ],
    finder: {
      kind: 'simulation',
      faults: ['disk-failure', 'driver-death'],
      forced: { graphs: [], batchIntervalMs: 200, stream: { source: 'acknowledged' } },
    },
  },
  {
    name: 'forget-pending-batch',
    wrong: 'an unfinished batch is not run again after a restart',
    patches: [
      {
        file: GENERATOR,
        find: 'this.#next = this.#after(from.doneUpTo);',
        replace: 'this.#next = this.#after(from.lastMade);',
      },
    ],
    finder: { kind: 'simulation', faults: ['driver-death', 'disk-slow'] },
  },
  {
    name: 'skip-the-latest',
    wrong: 'the latest of the missed batches is left out as well',
    shows: MISSED_BATCHES,
    patches: [
      {
        file: 'engine/src/batches/batch-ticks.ts',
        find: '{ from: before + batchIntervalMs, to: batchTime - batchIntervalMs }',
        replace: '{ from: before + batchIntervalMs, to: batchTime }',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/batches/job-generator.spec.ts' },
  },
  {
    name: 'skip-at-the-limit',
    wrong: 'exactly the maximum number of missed batches is left out instead of made up for',
    shows: MISSED_BATCHES,
    patches: [
      {
        file: 'engine/src/batches/batch-ticks.ts',
        find: 'const isSkipped = missed > missedLimit;',
        replace: 'const isSkipped = missed >= missedLimit;',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/batches/job-generator.spec.ts' },
  },
  {
    name: 'run-behind-held',
    wrong: 'batches after the successor of a held batch run',
    patches: [
      {
        file: 'engine/src/batches/job-scheduler.ts',
        find: 'isBehindHeld ||= this.#held.has(set);',
        replace: 'isBehindHeld = this.#held.has(set);',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/batches/job-scheduler.spec.ts' },
  },
  {
    name: 'count-an-outage',
    wrong: 'a batch whose sink is away is given up after a number of attempts',
    patches: [
      {
        file: 'engine/src/batches/attempt-limit.ts',
        find: 'if (!isAway && this.#failures >= maxAttempts)',
        replace: 'if (this.#failures >= maxAttempts)',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/batches/job-scheduler.spec.ts' },
  },
  {
    name: 'retried-for-good',
    wrong: 'a batch that failed again on retry runs although it is held',
    patches: [
      {
        file: 'engine/src/batches/held-batches.ts',
        find: '  ended(set: JobSet): void {\n    this.#retried.delete(set);',
        replace: '  ended(set: JobSet): void {\n    this.#held.delete(set);',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/batches/held-batches.spec.ts' },
  },
  {
    name: 'skipped-is-not-done',
    wrong: 'a batch skipped after a failure is never completed, so later batches are not cleaned up',
    shows: { faults: ['job-failure'] },
    patches: [
      {
        file: 'engine/src/batches/job-scheduler.ts',
        find: '    this.#deps.onBatchDone(set.batchTime);\n',
        replace: "    if (outcome === 'succeeded') this.#deps.onBatchDone(set.batchTime);\n",
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/batches/job-scheduler.spec.ts' },
  },
  {
    name: 'stop-before-the-last',
    wrong: 'a graceful stop does not wait for the last batch',
    patches: [
      {
        file: 'engine/src/batches/job-scheduler.ts',
        find: 'while (this.#pending.length >= count && !this.#halted) {',
        replace: 'while (this.#pending.length > count && !this.#halted) {',
      },
    ],
    finder: { kind: 'simulation', seeds: 400 },
  },
  {
    name: 'rerun-counts-as-new',
    wrong: 'the re-run of the last batch counts as a new batch',
    outside: 'changes only a rate, a measurement or a report',
    patches: [
      {
        file: 'engine/src/batches/job-generator.ts',
        find: 'isRerun: batchTime <= this.#rerunUpTo,',
        replace: 'isRerun: batchTime < this.#rerunUpTo,',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/batches/job-generator.spec.ts' },
  },
  {
    name: 'join-skipped-too-narrow',
    wrong: 'merging overlapping skipped ranges loses the start of the earlier range',
    outside: 'no simulated program reaches the defect',
    patches: [
      {
        file: 'engine/src/batches/skipped-batches.ts',
        find: 'const from = joined.reduce((least, other) => Math.min(least, other.from), range.from);',
        replace: 'const { from } = range;',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/batches/skipped-batches.spec.ts' },
  },
  {
    name: 'forget-close-behind-skipped',
    wrong: 'a threshold exactly at the margin after skipped batches is not moved back',
    patches: [
      {
        file: 'engine/src/batches/skipped-batches.ts',
        find: 'moved <= to + marginMs',
        replace: 'moved < to + marginMs',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/batches/skipped-batches.spec.ts' },
  },
  {
    name: 'move-back-over-one-range',
    wrong: 'of several ranges of skipped batches in short succession only the last one counts',
    shows: {
      faults: ['clock-step', 'driver-death'],
      forced: { graphs: ['inverse-window'], checkpoints: true },
    },
    patches: [
      {
        file: 'engine/src/batches/skipped-batches.ts',
        find: 'if (moved > from && moved <= to + marginMs) moved = from;',
        replace: 'if (moved === threshold && moved > from && moved <= to + marginMs) moved = from;',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/batches/skipped-batches.spec.ts' },
  },
  {
    name: 'allocation-goes-on',
    wrong: 'an allocation that no retry can write is retried forever',
    shows: { faults: ['lasting-refusal'] },
    patches: [
      {
        file: ATTEMPTS,
        find: 'if (fatal !== undefined) {',
        replace: 'if (fatal !== undefined && attempt < 0) {',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/context/fatal-errors.spec.ts' },
  },
  {
    name: 'scale-past-the-bound',
    wrong: 'more executors are added than the maximum',
    shows: {
      forced: {
        executors: 2,
        settings: { outputMs: 60 },
        allocation: {
          minExecutors: 1,
          maxExecutors: 3,
          scalingIntervalMs: 200,
          scalingUpRatio: 0.05,
          scalingDownRatio: 0.02,
        },
      },
    },
    patches: [
      {
        file: 'engine/src/batches/executor-allocation-manager.ts',
        find: 'Math.max(Math.min(options.maxExecutors, wanted + missing), options.minExecutors)',
        replace: 'Math.max(wanted + missing, options.minExecutors)',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/batches/executor-allocation-manager.spec.ts' },
  },
  {
    name: 'load-stays',
    wrong: 'counts before the last measurement are counted again in the next one',
    outside: 'changes only a rate, a measurement or a report',
    patches: [
      {
        file: 'engine/src/batches/batch-load.ts',
        find: '    this.#sum = 0;\n    this.#count = 0;\n    return mean;',
        replace: '    return mean;',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/batches/executor-allocation-manager.spec.ts' },
  },
  {
    name: 'overdue-bound-stays',
    wrong: 'the duration of a failed batch bounds the rate permanently',
    outside: 'changes only a rate, a measurement or a report',
    patches: [
      {
        file: 'engine/src/batches/stream-rate.ts',
        find: '  notOverdue(): void {\n    this.#overdueBound = Infinity;',
        replace: '  notOverdue(): void {',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/batches/rate-controller.spec.ts' },
  },
];
