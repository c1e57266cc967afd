// How fast entries become durable in the file log, beside bare gathered writes of groups of the same size. The third
// contender also reads every byte once, for a checksum, while the disk is busy with the group before: no log that knows
// damage when it sees it can do with less.
import { crc32 } from 'node:zlib';
import type { BenchCase, BenchSuite, BenchWorkload } from '../runner/suite.ts';
import { BareLog } from './bare-log.ts';
import { benchDirectory } from './bench-directory.ts';
import { FILE_LOG, fileLogTarget } from './file-log-target.ts';
import { entriesOf, loadName, WRITE_LOADS, type WriteLoad, writersCase } from './write-load.ts';

const BARE = 'writev + fdatasync';
const SUMMED = 'the same + crc32';

/** The file log's default: what shares one append and one sync. */
const GROUP_BYTES = 4 * 1_024 * 1_024;

/** The suite `wal-write`. */
export const walWriteSuite: BenchSuite = {
  name: 'wal-write',
  purpose: 'how fast entries become durable in the file log, beside bare writes of the same groups',
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
      bareCase(SUMMED, load),
    ],
    // One writer shares nothing with anybody: its ratio is for information. So is what a checksum alone costs.
    budgets: [
      load.writers === 1
        ? { contender: FILE_LOG, against: BARE }
        : { contender: FILE_LOG, against: BARE, atLeast: 0.9, line: 'wal' },
      { contender: FILE_LOG, against: SUMMED },
    ],
  };
}

function bareCase(name: typeof BARE | typeof SUMMED, load: WriteLoad): BenchCase {
  const { entryBytes, writers, each } = load;
  const directory = benchDirectory();
  const log = new BareLog(directory.path);
  const groupSize = Math.min(writers, GROUP_BYTES / entryBytes);
  const entries = entriesOf(load);
  const groups = Array.from({ length: writers / groupSize }, (_, at) =>
    entries.slice(at * groupSize, (at + 1) * groupSize),
  );
  const write = async (at: number): Promise<void> => {
    const writing = log.write(groups[at] ?? []);
    if (name === SUMMED) for (const entry of groups[(at + 1) % groups.length] ?? []) crc32(entry);
    await writing;
  };
  return {
    name,
    operations: writers * each,
    run: async () => {
      for (let count = 0; count < each; count += 1) {
        for (const at of groups.keys()) await write(at);
      }
      await log.clean();
    },
    close: async () => {
      await log.close();
      await directory.remove();
    },
  };
}
