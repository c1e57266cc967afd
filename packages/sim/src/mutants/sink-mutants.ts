// Defective sinks.
import type { SinkKind } from '../program/program-plan.ts';
import type { Mutant, SimulationFinder } from './mutant.ts';

/** Every program writes to the sink while drivers and machines die. */
const writingTo = (sink: SinkKind): Pick<SimulationFinder, 'faults' | 'forced'> => ({
  faults: ['driver-death', 'power-loss'],
  forced: { sink },
});

/** The faults and parts of a plan for defects of the files sink. */
export const FILES_SINK = writingTo('filesSink');

/** The faults and parts of a plan for defects of the SQLite sink. */
export const SQLITE_SINK = writingTo('sqliteSink');

/** See the header of this file. */
export const SINK_MUTANTS: readonly Mutant[] = [
  {
    name: 'trust-torn-number',
    wrong: 'a partition count cut off by a crash is accepted',
    shows: FILES_SINK,
    patches: [{ file: 'sinks/files/src/partition-claims.ts', find: '/^\\d+\\n$/', replace: '/^\\d+\\n?$/' }],
    finder: { kind: 'test', file: 'packages/sinks/files/src/files-sink.spec.ts' },
  },
  {
    name: 'claim-after-the-name',
    wrong: 'a file is renamed before the partition count is on the disk',
    shows: FILES_SINK,
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
    shows: FILES_SINK,
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
    shows: FILES_SINK,
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
    shows: FILES_SINK,
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
    shows: SQLITE_SINK,
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
    shows: SQLITE_SINK,
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
    shows: SQLITE_SINK,
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
