import type { Storage, StorageEntry, StorageFile } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { StoredFile } from './stored-file.ts';

const entry = (fileId: string | undefined): StorageEntry => ({
  name: 'a',
  kind: 'file',
  sizeBytes: 3,
  modifiedMs: 1,
  ...(fileId === undefined ? {} : { fileId }),
});

/** A disk on which a name leads to one file and opens another file. */
async function readExchanged(seen: string | undefined, opened: string | undefined) {
  let isClosed = false;
  const file: Partial<StorageFile> = {
    stat: async () => entry(opened),
    readAt: async () => new TextEncoder().encode('abc'),
    close: async () => void (isClosed = true),
  };
  const storage: Partial<Storage> = { stat: async () => entry(seen), open: async () => file as StorageFile };
  const { signal } = new AbortController();
  const stored = new StoredFile({ storage: storage as Storage, signal }, '/spool/a');
  await stored.stat();
  const chunks: string[] = [];
  const reading = (async () => {
    for await (const chunk of stored.chunks({ fromByte: 0, toByte: 3, chunkBytes: 3 }))
      chunks.push(Buffer.from(chunk).toString());
  })();
  const error: unknown = await reading.catch((failure: unknown) => failure);
  return { chunks, error, isClosed };
}

describe('StoredFile', () => {
  it('reads nothing of a file that was replaced after the check', async () => {
    const { chunks, error, isClosed } = await readExchanged('one', 'another');
    expect(error).toMatchObject({ code: 'MR_FILES_UNREADABLE' });
    expect({ chunks, isClosed }).toEqual({ chunks: [], isClosed: true });
  });

  it.each([
    ['one', 'one'],
    [undefined, 'one'],
    ['one', undefined],
  ])('reads a file with identity %s at the check and %s at opening', async (seen, opened) => {
    expect(await readExchanged(seen, opened)).toMatchObject({ chunks: ['abc'], error: undefined });
  });
});
