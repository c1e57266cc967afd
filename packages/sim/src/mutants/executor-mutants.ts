// Defective engines: tasks and executors, with caches, slots, speculative copies, and the driver in charge.
import type { Mutant } from './mutant.ts';

/** See the header of this file. */
export const EXECUTOR_MUTANTS: readonly Mutant[] = [
  {
    name: 'cache-count-runs-over',
    wrong: 'records of dropped partitions count as held permanently',
    outside: 'costs time or memory only',
    patches: [
      {
        file: 'engine/src/rdd/partition-cache.ts',
        find: '    this.#recordCount -= entry.records.length;\n',
        replace: '',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/rdd/partition-cache.spec.ts' },
  },
  {
    name: 'keep-what-was-forgotten',
    wrong: 'a partition dropped during its computation is kept',
    outside: 'costs time or memory only',
    patches: [
      {
        file: 'engine/src/rdd/partition-cache.ts',
        find: 'if (ids.has(running.rddId)) this.#computing.delete(key);',
        replace: 'void [running, key];',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/rdd/partition-cache.spec.ts' },
  },
  {
    name: 'share-a-cancelled-computation',
    wrong: 'a task fails with the cancellation of another task that computed a partition for both',
    patches: [
      {
        file: 'engine/src/rdd/partition-cache.ts',
        find: 'if (sameElsewhere.signal?.aborted !== true || signal?.aborted === true) throw error;',
        replace: 'if (sameElsewhere !== undefined) throw error;',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/rdd/partition-cache.spec.ts' },
  },
  {
    name: 'calls-outlive-their-task',
    wrong: 'the calls of an asynchronous operator go on when their task is over',
    patches: [
      {
        file: 'engine/src/rdd/async-calls.ts',
        find: 'for (const call of this.#open) call.end(reason);',
        replace: '',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/rdd/async-operators.spec.ts' },
  },
  {
    name: 'results-leave-as-they-come',
    wrong: 'results of an ordered asynchronous operator leave in the order in which calls end',
    patches: [
      {
        file: 'engine/src/rdd/async-stage.ts',
        find: 'if (options.ordered) this.#slots.push(slot);',
        replace: '',
      },
      {
        file: 'engine/src/rdd/async-stage.ts',
        find: 'if (!options.ordered) this.#slots.push(slot);',
        replace: 'this.#slots.push(slot);',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/rdd/async-operators.spec.ts' },
  },
  {
    name: 'hold-results-without-bound',
    wrong: 'a slow call holds back results without a bound',
    outside: 'costs time or memory only',
    patches: [
      {
        file: 'engine/src/rdd/async-stage.ts',
        find: '      this.#held < WINDOW * concurrency &&\n',
        replace: '',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/rdd/async-operators.spec.ts' },
  },
  {
    name: 'cancel-no-task',
    wrong: 'the tasks of a job that has failed run to their end',
    outside: 'costs time or memory only',
    patches: [
      {
        file: 'engine/src/jobs/run-task.ts',
        find: "over.signal.addEventListener('abort', cancel, { once: true });",
        replace: '',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/rdd/async-operators.spec.ts' },
  },
  {
    name: 'copy-where-it-is-slow',
    wrong: 'the speculative copy of a slow task may run on the same executor',
    outside: 'costs time or memory only',
    patches: [
      { file: 'engine/src/jobs/speculation.ts', find: 'avoided: [slowOn],', replace: 'avoided: [],' },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/jobs/speculation.spec.ts' },
  },
  {
    name: 'locality-timer-stays',
    wrong: 'a task that got its executor leaves a timer behind',
    outside: 'costs time or memory only',
    patches: [
      {
        file: 'engine/src/jobs/task-slots.ts',
        find: '        timer?.cancel();\n        this.#unwatch(waiting);',
        replace: '        this.#unwatch(waiting);',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/jobs/task-slots.spec.ts' },
  },
  {
    name: 'abort-listener-stays',
    wrong: 'a task that got its executor leaves a listener on its signal behind',
    outside: 'costs time or memory only',
    patches: [
      {
        file: 'engine/src/jobs/task-slots.ts',
        find: "    signal.removeEventListener('abort', watched.onAbort);\n",
        replace: '',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/jobs/task-slots.spec.ts' },
  },
  {
    name: 'never-idle-again',
    wrong: 'an executor that has run a task is never idle again',
    outside: 'costs time or memory only',
    patches: [
      {
        file: 'engine/src/jobs/task-slots.ts',
        find: 'else this.#running.delete(executorId);',
        replace: 'else this.#running.set(executorId, 0);',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/jobs/task-slots.spec.ts' },
  },
  {
    name: 'obey-the-driver-before',
    wrong: 'an executor still obeys the predecessor of the driver in charge',
    patches: [
      {
        file: 'engine/src/executor/executor-runtime.ts',
        find: 'if (request.epoch < this.#epoch) {',
        replace: 'if (request.epoch < this.#epoch - 1) {',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/executor/executor-runtime.spec.ts' },
  },
  {
    name: 'wait-for-the-gone',
    wrong: 'requests to a lost executor are not rejected',
    patches: [
      {
        file: 'engine/src/executor/living-peers.ts',
        find: 'for (const giveUp of questions) giveUp(isGone(executorId));',
        replace: 'void questions;',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/executor/living-peers.spec.ts' },
    shows: {
      faults: ['executor-death', 'channel-delay'],
      forced: {
        executors: 2,
        graphs: ['reduce', 'persisted', 'window'],
        batchIntervalMs: 200,
        settings: { deathsAreSilent: true },
        endings: [
          { part: 'executor', after: { steps: 90 }, downMs: 0 },
          { part: 'executor', after: { steps: 150 }, downMs: 0 },
          { part: 'executor', after: { steps: 77 }, downMs: 0 },
        ],
      },
    },
  },
  {
    name: 'keep-forgotten-buckets',
    wrong: 'a map task writes its buckets although no reader exists',
    outside: 'costs time or memory only',
    patches: [
      { file: 'engine/src/executor/task-runner.ts', find: 'if (!isKnown) return undefined;', replace: '' },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/executor/task-runner.spec.ts' },
  },
];
