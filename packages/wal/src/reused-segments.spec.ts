// The outside view of a log that overwrites the files of its removed segments: the entries read, the entries left after
// a crash, and the files left behind.
import { type LogHandle, type LogRecord, SeededRandom } from '@millrace/core';
import { FaultyStorage, MemoryStorage, RecordingLogger } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { codeOf, openLog, payload, recordsOf, segmentFile, textsOf } from '../test/open-log.ts';
import { WatchedStorage } from '../test/watched-storage.ts';
import type { FileWriteAheadLog } from './file-write-ahead-log.ts';
import { encodeFrame, FRAME_BYTES, HEADER_BYTES, payloadChecksum } from './log-format.ts';
import { SPARE_FILE } from './segment-name.ts';
import { SegmentReaders } from './segment-readers.ts';

const SPARE = `/wal/log/${SPARE_FILE}`;
/** An entry of 1,000 bytes in a frame; four fill a segment. */
const ENTRY = FRAME_BYTES + 1_000;
const OPTIONS = { segmentBytes: 4_096 };

/** Writes entries of 1,000 bytes, one group each, all with this time. */
async function fill(log: FileWriteAheadLog, names: string, timeMs: number): Promise<LogHandle[]> {
  const handles: LogHandle[] = [];
  for (const name of names) handles.push(await log.write(payload(name, 1_000), timeMs));
  return handles;
}

/** A log whose first segment was cleaned, and whose third segment is begun in the same file with one entry, `k`. */
async function reusing(storage: WatchedStorage | FaultyStorage | MemoryStorage) {
  const log = await openLog(storage, { options: OPTIONS });
  const gone = await fill(log, 'abcd', 1);
  await fill(log, 'e', 2);
  await log.clean(2);
  await fill(log, 'fgh', 2);
  await fill(log, 'k', 3);
  return { log, gone };
}

describe('a log that reuses files', () => {
  it('writes the next segment over a removed one', async () => {
    const storage = new WatchedStorage();
    const { log } = await reusing(storage);
    expect(storage.opened).toEqual([
      'create segment-000000000001.wal',
      'create segment-000000000002.wal',
      `overwrite ${SPARE_FILE}`,
    ]);
    expect(storage.paths()).toEqual([segmentFile(2), segmentFile(3)]);
    expect((await storage.stat(segmentFile(3)))?.sizeBytes).toBe(HEADER_BYTES + 4 * ENTRY);
    expect(await textsOf(log)).toEqual(['e', 'f', 'g', 'h', 'k']);
  });

  it('needs only two files as long as the log is cleaned', async () => {
    const storage = new WatchedStorage();
    const log = await openLog(storage, { options: OPTIONS });
    for (let timeMs = 1; timeMs <= 20; timeMs += 1) {
      await fill(log, 'abcd', timeMs);
      await log.clean(timeMs);
    }
    expect(storage.opened.filter((seen) => seen.startsWith('create'))).toHaveLength(2);
    expect(await textsOf(log)).toHaveLength(4);
  });

  it('ends a closed log with a seal, and leaves only segments behind', async () => {
    const storage = new MemoryStorage();
    const { log } = await reusing(storage);
    await fill(log, 'lmn', 3);
    await fill(log, 'p', 4);
    await log.clean(4);
    expect(storage.paths()).toContain(SPARE);
    await log.close();
    expect(storage.paths()).toEqual([segmentFile(4)]);
    const log2 = new RecordingLogger();
    expect(await textsOf(await openLog(storage, { log: log2 }))).toEqual(['p']);
    expect(log2.lines).toEqual([]);
  });

  it('seals a reused segment at the end of its file', async () => {
    const storage = new MemoryStorage();
    const { log } = await reusing(storage);
    await log.close();
    expect((await storage.stat(segmentFile(3)))?.sizeBytes).toBe(HEADER_BYTES + ENTRY + FRAME_BYTES);
    const lines = new RecordingLogger();
    expect(await textsOf(await openLog(storage, { log: lines }))).toEqual(['e', 'f', 'g', 'h', 'k']);
    expect(lines.lines).toEqual([]);
  });

  it('only logs a failure to remove the spare file on closing', async () => {
    const storage = new WatchedStorage();
    const log = new RecordingLogger();
    const wal = await openLog(storage, { log, options: OPTIONS });
    await fill(wal, 'abcde', 1);
    await wal.clean(2);
    storage.fail('remove');
    await wal.close();
    expect(log.lines.map(({ level, message }) => `${level}: ${message}`)).toEqual([
      'warn: a spare file was left behind',
    ]);
    storage.heal();
    await openLog(storage);
    expect(storage.paths()).toEqual([segmentFile(2)]);
  });

  it('keeps no spare file without syncs, or with closeFileAfterWrite', async () => {
    for (const options of [
      { ...OPTIONS, sync: false },
      { ...OPTIONS, closeFileAfterWrite: true },
    ]) {
      const storage = new WatchedStorage();
      const log = await openLog(storage, { options });
      for (let timeMs = 1; timeMs <= 4; timeMs += 1) {
        await log.write(payload('x', 5_000), timeMs);
        await log.clean(timeMs);
      }
      expect(storage.paths()).toEqual([segmentFile(4)]);
      expect(storage.opened.every((seen) => seen.startsWith('create'))).toBe(true);
    }
  });
});

