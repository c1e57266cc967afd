import { gzipSync } from 'node:zlib';
import type { Storage, StorageFile } from '@millrace/core';
import { coreError } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { RddCluster } from '../../test/rdd-cluster.ts';
import { textFileRdd } from './text-file-rdd.ts';

/** Files that record their reads. */
function files(contents: Readonly<Record<string, string | Uint8Array>>) {
  const reads: number[] = [];
  let open = 0;
  const storage = {
    open: async (path: string) => {
      const content = contents[path];
      if (content === undefined) throw coreError('MR_STORAGE_NOT_FOUND', `${path} is not there`);
      open++;
      const bytes = Buffer.from(content);
      return {
        readAt: async (offset: number, length: number) => {
          reads.push(length);
          return bytes.subarray(offset, offset + length);
        },
        close: async () => void open--,
      } as Partial<StorageFile> as StorageFile;
    },
  } as Partial<Storage> as Storage;
  return { reads, isClosed: () => open === 0, storage };
}

describe('textFileRdd', () => {
  it('returns the lines of each file as a partition', async () => {
    const { storage, isClosed } = files({ a: 'one\r\ntwo\n', b: '', c: 'last line' });
    const { environment } = new RddCluster({ storage });
    const lines = textFileRdd(environment, ['a', 'b', 'c']);
    expect(await lines.glom().collect()).toEqual([['one', 'two'], [], ['last line']]);
    expect(isClosed()).toBe(true);
  });

  it('reads in chunks, and no further than needed', async () => {
    const { storage, reads, isClosed } = files({ a: 'é\n'.repeat(1_000) });
    const { environment } = new RddCluster({ storage });
    const lines = textFileRdd(environment, ['a'], { chunkBytes: 100 });
    expect(await lines.take(2)).toEqual(['é', 'é']);
    expect([reads, isClosed()]).toEqual([[100], true]);
    expect(await lines.count()).toBe(1_000);
  });

  it('fails with the code of the storage, and closes every opened file', async () => {
    const { storage, isClosed } = files({ a: 'x'.repeat(100) });
    const { environment } = new RddCluster({ storage });
    await expect(textFileRdd(environment, ['gone']).count()).rejects.toMatchObject({
      cause: { code: 'MR_STORAGE_NOT_FOUND' },
    });
    await expect(textFileRdd(environment, ['a'], { maxLineBytes: 10 }).count()).rejects.toMatchObject({
      cause: { code: 'MR_RDD_LINE_TOO_LONG' },
    });
    expect(isClosed()).toBe(true);
  });

  it.each([1, 2, 5, 100])(
    'skips a byte order mark at the start of a file, read by %i',
    async (chunkBytes) => {
      const { storage } = files({ a: '\ufeffone\n\ufefftwo\n', b: '\ufeff', c: '\ufefflast', d: '\ufeff\n' });
      const { environment } = new RddCluster({ storage });
      const lines = textFileRdd(environment, ['a', 'b', 'c', 'd'], { chunkBytes });
      expect(await lines.glom().collect()).toEqual([['one', '\ufefftwo'], [], ['last'], ['']]);
    },
  );

  it('unpacks a file whose name ends with .gz', async () => {
    const text = 'é\n'.repeat(10_000);
    const { storage, isClosed } = files({ 'a.gz': gzipSync(`\ufeff${text}`), 'b.GZ': gzipSync('') });
    const { environment } = new RddCluster({ storage });
    const lines = textFileRdd(environment, ['a.gz', 'b.GZ'], { chunkBytes: 100 });
    expect(await lines.count()).toBe(10_000);
    expect(await lines.distinct().collect()).toEqual(['é']);
    expect(await lines.take(1)).toEqual(['é']);
    expect(isClosed()).toBe(true);
  });

  it.each([
    ['text', Buffer.from('text\n')],
    ['cut short', gzipSync('text\n'.repeat(1_000)).subarray(0, 30)],
  ])('fails when a file that ends with .gz is %s', async (_, content) => {
    const { storage, isClosed } = files({ 'a.gz': content });
    const { environment } = new RddCluster({ storage });
    await expect(textFileRdd(environment, ['a.gz']).count()).rejects.toMatchObject({
      cause: { code: 'MR_RDD_FILE_NOT_GZIP', details: { path: 'a.gz' } },
    });
    expect(isClosed()).toBe(true);
  });
});
