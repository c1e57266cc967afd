// Possible contents of a directory: this format byte by byte, other formats, and files changed from outside.
import { crc32 } from 'node:zlib';
import { SeededRandom } from '@millrace/core';
import { MemoryStorage } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { codeOf, openLog, payload, recordsOf, segmentFile, textsOf } from './open-log.ts';

const OWN_SEGMENTS = { closeFileAfterWrite: true };
const SKIP = { onCorrupt: 'skip' } as const;

/** All files on the disk, for comparing. */
async function bytesOf(storage: MemoryStorage): Promise<ReadonlyMap<string, string>> {
  const contents = storage
    .paths()
    .map(async (path) => [path, Buffer.from(await read(storage, path)).toString('hex')] as const);
  return new Map(await Promise.all(contents));
}

async function read(storage: MemoryStorage, path: string): Promise<Uint8Array> {
  const file = await storage.open(path, 'read');
  return file.readAt(0, await file.size());
}

/** A log in which each of these texts has a segment of its own, closed in order and sealed. */
async function logOf(texts: readonly string[], seed = 'this log'): Promise<MemoryStorage> {
  const storage = new MemoryStorage();
  const log = await openLog(storage, { options: OWN_SEGMENTS, random: new SeededRandom(seed) });
  for (const [index, text] of texts.entries()) await log.write(payload(text), index);
  await log.close();
  // Segments of single groups are closed without a seal; opening the log once more writes it.
  await (await openLog(storage)).close();
  return storage;
}

async function changeHeader(storage: MemoryStorage, number: number): Promise<void> {
  const bytes = await read(storage, segmentFile(number));
  bytes[20] = (bytes[20] ?? 0) ^ 1;
  storage.writeFile(segmentFile(number), bytes);
}

/**
 * The header of another version, as that version would write it: all versions share magic, version, size and checksum.
 */
function headerOf(version: number, sizeBytes: number): Buffer {
  const header = Buffer.alloc(sizeBytes, 0x5a);
  Buffer.from([0x96, 0x4d, 0x52, 0x57, 0x41, 0x4c, 0x0d, 0x0a]).copy(header);
  header.writeUInt16LE(version, 8);
  header.writeUInt16LE(sizeBytes, 10);
  header.writeUInt32LE(crc32(header.subarray(0, sizeBytes - 4)), sizeBytes - 4);
  return header;
}

/** A segment of version 1, byte by byte: an entry `one` at 7.5, an entry of no bytes at 8, and a seal. */
const VERSION_1 = [
  '964d5257414c0d0a 0100 4000 01000000 0100000000000000', // magic, version, header bytes, synced, number 1
  '0000000000408f40 0000000000000000 00000000 00000000 000000000000f0ff', // created 1,000; no previous segment
  '78563412', // salt
];

function frame(magic: string, offset: number, timeMs: number, content: string): Buffer {
  const bytes = Buffer.alloc(28 + content.length);
  Buffer.from(magic, 'hex').copy(bytes);
  bytes.writeUInt32LE(crc32(content), 8);
  bytes.writeUInt32LE(content.length, 12);
  bytes.writeDoubleLE(timeMs, 20);
  bytes.write(content, 28);
  bytes.writeUInt32LE(crc32(bytes.subarray(8, 28), (0x12345678 ^ offset) >>> 0), 4);
  return bytes;
}

function versionOne(): Buffer {
  const head = Buffer.from(VERSION_1.join('').replaceAll(' ', ''), 'hex');
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(crc32(head));
  const frames = [
    frame('d7524543', 64, 7.5, 'one'),
    frame('d7524543', 95, 8, ''),
    frame('d7454e44', 123, 8, ''),
  ];
  return Buffer.concat([head, sum, ...frames]);
}

describe('a directory of this format', () => {
  it('is read as specified byte by byte', async () => {
    const storage = new MemoryStorage();
    storage.writeFile(segmentFile(1), versionOne());
    const log = await openLog(storage);
    const records = await recordsOf(log);
    const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
    expect(records.map((record) => [text(record.payload), record.timeMs])).toEqual([
      ['one', 7.5],
      ['', 8],
    ]);
    expect(Buffer.from(await read(storage, segmentFile(1))).equals(versionOne())).toBe(true);
    await log.write(payload('two'), 9);
    expect(await textsOf(log)).toEqual(['one', '', 'two']);
  });

  it('may contain files that are not segments: such files stay unchanged', async () => {
    const storage = await logOf(['a']);
    storage.writeFile('/wal/log/notes.txt', 'mine');
    storage.writeFile('/wal/log/segment-1.wal', 'not a number of twelve digits');
    storage.writeFile('/wal/log/backup/segment-000000000001.wal', 'in a folder');
    const before = await bytesOf(storage);
    expect(await textsOf(await openLog(storage))).toEqual(['a']);
    expect(await bytesOf(storage)).toEqual(before);
  });

  it('loses unfinished rewrites', async () => {
    const storage = await logOf(['a']);
    storage.writeFile(`${segmentFile(1)}.tmp`, 'half of it');
    expect(await textsOf(await openLog(storage))).toEqual(['a']);
    expect(storage.paths()).toEqual([segmentFile(1)]);
  });
});

