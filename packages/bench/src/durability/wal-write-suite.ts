// The rate of durable entries in the file log, beside bare gathered writes of groups of the same size. Bare writes
// append to new files, the reference of the budget, or overwrite old files. The file log overwrites, too, after its
// first clean-up, so overwriting is its upper limit.
import type { BenchCase, BenchSuite, BenchWorkload } from '../runner/suite.ts';
import { BareLog } from './bare-log.ts';
import { benchDirectory } from './bench-directory.ts';
import { FILE_LOG, fileLogTarget } from './file-log-target.ts';
import {
  entriesOf,
  entryOf,
  KEPT_BYTES,
  loadName,
  WRITE_LOADS,
  type WriteLoad,
  writersCase,
} from './write-load.ts';

const BARE = 'writev + fdatasync';
const BARE_OVER_OLD = 'the same over old files';

/** The file log's default: the maximum size of one append with one sync. */
const GROUP_BYTES = 4 * 1_024 * 1_024;

/** The suite `wal-write`. */
export const walWriteSuite: BenchSuite = {
  name: 'wal-write',
  purpose: 'rate of durable entries in the file log, beside bare writes of the same groups',
  unit: 'entries',
  contenders: 3,
  workloads: WRITE_LOADS.map(benchWorkload),
};

function benchWorkload(load: WriteLoad): BenchWorkload {
  return {
    name: loadName(load),
    makeCases: () => [
      writersCase(FILE_LOG, load, fileLogTarget),
      bareCase(BARE, load),
      bareCase(BARE_OVER_OLD, load),
    ],
    // One writer shares no sync, so its ratio is for information. The upper limit lacks checksums and is for
    // information, too.
    budgets: [
      load.writers === 1
        ? { contender: FILE_LOG, against: BARE }
        : { contender: FILE_LOG, against: BARE, atLeast: 0.9, line: 'wal' },
      { contender: FILE_LOG, against: BARE_OVER_OLD },
    ],
  };
}

function bareCase(name: typeof BARE | typeof BARE_OVER_OLD, load: WriteLoad): BenchCase {
  const { entryBytes, writers, each } = load;
  const directory = benchDirectory();
  const log = new BareLog(directory.path, { isOverwriting: name === BARE_OVER_OLD });
  const groupSize = Math.min(writers, GROUP_BYTES / entryBytes);
  const entries = entriesOf(load);
  const groups = Array.from({ length: writers / groupSize }, (_, at) =>
    entries.slice(at * groupSize, (at + 1) * groupSize),
  );
  const filling = fillTwice(log);
  return {
    name,
    operations: writers * each,
    run: async () => {
      await filling;
      for (let count = 0; count < each; count += 1) {
        for (const group of groups) await log.write(group);
      }
      await log.clean();
    },
    close: async () => {
      await filling;
      await log.close();
      await directory.remove();
    },
  };
}

/** Fills files like the file log; from then on there are old files. */
async function fillTwice(log: BareLog): Promise<void> {
  const group = [entryOf(GROUP_BYTES)];
  for (let bytes = 0; bytes < 2 * KEPT_BYTES; bytes += GROUP_BYTES) {
    await log.write(group);
    await log.clean();
  }
}