describe('a log that crashed with old entries behind its end', () => {
  it('returns acknowledged entries and reports no damage, for any old bytes', async () => {
    const storage = new FaultyStorage({ random: new SeededRandom(1) });
    await reusing(storage);
    const before = storage.readFile(segmentFile(3));
    // Three complete frames of the old segment stand at exactly the places of the next entries.
    expect(before).toHaveLength(HEADER_BYTES + 4 * ENTRY);
    const log = new RecordingLogger();
    const reopened = await openLog(storage.crashProcess(), { log });
    expect(await textsOf(reopened)).toEqual(['e', 'f', 'g', 'h', 'k']);
    expect(log.lines.map(({ level }) => level)).toEqual(['info']);
    expect(log.lines[0]?.fields).toMatchObject({ records: 1, tornBytes: 2 * ENTRY + FRAME_BYTES + 1 });
  });

  it('accepts no old frame as its own, not even when a write is torn over an old frame', async () => {
    const storage = new FaultyStorage({ random: new SeededRandom(1) });
    await reusing(storage);
    const bytes = Buffer.from(storage.readFile(segmentFile(3)));
    const salt = bytes.readUInt32LE(56);
    const offset = HEADER_BYTES + ENTRY;
    // The header of the next group was written, and its payload was not: the old payload of the same length stands
    // there.
    const parts = [payload('new', 1_000)];
    encodeFrame(bytes, offset, {
      kind: 'record',
      salt,
      offset,
      groupOffset: offset,
      timeMs: 3,
      payloadBytes: 1_000,
      payloadSum: payloadChecksum(parts),
    });
    storage.writeFile(segmentFile(3), bytes);
    const log = new RecordingLogger();
    const reopened = await openLog(storage.crashProcess(), { log });
    expect(await textsOf(reopened)).toEqual(['e', 'f', 'g', 'h', 'k']);
    expect(log.lines.map(({ level }) => level)).toEqual(['info']);
  });

  it('returns acknowledged entries after the death of its process or a loss of power at any operation', async () => {
    interface Told {
      text: string;
      /** Entries before this one are no longer needed. */
      needed: number;
    }
    const script = async (storage: FaultyStorage, told: Told) => {
      const log = await openLog(storage, { options: OPTIONS });
      for (const [index, names] of ['abcd', 'efgh', 'ijkl', 'mnop', 'qr'].entries()) {
        for (const name of names) {
          await log.write(payload(name, 1_000), index);
          told.text += name;
        }
        told.needed = 4 * index;
        await log.clean(index);
      }
      await log.close();
    };
    const whole = new FaultyStorage({ random: new SeededRandom(1), pageBytes: 128 });
    await script(whole, { text: '', needed: 0 });
    for (let operations = 1; operations < whole.operations; operations += 1) {
      for (const crash of ['crash', 'crashProcess'] as const) {
        const storage = new FaultyStorage({ random: new SeededRandom(operations), pageBytes: 128 });
        const told: Told = { text: '', needed: 0 };
        const halted = storage.haltAfter(operations);
        void script(storage, told);
        await halted;
        const log = new RecordingLogger();
        const after = storage[crash]();
        const found = (await textsOf(await openLog(after, { log }))).join('');
        // The last entry may exist although it was not acknowledged.
        const all = 'abcdefghijklmnopqr';
        const isRight =
          all.includes(found) &&
          found.includes(told.text.slice(told.needed)) &&
          all.indexOf(found) + found.length <= told.text.length + 1;
        const outcome = `${crash} at operation ${operations}: found ${found}, told ${told.text}`;
        expect(isRight ? 'right' : outcome).toBe('right');
        expect(log.lines.filter(({ level }) => level !== 'info')).toEqual([]);
        expect((await after.list('/wal/log')).map(({ name }) => name)).not.toContain(SPARE_FILE);
      }
    }
  });

  it('removes the spare file of the previous process', async () => {
    const storage = new FaultyStorage({ random: new SeededRandom(1) });
    const log = await openLog(storage, { options: OPTIONS });
    await fill(log, 'abcde', 1);
    await log.clean(2);
    const after = storage.crashProcess();
    expect((await after.list('/wal/log')).map(({ name }) => name)).toContain(SPARE_FILE);
    await openLog(after);
    expect((await after.list('/wal/log')).map(({ name }) => name)).not.toContain(SPARE_FILE);
  });

  it('does not reuse files of an earlier process', async () => {
    const storage = new WatchedStorage();
    await fill(await openLog(storage, { options: OPTIONS }), 'abcd', 1);
    storage.releaseLocks();
    const log = await openLog(storage, { options: OPTIONS });
    await fill(log, 'f', 2);
    await log.clean(2);
    expect(storage.paths()).toEqual([segmentFile(2)]);
  });
});

