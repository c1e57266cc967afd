import { afterEach, describe, expect, it } from 'vitest';
import { START_MS, WatchedDirectory } from '../test/watched-directory.ts';
import { type WholeFile, wholeFiles, type WholeFilesInput } from './index.ts';

const running: WatchedDirectory<WholeFile>[] = [];

async function watching(options: Partial<WholeFilesInput> = {}): Promise<WatchedDirectory<WholeFile>> {
  const directory = new WatchedDirectory<WholeFile>();
  running.push(directory);
  await directory.start(wholeFiles({ directory: '/spool', ...options }));
  await directory.clock.advance(1);
  return directory;
}

const textsOf = ({ context }: WatchedDirectory<WholeFile>): string[] =>
  context.records.map(({ bytes }) => Buffer.from(bytes).toString());

afterEach(async () => {
  for (const directory of running.splice(0)) {
    await directory.end();
    expect(directory.clock.pendingTimers).toBe(0);
    expect(directory.storage.openFiles).toBe(0);
    expect(directory.context.restarts).toEqual([]);
  }
});

describe('wholeFiles', () => {
  it('stores each file as one record', async () => {
    const spool = await watching({ chunkBytes: 4 });
    spool.put('a.bin', new Uint8Array([1, 2, 3, 4, 5, 6]));
    await spool.clock.advance(1_000);
    expect(spool.context.records).toEqual([
      {
        path: '/spool/a.bin',
        name: 'a.bin',
        modifiedMs: START_MS + 1,
        bytes: new Uint8Array([1, 2, 3, 4, 5, 6]),
      },
    ]);
    expect(spool.storage.largestReadBytes).toBe(4);
  });

  it('stores an empty file as a record without bytes', async () => {
    const spool = await watching();
    spool.put('a', '');
    await spool.clock.advance(1_000);
    expect(textsOf(spool)).toEqual(['']);
  });

  it('reads the next file only when the engine accepts records (BLK-2)', async () => {
    const spool = await watching();
    spool.context.makeRoom(1);
    spool.put('a', 'one');
    spool.put('b', 'two');
    await spool.clock.advance(10_000);
    expect(textsOf(spool)).toEqual(['one']);
    spool.context.makeRoom();
    await spool.clock.advance(0);
    expect(textsOf(spool)).toEqual(['one', 'two']);
  });

  it('leaves out a file above the bound without reading the file', async () => {
    const spool = await watching({ maxFileBytes: 3 });
    spool.put('a', 'four');
    spool.put('b', 'six');
    await spool.clock.advance(10_000);
    expect(textsOf(spool)).toEqual(['six']);
    expect(spool.codes).toEqual(['MR_FILES_TOO_LARGE']);
    expect(spool.gauges()).toEqual({ droppedRecords: 1 });
    expect(spool.storage.largestReadBytes).toBe(3);
  });

  it('stores nothing of a file that changes meanwhile and reads the file again', async () => {
    const spool = await watching({ chunkBytes: 2 });
    spool.put('a', 'half');
    spool.storage.beforeRead = (_path, offset) => {
      if (offset > 0) spool.put('a', 'half and half');
    };
    await spool.clock.advance(1_000);
    expect(textsOf(spool)).toEqual([]);
    spool.storage.beforeRead = () => undefined;
    await spool.clock.advance(1_000);
    expect(textsOf(spool)).toEqual(['half and half']);
    expect(spool.codes).toEqual(['MR_FILES_CHANGED']);
  });

  it('stores nothing of a file that became shorter meanwhile', async () => {
    const spool = await watching({ chunkBytes: 2, minRememberMs: 1_000 });
    spool.put('a', 'half');
    const modifiedMs = spool.clock.now();
    spool.storage.beforeRead = () => spool.put('a', 'h', modifiedMs);
    await spool.clock.advance(1_000);
    expect(spool.codes).toEqual(['MR_FILES_CHANGED']);
    spool.storage.beforeRead = () => undefined;
    await spool.clock.advance(1_000);
    expect(textsOf(spool)).toEqual(['h']);
  });

  it('continues polling, and reads each file once, when the wall clock is set back', async () => {
    const spool = await watching();
    spool.put('before', 'one');
    await spool.clock.advance(2_000);
    await spool.clock.setWallTime(spool.clock.now() - 3_600_000);
    spool.put('after', 'two');
    await spool.clock.advance(3_000);
    expect(textsOf(spool)).toEqual(['one', 'two']);
    spool.put('later', 'three');
    await spool.clock.advance(120_000);
    expect(textsOf(spool)).toEqual(['one', 'two', 'three']);
    expect(spool.codes).toEqual([]);
  });

  it('reads no further after a stop', async () => {
    const spool = await watching({ chunkBytes: 1 });
    spool.put('a', 'four');
    let reads = 0;
    spool.storage.beforeRead = () => {
      reads += 1;
      spool.context.abort();
    };
    await spool.clock.advance(1_000);
    expect(reads).toBe(1);
    expect(textsOf(spool)).toEqual([]);
    expect(spool.codes).toEqual([]);
  });

  it('abandons a file that changes all the time', async () => {
    const spool = await watching({ minRememberMs: 3_000 });
    spool.put('a', 'half');
    let sizeBytes = 0;
    spool.storage.beforeRead = () => spool.put('a', 'x'.repeat(++sizeBytes), START_MS + 1);
    await spool.clock.advance(10_000);
    expect(textsOf(spool)).toEqual([]);
    expect(spool.codes).toEqual(['MR_FILES_CHANGED', 'MR_FILES_GIVEN_UP']);
  });
});
