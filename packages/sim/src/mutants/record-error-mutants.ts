// Engines that lose, repeat or misplace records for which a function fails.
import type { ForcedPlan } from '../draw-plan.ts';
import type { Mutant } from './mutant.ts';

/** Every program has a stream whose function fails, and a sink of dead letters. */
const LETTERS: ForcedPlan = {
  graphs: ['reduce'],
  durability: 'machine',
  checkpoints: true,
  recordErrors: { reaction: 'dead-letter', every: 3, flakyEvery: 11 },
};

/** See the header of this file. */
export const RECORD_ERROR_MUTANTS: readonly Mutant[] = [
  {
    name: 'complete-before-the-letters',
    wrong: 'a batch is complete before its dead letters are written',
    patches: [
      {
        file: 'engine/src/batches/job-scheduler.ts',
        find: 'return job !== undefined;',
        replace: 'return false;',
      },
    ],
    finder: { kind: 'simulation', forced: LETTERS, seeds: 20 },
  },
  {
    name: 'letters-of-one-partition',
    wrong: 'the dead letters of all partitions of an operator have the identity of one write',
    patches: [
      {
        file: 'engine/src/record-errors/record-error-ledger.ts',
        find: 'outputOperation: 0,\n      partition,',
        replace: 'outputOperation: 0,\n      partition: 0,',
      },
    ],
    finder: { kind: 'simulation', forced: LETTERS, seeds: 20 },
  },
  {
    name: 'report-a-partition-each-time',
    wrong: 'a partition that two outputs compute is reported twice',
    patches: [
      {
        file: 'engine/src/record-errors/record-error-ledger.ts',
        find: 'if (partitions.has(partition)) return false;',
        replace: '',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/context/record-errors.spec.ts' },
    outside: 'a sink that is effectively once keeps one of the writes; only the counts differ',
  },
  {
    name: 'try-a-record-once',
    wrong: 'an error that passes costs a record',
    patches: [
      {
        file: 'engine/src/rdd/step-guard.ts',
        find: 'if (leavesOut(place.rule)) {\n      try {',
        replace: 'if (!leavesOut(place.rule)) {\n      try {',
      },
    ],
    finder: { kind: 'simulation', forced: LETTERS, seeds: 20 },
  },
];