describe('reading a segment whose file is reused', () => {
  const nobody = () => false;

  it('reports the entries as gone, also through a file that was open before', async () => {
    const storage = new WatchedStorage();
    const elsewhere = new SegmentReaders(storage, '/wal', nobody);
    const log = await openLog(storage, { options: OPTIONS });
    const [a, b] = await fill(log, 'abcd', 1);
    if (a === undefined || b === undefined) throw new Error('nothing was written');
    expect((await elsewhere.read(a))[0]).toBe(97);
    await fill(log, 'e', 2);
    await log.clean(2);
    await fill(log, 'fgh', 2);
    await fill(log, 'kl', 3);
    expect(storage.openForReading).toBe(1);
    expect(await codeOf(elsewhere.read(a))).toBe('MR_WAL_ENTRY_NOT_FOUND');
    expect(storage.openForReading).toBe(0);
    expect(await codeOf(elsewhere.read(b))).toBe('MR_WAL_ENTRY_NOT_FOUND');
    expect(await codeOf(log.read(a))).toBe('MR_WAL_ENTRY_NOT_FOUND');
  });

  it('still reports damage as damage', async () => {
    const storage = new MemoryStorage();
    const log = await openLog(storage, { options: OPTIONS });
    const [handle] = await fill(log, 'a', 1);
    if (handle === undefined) throw new Error('nothing was written');
    const wrong = { ...handle, length: 999 };
    expect(await codeOf(log.read(wrong))).toBe('MR_WAL_CORRUPT_RECORD');
  });

  it('omits segments that were removed during a replay', async () => {
    const storage = new MemoryStorage();
    // Larger than one read, so that the replay returns to the file.
    const options = { segmentBytes: 5 * 1024 * 1024 };
    const log = await openLog(storage, { options });
    const large = (name: string) => payload(name, 1024 * 1024);
    for (const name of 'abcde') await log.write(large(name), 1);
    const seen: LogRecord[] = [];
    for await (const record of log.readAll()) {
      seen.push(record);
      if (seen.length > 1) continue;
      await log.write(large('f'), 2);
      await log.clean(2);
      for (const name of 'ghijklmno') await log.write(large(name), 3);
    }
    const names = seen.map((record) => String.fromCharCode(record.payload[0] ?? 0)).join('');
    expect('abcde'.startsWith(names)).toBe(true);
    expect(names).not.toBe('abcde');
    expect(await recordsOf(log)).toHaveLength(10);
  });
});