describe('a directory of another format', () => {
  it.each([
    ['an earlier version', 0, 64],
    ['an earlier one with a short header', 0, 16],
    ['a later version', 2, 64],
    ['a later one with a long header', 3, 500],
  ])('of %s is refused, and nothing in the directory is changed', async (_name, version, sizeBytes) => {
    const storage = await logOf(['a']);
    storage.writeFile(segmentFile(2), Buffer.concat([headerOf(version, sizeBytes), Buffer.alloc(900, 1)]));
    storage.writeFile(`${segmentFile(2)}.tmp`, 'its rewrite');
    const before = await bytesOf(storage);
    expect(await codeOf(openLog(storage))).toBe('MR_WAL_UNSUPPORTED_FORMAT');
    expect(await codeOf(openLog(storage, { options: SKIP }))).toBe('MR_WAL_UNSUPPORTED_FORMAT');
    expect(await bytesOf(storage)).toEqual(before);
  });

  it('names the versions, and is released for a program that can read it', async () => {
    const storage = new MemoryStorage();
    storage.writeFile(segmentFile(1), headerOf(2, 80));
    await expect(openLog(storage)).rejects.toMatchObject({ details: { version: 2, supported: 1 } });
    await (
      await storage.lock('/wal/log/lock')
    )();
  });
});

describe('a directory that was damaged', () => {
  it('with an invalid header is refused, or loses that segment', async () => {
    const storage = await logOf(['a', 'b', 'c']);
    await changeHeader(storage, 2);
    const before = await bytesOf(storage);
    const log = await openLog(storage);
    await expect(recordsOf(log)).rejects.toMatchObject({
      code: 'MR_WAL_CORRUPT_RECORD',
      details: { segment: 'log/segment-000000000002.wal', offset: 0, what: 'header' },
    });
    await log.close();
    expect(await bytesOf(storage)).toEqual(before);
    const skipping = await openLog(storage, { options: SKIP });
    expect(await textsOf(skipping)).toEqual(['a', 'c']);
    expect(skipping.statistics()).toMatchObject({ skippedPlaces: 1 });
  });

  it('with a damaged header at the end continues behind it, and never reads a segment restored later', async () => {
    const storage = await logOf(['a', 'b', 'c']);
    const whole = await read(storage, segmentFile(3));
    await changeHeader(storage, 3);
    const log = await openLog(storage, { options: SKIP });
    await log.write(payload('d'), 9);
    await log.close();
    storage.writeFile(segmentFile(3), whole);
    const reopened = await openLog(storage, { options: SKIP });
    expect(await textsOf(reopened)).toEqual(['a', 'b', 'd']);
  });

  it('without a segment in its middle is refused, or loses that segment', async () => {
    const storage = await logOf(['a', 'b', 'c']);
    await storage.remove(segmentFile(2));
    const log = await openLog(storage);
    await expect(recordsOf(log)).rejects.toMatchObject({
      code: 'MR_WAL_CORRUPT_RECORD',
      details: { segment: 'log/segment-000000000002.wal', what: 'missing segment' },
    });
    await log.close();
    expect(await textsOf(await openLog(storage, { options: SKIP }))).toEqual(['a', 'c']);
  });

  it('without its oldest segments is complete: a clean-up leaves such a directory', async () => {
    const storage = await logOf(['a', 'b', 'c']);
    await storage.remove(segmentFile(1));
    expect(await textsOf(await openLog(storage))).toEqual(['b', 'c']);
  });

  it.each([1, 2, 3])(
    'with segment %d of another log is refused, and never reads the foreign segment',
    async (number) => {
      const storage = await logOf(['a', 'b', 'c']);
      const other = await logOf(['x', 'y', 'z'], 'another log');
      const { length } = await read(storage, segmentFile(number));
      const foreign = await read(other, segmentFile(number));
      expect(foreign).toHaveLength(length);
      storage.writeFile(segmentFile(number), foreign);
      const log = await openLog(storage);
      await expect(recordsOf(log)).rejects.toMatchObject({
        code: 'MR_WAL_CORRUPT_RECORD',
        details: { segment: `log/segment-00000000000${number}.wal`, what: 'foreign segment' },
      });
      const handle = { segment: `log/segment-00000000000${number}.wal`, offset: 64, length: 1 };
      expect(await codeOf(log.read(handle))).toBe('MR_WAL_CORRUPT_RECORD');
      await log.close();
      const left = ['a', 'b', 'c'].filter((_, index) => index !== number - 1);
      expect(await textsOf(await openLog(storage, { options: SKIP }))).toEqual(left);
    },
  );

  it('with a copy of a segment under another number is refused, and reads the segment once', async () => {
    const storage = await logOf(['a', 'b', 'c']);
    storage.writeFile(segmentFile(4), await read(storage, segmentFile(2)));
    const log = await openLog(storage);
    expect(await codeOf(recordsOf(log))).toBe('MR_WAL_CORRUPT_RECORD');
    await log.close();
    expect(await textsOf(await openLog(storage, { options: SKIP }))).toEqual(['a', 'b', 'c']);
  });

  it('with an empty file at the end continues: the creation of the file was not finished', async () => {
    const storage = await logOf(['a']);
    storage.writeFile(segmentFile(2), '');
    const log = await openLog(storage);
    await log.write(payload('b'), 1);
    expect(await textsOf(log)).toEqual(['a', 'b']);
    expect(log.segments().at(-1)).toBe('log/segment-000000000003.wal');
  });
});
