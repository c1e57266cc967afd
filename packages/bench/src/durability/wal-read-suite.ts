// The rate of reading a log, beside a sequential read of the same files with a single checksum.
import { readdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { FileWriteAheadLog } from '@millrace/wal';
import type { BenchCase, BenchSuite, BenchWorkload } from '../runner/suite.ts';
import { benchDirectory } from './bench-directory.ts';
import { LOG_NAME, openFileLog } from './open-file-log.ts';
import { entryOf } from './write-load.ts';

const KIB = 1_024;
const LOG_BYTES = 64 * KIB * KIB;
const ENTRIES_MAX = 65_536;
const READ_BYTES = 2 * KIB * KIB;

const READ_ALL = 'readAll';
const BARE = 'bare read with checksum';

/** The suite `wal-read`. */
export const walReadSuite: BenchSuite = {
  name: 'wal-read',
  purpose: 'rate of reading a log, beside bare sequential reading with a checksum',
  unit: 'entries',
  contenders: 2,
  workloads: [0.25, 4, 64, 1_024].map(benchWorkload),
};

function benchWorkload(kib: number): BenchWorkload {
  // Ratios of tiny entries are for information: most of the read bytes are frames.
  const atLeast = kib < 4 ? 0 : 0.7;
  return {
    name: `entries of ${kib} KiB`,
    makeCases: () => casesOf(kib * KIB),
    budgets: [
      atLeast === 0
        ? { contender: READ_ALL, against: BARE }
        : { contender: READ_ALL, against: BARE, atLeast, line: 'recovery' },
    ],
  };
}

function casesOf(entryBytes: number): readonly BenchCase[] {
  const directory = benchDirectory();
  const entries = Math.min(ENTRIES_MAX, LOG_BYTES / entryBytes);
  const writing = writtenLog(directory.path, entryBytes, entries);
  return [
    {
      name: READ_ALL,
      operations: entries,
      run: async () => {
        let count = 0;
        for await (const { payload } of (await writing).readAll()) count += payload.byteLength > 0 ? 1 : 0;
        if (count !== entries) throw new Error(`read ${count} of ${entries} entries`);
      },
      close: async () => (await writing).close(),
    },
    {
      name: BARE,
      operations: entries,
      run: async () => {
        await writing;
        const folder = join(directory.path, LOG_NAME);
        for (const name of readdirSync(folder)) if (name.endsWith('.wal')) await readFile(join(folder, name));
      },
      close: () => directory.remove(),
    },
  ];
}

async function writtenLog(root: string, entryBytes: number, entries: number): Promise<FileWriteAheadLog> {
  const log = await openFileLog(root);
  const entry = entryOf(entryBytes);
  for (let written = 0; written < entries;) {
    const some = Array.from({ length: Math.min(64, entries - written) }, () => log.write(entry, 0));
    written += (await Promise.all(some)).length;
  }
  return log;
}

async function readFile(path: string): Promise<number> {
  const file = await open(path, 'r');
  let sum = 0;
  try {
    for (;;) {
      const bytes = new Uint8Array(READ_BYTES);
      const { bytesRead } = await file.read(bytes, 0, READ_BYTES);
      if (bytesRead === 0) return sum;
      sum = crc32(bytes.subarray(0, bytesRead), sum);
    }
  } finally {
    await file.close();
  }
}
