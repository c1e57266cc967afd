// Defective plugins: executors on threads, sources and sinks. Except for the sinks, the simulation does not run these
// plugins: their own tests must detect the defects.
import type { Mutant } from './mutant.ts';
import { FILES_SINK, FORGETFUL_SINK } from './sink-mutants.ts';

/** See the header of this file. */
export const PLUGIN_MUTANTS: readonly Mutant[] = [
  {
    name: 'publish-before-sync',
    wrong: 'a file of the files sink is renamed before its content is on the disk',
    shows: FILES_SINK,
    patches: [
      {
        file: 'sinks/files/src/draft-file.ts',
        find: 'if (fsync) await this.#file.sync();',
        replace: '',
      },
    ],
    finder: { kind: 'test', file: 'packages/sinks/files/test/crash.spec.ts' },
  },
  {
    name: 'ledger-forgets-what-it-forgot',
    wrong: 'the ledger of the SQLite sink does not record its dropped prefix',
    shows: FORGETFUL_SINK,
    patches: [
      {
        file: 'sinks/sqlite/src/ledger.ts',
        find: 'this.#statements.remember.run(...key, newest);',
        replace: '',
      },
    ],
    finder: { kind: 'test', file: 'packages/sinks/sqlite/test/table-sink.int.spec.ts' },
  },
  {
    name: 'heartbeat-never-heard',
    wrong: 'signs of life of an executor do not count',
    patches: [
      {
        file: 'remote/src/heartbeat.ts',
        find: 'heard(): void {\n    this.#unanswered = 0;',
        replace: 'heard(): void {',
      },
    ],
    finder: { kind: 'test', file: 'packages/remote/src/heartbeat.spec.ts' },
  },
  {
    name: 'replacement-timer-stays',
    wrong: 'a place closed during the replacement of its executor gets an executor nevertheless',
    patches: [
      {
        file: 'remote/src/executor-slot.ts',
        find: '    this.#isClosed = true;\n    this.#timer?.cancel();',
        replace: '    this.#isClosed = true;',
      },
    ],
    finder: { kind: 'test', file: 'packages/remote/src/executor-slot.spec.ts' },
  },
  {
    name: 'delay-after-a-healthy-life',
    wrong: 'an executor with a long life is replaced as late as one that died at once',
    patches: [
      { file: 'remote/src/executor-slot.ts', find: 'if (isHealthy) this.#failures = 0;', replace: '' },
    ],
    finder: { kind: 'test', file: 'packages/remote/src/executor-slot.spec.ts' },
  },
  {
    name: 'silence-a-beat-late',
    wrong: 'a silence of exactly the bound is not reported',
    patches: [
      {
        file: 'remote/src/heartbeat.ts',
        find: 'if (silentMs < patienceMs()) this.start();',
        replace: 'if (silentMs <= patienceMs()) this.start();',
      },
    ],
    finder: { kind: 'test', file: 'packages/remote/src/heartbeat.spec.ts' },
  },
  {
    name: 'heartbeat-stays',
    wrong: 'a finished life continues to request signs of life',
    patches: [
      {
        file: 'remote/src/executor-life.ts',
        find: '    this.#heartbeat.stop();\n    this.#channel.close();',
        replace: '    this.#channel.close();',
      },
    ],
    finder: { kind: 'test', file: 'packages/remote/src/executor-life.spec.ts' },
  },
  {
    name: 'place-beside-itself',
    wrong: 'a rescheduled receiver counts as load of the executor that it leaves',
    patches: [
      {
        file: 'scheduling/src/executor-loads.ts',
        find: 'if (placement.streamId !== leftOut) addLoad(result, placement);',
        replace: 'void leftOut; addLoad(result, placement);',
      },
    ],
    finder: { kind: 'test', file: 'packages/scheduling/src/executor-loads.spec.ts' },
  },
  {
    name: 'turn-back',
    wrong: 'a receiver rescheduled in turn stays on its failed executor',
    patches: [
      {
        file: 'scheduling/src/round-robin-scheduling-policy.ts',
        find: 'lastTurn + 1;',
        replace: 'lastTurn;',
      },
    ],
    finder: { kind: 'test', file: 'packages/scheduling/src/round-robin-scheduling-policy.spec.ts' },
  },
  {
    name: 'learn-twice-from-one-end',
    wrong: 'the controller counts a batch that ended at the same time as the last one',
    patches: [
      {
        file: 'scheduling/src/rates/pid-rate-estimator.ts',
        find: 'processingEndMs <= this.#latestTimeMs',
        replace: 'processingEndMs < this.#latestTimeMs',
      },
    ],
    finder: { kind: 'test', file: 'packages/scheduling/src/rates/pid-rate-estimator.spec.ts' },
  },
  {
    name: 'wish-for-the-dead',
    wrong: 'a preferred host without a live executor is not kept as a candidate',
    patches: [
      {
        file: 'scheduling/src/locality-scheduling-policy.ts',
        find: 'return isOpen && executors.length > 0 ?',
        replace: 'return isOpen && executors.length > 1 ?',
      },
    ],
    finder: { kind: 'test', file: 'packages/scheduling/src/locality-scheduling-policy.spec.ts' },
  },
];
