// The rate of durable entries in the file log, beside embedded databases used as a log: with a synchronous write for
// each entry, and with waiting entries written together.
import type { BenchCase, BenchSuite, BenchWorkload, Budget } from '../runner/suite.ts';
import { FILE_LOG, fileLogTarget } from './file-log-target.ts';
import { levelEachTarget, levelTogetherTarget } from './level-targets.ts';
import { lmdbEachTarget, lmdbTogetherTarget } from './lmdb-targets.ts';
import { sqliteEachTarget, sqliteTogetherTarget } from './sqlite-targets.ts';
import {
  type DurableTarget,
  FEWER_WRITE_LOADS,
  loadName,
  MANY_WRITERS,
  SMALL_BYTES,
  type WriteLoad,
  writersCase,
} from './write-load.ts';

type OpenTarget = (directory: string, entryBytes: number) => Promise<DurableTarget>;

/** A synchronous write for each entry. */
const EACH: readonly (readonly [string, OpenTarget])[] = [
  ['SQLite, each', sqliteEachTarget],
  ['LevelDB, each', levelEachTarget],
  ['LMDB, each', lmdbEachTarget],
];

/** Waiting entries are written together. */
const TOGETHER: readonly (readonly [string, OpenTarget])[] = [
  ['SQLite, together', sqliteTogetherTarget],
  ['LevelDB, together', levelTogetherTarget],
  ['LMDB, together', lmdbTogetherTarget],
];

/** The suite `wal-peers`. */
export const walPeersSuite: BenchSuite = {
  name: 'wal-peers',
  purpose: 'rate of durable entries in the file log, beside SQLite, LevelDB and LMDB',
  unit: 'entries',
  contenders: 1 + EACH.length + TOGETHER.length,
  workloads: FEWER_WRITE_LOADS.map(benchWorkload),
};

function benchWorkload(load: WriteLoad): BenchWorkload {
  const makeCases = (): readonly BenchCase[] => [
    writersCase(FILE_LOG, load, fileLogTarget),
    ...[...EACH, ...TOGETHER].map(([name, open]) =>
      writersCase(name, load, (directory) => open(directory, load.entryBytes)),
    ),
  ];
  // With fewer writers there is little to share and the disk decides, so these ratios are for information.
  const isBudgeted = load.writers === MANY_WRITERS && load.entryBytes === SMALL_BYTES;
  const budgets: readonly Budget[] = [
    ...EACH.map(([against]) => ({
      contender: FILE_LOG,
      against,
      ...(isBudgeted ? { atLeast: 5, line: 'wal' as const } : {}),
    })),
    ...TOGETHER.map(([against]) => ({ contender: FILE_LOG, against })),
  ];
  return { name: loadName(load), makeCases, budgets };
}
