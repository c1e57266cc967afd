import { MemoryStorage } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { filesSink, type FilesSinkInput } from './index.ts';

const write = { application: 'app', batchTime: 1_000, outputOperation: 0, partition: 0, partitions: 1 };

/** The content of the directory of results, without the hidden directory for numbers of partitions. */
const files = (storage: MemoryStorage) =>
  storage.paths().filter((path) => !path.includes('/.millrace/partitions/'));

async function openSink(options: Partial<FilesSinkInput> = {}, storage = new MemoryStorage()) {
  const sink = filesSink<unknown>({ directory: '/out', ...options }, storage);
  await sink.open?.();
  return { sink, storage };
}

describe('filesSink', () => {
  it('reaches one host, and with shared every host (SINK-19)', async () => {
    const [own, shared] = [await openSink(), await openSink({ shared: true })];
    expect(own.sink.capabilities.reach).toBe('host');
    expect(shared.sink.capabilities.reach).toBe('everywhere');
  });

  it.each([
    [{ prefix: '../' }, 'prefix'],
    [{ prefix: '.hidden' }, 'prefix'],
    [{ suffix: '/x' }, 'suffix'],
    [{ suffix: '.' }, 'suffix'],
    [{ format: 'csv' }, 'columns'],
    [{ format: 'csv', columns: ['a', 'a'] }, 'columns'],
    [{ columns: ['a'] }, 'columns'],
    [{ header: true }, 'header'],
    [{ format: 'csv', columns: ['a'], delimiter: '\n' }, 'delimiter'],
    [{ chunkBytes: 0 }, 'chunkBytes'],
    [{ suffix: '.log.gz' }, 'suffix'],
    [{ suffix: '.GZ' }, 'suffix'],
    [{ mode: 0o1000 }, 'mode'],
    [{ format: 'csv', columns: ['a'], delimiter: '\ud800' }, 'delimiter'],
    [{ format: 'csv', columns: ['\ud800'] }, 'columns'],
    [{ compress: true }, 'compress'],
  ])('refuses %o, naming the option', (options, name) => {
    expect(() => filesSink({ directory: '/out', ...options } as FilesSinkInput, new MemoryStorage())).toThrow(
      expect.objectContaining({ code: 'MR_CONFIG_INVALID_OPTION', message: expect.stringContaining(name) }),
    );
  });

  it('does no I/O before it is opened', () => {
    const storage = new MemoryStorage();
    filesSink({ directory: '/out' }, storage);
    expect(storage.paths()).toEqual([]);
  });

  it.each([
    [{}, '/out/app-1000-0-0.ndjson', '{"a":1}\n'],
    [{ prefix: 'x-', suffix: '.log' }, '/out/x-app-1000-0-0.log', '{"a":1}\n'],
    [{ format: 'csv', columns: ['a'] }, '/out/app-1000-0-0.csv', 'a\n1\n'],
    [
      { format: 'csv', columns: ['b', 'a'], header: false, delimiter: '\t' },
      '/out/app-1000-0-0.csv',
      '\t1\n',
    ],
  ] as const)('writes with %o', async (options, path, text) => {
    const { sink, storage } = await openSink(options as Partial<FilesSinkInput>);
    await sink.write([{ a: 1 }], write);
    expect(files(storage)).toEqual([path]);
    expect(storage.readText(path)).toBe(text);
  });

  it('keeps the first file when a write is repeated with other records (SINK-2)', async () => {
    const { sink, storage } = await openSink({ format: 'text' });
    await sink.write(['first'], write);
    await sink.write(['second'], write);
    expect(storage.readText('/out/app-1000-0-0.txt')).toBe('first\n');
  });

  it('makes a file for a partition without records only on request', async () => {
    const { sink, storage } = await openSink();
    await sink.write([], write);
    expect(files(storage)).toEqual([]);
    const other = await openSink({ writeEmpty: true, format: 'csv', columns: ['a'] });
    await other.sink.write([], write);
    expect(other.storage.readText('/out/app-1000-0-0.csv')).toBe('a\n');
  });

  it('refuses a directory with the name of a file', async () => {
    const { sink, storage } = await openSink();
    storage.writeFile('/out/app-1000-0-0.ndjson/x', '');
    await expect(sink.write([1], write)).rejects.toMatchObject({
      code: 'MR_SINK_FILES_NAME_TAKEN',
      disposition: 'fail-batch',
    });
  });

  it('waits with the code of the disk when it is full, and continues when there is room', async () => {
    const { sink, storage } = await openSink({ format: 'text' }, new MemoryStorage({ maxBytes: 4 }));
    await expect(sink.write(['12345'], write)).rejects.toMatchObject({
      code: 'MR_STORAGE_FULL',
      disposition: 'back-off',
    });
    expect(files(storage)).toEqual([]);
    storage.maxBytes = 100;
    await sink.write(['12345'], write);
    expect(files(storage)).toEqual(['/out/app-1000-0-0.txt']);
  });

  it('removes drafts of dead writers at open and keeps drafts of live writers (SINK-15)', async () => {
    const storage = new MemoryStorage();
    storage.writeFile('/out/.millrace/writer-0-3.draft', 'dead');
    storage.writeFile('/out/.millrace/writer-1-1.draft', 'alive');
    storage.writeFile('/out/.millrace/writer-7-2.draft', 'dead');
    storage.writeFile('/out/.millrace/writer-7.lock.note', 'not a draft');
    await storage.lock('/out/.millrace/writer-1.lock');
    await openSink({}, storage);
    expect(files(storage)).toEqual(['/out/.millrace/writer-1-1.draft', '/out/.millrace/writer-7.lock.note']);
  });

  it('refuses to open when every number is taken, and opens when a number is free again', async () => {
    const storage = new MemoryStorage();
    await storage.makeDirectory('/out/.millrace');
    const locks = Array.from({ length: 1_000 }, (_, n) => storage.lock(`/out/.millrace/writer-${n}.lock`));
    const releases = await Promise.all(locks);
    const sink = filesSink({ directory: '/out' }, storage);
    await expect(sink.open?.()).rejects.toMatchObject({ code: 'MR_SINK_FILES_TOO_MANY_WRITERS' });
    await releases[500]?.();
    await sink.open?.();
    await sink.write([1], write);
  });

  it('waits at close for pending writes, and releases its number (SINK-6)', async () => {
    const { sink, storage } = await openSink();
    const written = sink.write([1], write);
    await sink.close?.();
    expect(files(storage)).toEqual(['/out/app-1000-0-0.ndjson']);
    await written;
    await (
      await storage.lock('/out/.millrace/writer-0.lock')
    )();
  });

  it('refuses a repeated batch with another number of partitions (SINK-17)', async () => {
    const { sink, storage } = await openSink({ format: 'text' });
    await sink.write(['a'], { ...write, partitions: 4 });
    const { sink: later } = await openSink({ format: 'text' }, storage);
    for (const partition of [0, 1]) {
      await expect(later.write(['b'], { ...write, partition, partitions: 2 })).rejects.toMatchObject({
        code: 'MR_SINK_REPARTITIONED',
        disposition: 'fail-batch',
        message: expect.stringContaining('/out/.millrace/partitions/app-1000-0.txt'),
        details: { before: 4, partitions: 2 },
      });
    }
    expect(files(storage)).toEqual(['/out/app-1000-0-0.txt']);
  });

  it('runs a batch with another number after its files and its number were removed', async () => {
    const { sink, storage } = await openSink({ format: 'text' });
    await sink.write(['a'], { ...write, partitions: 4 });
    for (const path of storage.paths()) if (path.includes('app-1000')) await storage.remove(path);
    const { sink: later } = await openSink({ format: 'text' }, storage);
    await later.write(['b'], { ...write, partitions: 2 });
    expect(storage.readText('/out/app-1000-0-0.txt')).toBe('b\n');
  });

  it.each(['', '4'])('rewrites a number that a crash has left as %j', async (torn) => {
    const storage = new MemoryStorage();
    storage.writeFile('/out/.millrace/partitions/app-1000-0.txt', torn);
    const { sink } = await openSink({ format: 'text' }, storage);
    await sink.write(['a'], { ...write, partitions: 12 });
    expect(storage.readText('/out/.millrace/partitions/app-1000-0.txt')).toBe('12\n');
  });

  it('lets one of two programs with different numbers of partitions write, and refuses the other program', async () => {
    const { sink: one, storage } = await openSink({ format: 'text' });
    const { sink: two } = await openSink({ format: 'text' }, storage);
    const ends = await Promise.allSettled([
      one.write(['a'], { ...write, partitions: 4 }),
      two.write(['b'], { ...write, partition: 1, partitions: 2 }),
    ]);
    expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(files(storage).filter((path) => path.startsWith('/out/app'))).toHaveLength(1);
  });
});
