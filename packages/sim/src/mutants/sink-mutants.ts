// Defective sinks.
import type { ForcedPlan } from '../draw-plan.ts';
import type { FaultKind } from '../plan.ts';
import type { SinkKind } from '../program/program-plan.ts';
import type { Mutant, SimulationFinder } from './mutant.ts';

/** Every program writes to the files sink while drivers and machines die. */
export const FILES_SINK: Pick<SimulationFinder, 'faults' | 'forced'> = {
  faults: ['driver-death', 'power-loss'],
  forced: { sink: 'filesSink' },
};

/** Programs whose batches come again with other partitions: the partitions of groups follow from keys. */
const regrouped = (
  sink: SinkKind,
  faults: readonly FaultKind[],
  forced: ForcedPlan = {},
): Pick<SimulationFinder, 'faults' | 'forced'> => ({
  faults,
  forced: { sink, operators: ['groupByKey'], ...forced },
});

/** Batches overlap on a slow disk, so a batch that is not the newest one comes again. */
export const FORGETFUL_SINK: Pick<SimulationFinder, 'faults' | 'forced'> = {
  faults: ['driver-death', 'power-loss', 'disk-slow', 'disk-failure'],
  forced: {
    sink: 'sqliteSink',
    graphs: [],
    concurrentJobs: 4,
    batchIntervalMs: 200,
    settings: { outputMs: 200 },
  },
};

/** See the header of this file. */
export const SINK_MUTANTS: readonly Mutant[] = [
  {
    name: 'trust-torn-number',
    wrong: 'a partition count cut off by a crash is accepted',
    shows: regrouped('filesSink', ['driver-death', 'disk-failure'], { parallelism: [12] }),
    patches: [{ file: 'sinks/files/src/partition-claims.ts', find: '/^\\d+\\n$/', replace: '/^\\d+\\n?$/' }],
    finder: { kind: 'test', file: 'packages/sinks/files/src/files-sink.spec.ts' },
  },
  {
    name: 'claim-after-the-name',
    wrong: 'a file is renamed before the partition count is on the disk',
    shows: regrouped('filesSink', ['driver-death']),
    patches: [
      {
        file: 'sinks/files/src/directory-sink.ts',
        find: '      if (draft !== undefined) await claims.claim(write);\n      await draft?.publish(path, this.#options);',
        replace:
          '      await draft?.publish(path, this.#options);\n      if (draft !== undefined) await claims.claim(write);',
      },
    ],
    finder: { kind: 'test', file: 'packages/sinks/files/test/crash.spec.ts' },
  },
  {
    name: 'number-not-synced',
    wrong: 'a power loss may lose the partition count',
    shows: regrouped('filesSink', ['power-loss']),
    patches: [
      {
        file: 'sinks/files/src/partition-claims.ts',
        find: '    if (fsync) await storage.syncDirectory(directory);\n    // Another',
        replace: '    // Another',
      },
    ],
    finder: { kind: 'test', file: 'packages/sinks/files/test/crash.spec.ts' },
  },
  {
    name: 'remove-drafts-of-the-living',
    wrong: 'an opening sink removes drafts of another sink',
    shows: regrouped('filesSink', ['executor-death', 'disk-slow'], { executors: 3 }),
    patches: [
      {
        file: 'sinks/files/src/drafts-directory.ts',
        find: 'if (!isOwn && release === undefined) continue;',
        replace: 'if (!isOwn && release === undefined && entries.length === 0) continue;',
      },
    ],
    finder: { kind: 'test', file: 'packages/sinks/files/src/files-sink.spec.ts' },
  },
  {
    name: 'accept-fewer-partitions',
    wrong: 'a re-run with fewer partitions is accepted',
    shows: regrouped('filesSink', ['driver-death', 'power-loss']),
    patches: [
      {
        file: 'sinks/files/src/partition-claims.ts',
        find: 'if (partitions === write.partitions) return;',
        replace: 'if (partitions >= write.partitions) return;',
      },
    ],
    finder: { kind: 'test', file: 'packages/sinks/files/src/files-sink.spec.ts' },
  },
  {
    name: 'write-the-forgotten',
    wrong: 'the newest batch dropped from the ledger is written again',
    shows: FORGETFUL_SINK,
    patches: [
      {
        file: 'sinks/sqlite/src/ledger.ts',
        find: 'write.batchTime > forgotten) return;',
        replace: 'write.batchTime >= forgotten) return;',
      },
    ],
    finder: { kind: 'test', file: 'packages/sinks/sqlite/test/table-sink.int.spec.ts' },
  },
  {
    name: 'accept-more-partitions',
    wrong: 'a re-run with more partitions is accepted',
    shows: regrouped('sqliteSink', ['driver-death', 'power-loss']),
    patches: [
      {
        file: 'sinks/sqlite/src/ledger.ts',
        find: 'if (before !== partitions) throw',
        replace: 'if (before > partitions) throw',
      },
    ],
    finder: { kind: 'test', file: 'packages/sinks/sqlite/test/table-sink.int.spec.ts' },
  },
  {
    name: 'forget-at-each-write',
    wrong: 'the ledger searches for outdated entries on every write',
    outside: 'costs time or memory only',
    patches: [
      {
        file: 'sinks/sqlite/src/ledger.ts',
        find: 'this.#writesSince.set(output, isDue ? 1 : writesSince + 1);',
        replace: 'this.#writesSince.set(output, isDue ? 1 : writesSince);',
      },
    ],
    finder: { kind: 'test', file: 'packages/sinks/sqlite/test/table-sink.int.spec.ts' },
  },
];
