import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Sink, SinkWrite } from '@millrace/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sqliteSink, sqliteSinkOptions } from '../src/index.ts';
import type { SqliteModule } from '../src/sqlite-module.ts';
import { TableSink } from '../src/table-sink.ts';
import { temporaryDatabase, type TemporaryDatabase } from './temporary-database.ts';

type JournalMode = 'wal' | 'delete';

let database: TemporaryDatabase;
let file: string;
let sinks: Sink<unknown>[];
beforeEach(() => {
  database = temporaryDatabase();
  mkdirSync(join(database.directory, 'data'));
  file = join(database.directory, 'data', 'out.db');
  sinks = [];
});
afterEach(async () => {
  for (const sink of sinks) await sink.close?.();
  database.remove();
});

const write = (batchTime: number): SinkWrite => ({
  application: 'app',
  batchTime,
  outputOperation: 0,
  partition: 0,
  partitions: 1,
});

async function openSink(journalMode: JournalMode, at = file): Promise<Sink<unknown>> {
  const sink = sqliteSink<unknown>({ file: at, table: 't', columns: ['a'], journalMode });
  sinks.push(sink);
  await sink.open?.();
  await sink.write([{ a: 1 }], write(1_000));
  return sink;
}

/** A `node:sqlite` that runs an action after each commit. */
function afterCommit(work: () => void): SqliteModule {
  class Disturbed extends DatabaseSync {
    override exec(sql: string): void {
      super.exec(sql);
      if (sql === 'COMMIT') work();
    }
  }
  return { ...process.getBuiltinModule('node:sqlite'), DatabaseSync: Disturbed } as SqliteModule;
}

const removed = () => {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
};
const replaced = () => {
  copyFileSync(file, `${file}.copy`);
  removed();
  renameSync(`${file}.copy`, file);
};
const moved = () => renameSync(dirname(file), join(database.directory, 'moved'));
const exchanged = () => {
  moved();
  mkdirSync(dirname(file));
  copyFileSync(join(database.directory, 'moved', 'out.db'), file);
};
const without = (suffix: string) => () => rmSync(`${file}${suffix}`);
const emptied = (suffix: string) => () => {
  rmSync(`${file}${suffix}`);
  writeFileSync(`${file}${suffix}`, '');
};

const TROUBLES: readonly (readonly [string, JournalMode, () => void])[] = [
  ...(['wal', 'delete'] as const).flatMap((mode): (readonly [string, JournalMode, () => void])[] => [
    ['the file was removed', mode, removed],
    ['another file has its name', mode, replaced],
    ['its directory has another name', mode, moved],
    ['another directory has the name of its directory', mode, exchanged],
  ]),
  ['its log was removed', 'wal', without('-wal')],
  ['its index was removed', 'wal', without('-shm')],
  ['another log is in its place', 'wal', emptied('-wal')],
  ['another index is in its place', 'wal', emptied('-shm')],
];

const REPLACED = { code: 'MR_SINK_SQLITE_REPLACED', disposition: 'stop-engine' };

// Other systems refuse to remove open files.
describe.skipIf(process.platform === 'win32')(
  'sqliteSink after the removal or replacement of its database',
  () => {
    it.each(TROUBLES)('refuses every later write when %s (%s)', async (_, mode, trouble) => {
      const sink = await openSink(mode);
      trouble();
      for (const batchTime of [2_000, 2_000, 3_000]) {
        await expect(sink.write([{ a: 2 }], write(batchTime))).rejects.toMatchObject(REPLACED);
      }
    });

    it.each(TROUBLES)('refuses a write during which %s (%s)', async (_, mode, trouble) => {
      const sink = await openSink(mode);
      function* records() {
        yield { a: 2 };
        trouble();
        yield { a: 3 };
      }
      await expect(sink.write(records(), write(2_000))).rejects.toMatchObject(REPLACED);
    });

    it.each(TROUBLES)('refuses a write after whose commit %s (%s)', async (_, journalMode, trouble) => {
      let isDue = false;
      const options = sqliteSinkOptions.parse({ file, table: 't', columns: ['a'], journalMode });
      const load = () => afterCommit(() => isDue && trouble());
      const sink = new TableSink<unknown>({ options, row: undefined, load });
      sinks.push(sink);
      await sink.open();
      isDue = true;
      await expect(sink.write([{ a: 1 }], write(1_000))).rejects.toMatchObject(REPLACED);
      isDue = false;
    });

    it.each([
      ['the file', ''],
      ['its log', '-wal'],
    ])('refuses a write after which %s was truncated in place', async (_, suffix) => {
      const sink = await openSink('wal');
      truncateSync(`${file}${suffix}`, 0);
      await expect(sink.write([{ a: 2 }], write(2_000))).rejects.toMatchObject(REPLACED);
    });

    it('refuses a write when an older copy was written over the file in place', async () => {
      const sink = await openSink('delete');
      const older = readFileSync(file);
      await sink.write([{ a: 2 }], write(2_000));
      writeFileSync(file, older);
      await expect(sink.write([{ a: 3 }], write(3_000))).rejects.toMatchObject(REPLACED);
    });

    it('continues when another connection empties the log or has dropped rows of the ledger', async () => {
      const sink = await openSink('wal');
      const other = new DatabaseSync(file);
      other.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      await sink.write([{ a: 2 }], write(2_000));
      other.exec(
        `INSERT INTO millrace_ledger_forgotten VALUES ('t', 'app', 0, 2000); DELETE FROM millrace_ledger`,
      );
      await sink.write([{ a: 3 }], write(3_000));
      expect(other.prepare('SELECT a FROM t ORDER BY a').all()).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }]);
      other.close();
    });

    it('refuses a write when the link to the file leads elsewhere', async () => {
      const link = join(database.directory, 'link.db');
      symlinkSync(file, link);
      const sink = await openSink('wal', link);
      rmSync(link);
      symlinkSync(database.file, link);
      await expect(sink.write([{ a: 2 }], write(2_000))).rejects.toMatchObject(REPLACED);
    });

    it('keeps the written rows, and continues in a new sink when the file is restored', async () => {
      const sink = await openSink('wal');
      moved();
      await expect(sink.write([{ a: 2 }], write(2_000))).rejects.toMatchObject(REPLACED);
      await sink.close?.();
      renameSync(join(database.directory, 'moved'), dirname(file));
      await (await openSink('wal')).write([{ a: 2 }], write(2_000));
      const reading = new DatabaseSync(file);
      expect(reading.prepare('SELECT a FROM t ORDER BY a').all()).toEqual([{ a: 1 }, { a: 2 }]);
      reading.close();
    });

    it.each(['wal', 'delete'] as const)(
      'accepts other connections that open and close (%s)',
      async (mode) => {
        const sink = await openSink(mode);
        for (const batchTime of [2_000, 3_000]) {
          const other = new DatabaseSync(file);
          other.exec('CREATE TABLE IF NOT EXISTS o (a); INSERT INTO o VALUES (1)');
          if (mode === 'wal') other.exec('PRAGMA wal_checkpoint(TRUNCATE)');
          other.close();
          await sink.write([{ a: 2 }], write(batchTime));
        }
        const reading = new DatabaseSync(file);
        expect(reading.prepare('SELECT count(*) AS n FROM t').get()).toEqual({ n: 3 });
        reading.close();
      },
    );
  },
);
