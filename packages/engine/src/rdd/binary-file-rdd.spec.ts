import { MemoryStorage } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { RddCluster } from '../../test/rdd-cluster.ts';
import { binaryRecordsRdd, wholeFileRdd } from './binary-file-rdd.ts';

/** An executor over a disk with these files. */
function disk(files: Readonly<Record<string, Uint8Array | string>>) {
  const storage = new MemoryStorage();
  for (const [path, content] of Object.entries(files)) storage.writeFile(path, content);
  return { storage, environment: new RddCluster({ storage, maxTaskFailures: 1 }).environment };
}

describe('binaryRecordsRdd', () => {
  it('gives records of one length, one partition for each file', async () => {
    const { environment } = disk({ '/a': Uint8Array.of(1, 2, 3, 4), '/b': Uint8Array.of(5, 6), '/c': '' });
    const rdd = binaryRecordsRdd(environment, ['/a', '/b', '/c'], 2);
    const parts = await rdd.map((record) => [...record].join('')).glom().collect(); // prettier-ignore
    expect(parts).toEqual([['12', '34'], ['56'], []]);
  });

  it.each([3, 1_000, 262_143, 262_144, 300_000])(
    'cuts large files into records of %d bytes',
    async (size) => {
      const bytes = Uint8Array.from({ length: 4 * size }, (_, index) => Math.floor(index / size));
      const { environment, storage } = disk({ '/large': bytes });
      // A storage may return fewer bytes than requested.
      const open = storage.open.bind(storage);
      storage.open = async (path, mode) => {
        const file = await open(path, mode);
        const readAt = file.readAt.bind(file);
        file.readAt = (offset, length) => readAt(offset, Math.ceil(length / 3));
        return file;
      };
      const records = await binaryRecordsRdd(environment, ['/large'], size).collect();
      expect(records.map((record) => [record.length, record[0], record.at(-1)])).toEqual(
        [0, 1, 2, 3].map((n) => [size, n, n]),
      );
    },
  );

  it('fails when a file ends inside a record', async () => {
    const { environment } = disk({ '/a': Uint8Array.of(1, 2, 3) });
    await expect(binaryRecordsRdd(environment, ['/a'], 2).collect()).rejects.toMatchObject({
      cause: { code: 'MR_RDD_RECORD_INCOMPLETE', details: { path: '/a', recordBytes: 2, restBytes: 1 } },
    });
  });
});

describe('wholeFileRdd', () => {
  const parse = (content: Uint8Array, path: string) => [
    path,
    ...new TextDecoder().decode(content).split(';'),
  ];

  it('returns the records that the function makes of each file', async () => {
    const { environment } = disk({ '/a': 'x;y', '/b': 'z' });
    expect(await wholeFileRdd(environment, ['/a', '/b'], { parse }).glom().collect()).toEqual([
      ['/a', 'x', 'y'],
      ['/b', 'z'],
    ]);
  });

  it('fails for a file above the bound, and for a missing file', async () => {
    const { environment } = disk({ '/a': 'x'.repeat(11) });
    const read = (path: string) => wholeFileRdd(environment, [path], { parse, maxFileBytes: 10 }).collect();
    await expect(read('/a')).rejects.toMatchObject({ cause: { code: 'MR_RDD_FILE_TOO_LARGE' } });
    await expect(read('/b')).rejects.toMatchObject({ cause: { code: 'MR_STORAGE_NOT_FOUND' } });
  });
});
