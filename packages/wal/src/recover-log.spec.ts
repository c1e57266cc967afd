import { SeededRandom } from '@millrace/core';
import { FaultyStorage, RecordingLogger } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { codeOf, openLog, payload, segmentFile, textsOf } from '../test/open-log.ts';
import { recoverLog } from './recover-log.ts';

const DIRECTORY = '/wal/log';

/** A log with these entries in one segment, whose process died. */
async function killed(texts: readonly string[]): Promise<FaultyStorage> {
  const storage = new FaultyStorage({ random: new SeededRandom(1) });
  const log = await openLog(storage);
  for (const text of texts) await log.write(payload(text), 1);
  return storage.crashProcess();
}

function tear(storage: FaultyStorage, tail: Uint8Array): void {
  const path = segmentFile(1);
  storage.writeFile(path, Buffer.concat([storage.readFile(path), tail]));
}

function messagesOf(log: RecordingLogger): readonly string[] {
  return log.lines.map(({ level, message }) => `${level}: ${message}`);
}

describe('recoverLog', () => {
  it('rewrites a log that was not closed: without its torn tail, and sealed', async () => {
    const storage = await killed(['a', 'b']);
    const whole = storage.readFile(segmentFile(1));
    tear(storage, Buffer.alloc(500));
    const log = new RecordingLogger();
    const { segments } = await recoverLog(storage, DIRECTORY, log);
    expect(segments).toMatchObject([{ number: 1, endBytes: whole.length, newestMs: 1 }]);
    const settled = storage.readFile(segmentFile(1));
    expect(settled).toHaveLength(whole.length + 28);
    expect(Buffer.from(settled.subarray(0, whole.length)).equals(whole)).toBe(true);
    expect(messagesOf(log)).toEqual(['info: a log that was not closed has been settled']);
  });

  it('finds the same entries again, and does not rewrite the log again', async () => {
    const storage = await killed(['a', 'b']);
    const first = await recoverLog(storage, DIRECTORY, new RecordingLogger());
    const settled = storage.readFile(segmentFile(1));
    const log = new RecordingLogger();
    const again = await recoverLog(storage, DIRECTORY, log);
    expect(again.segments.map(({ endBytes }) => endBytes)).toEqual(
      first.segments.map(({ endBytes }) => endBytes),
    );
    expect(storage.readFile(segmentFile(1))).toEqual(settled);
    expect(messagesOf(log)).toEqual([]);
  });

  it('makes the found entries survive the next loss of power', async () => {
    for (let seed = 0; seed < 50; seed += 1) {
      const storage = new FaultyStorage({ random: new SeededRandom(seed), pageBytes: 32 });
      const log = await openLog(storage);
      await log.write(payload('told'), 1);
      // No caller learns of the failure: the machine stops in the middle.
      const halted = storage.haltAfter(1 + (seed % 2));
      void log.write(payload('untold'), 1);
      await halted;
      const after = storage.crashProcess();
      const found = await textsOf(await openLog(after));
      expect(await textsOf(await openLog(after.crash()))).toEqual(found);
    }
  });

  it('fails on a full disk and changes nothing, and works when there is room', async () => {
    const storage = await killed(['a']);
    const before = storage.readFile(segmentFile(1));
    storage.capacityBytes = before.length + 10;
    expect(await codeOf(recoverLog(storage, DIRECTORY, new RecordingLogger()))).toBe('MR_STORAGE_FULL');
    expect(storage.readFile(segmentFile(1))).toEqual(before);
    storage.capacityBytes = 10_000;
    expect(await textsOf(await openLog(storage))).toEqual(['a']);
  });

  it('reports damage in the last segment, and keeps the damage for recovery to refuse', async () => {
    const storage = await killed(['a', 'b']);
    storage.flipBit(segmentFile(1), 64 + 28);
    const log = new RecordingLogger();
    await recoverLog(storage, DIRECTORY, log);
    expect(messagesOf(log)).toEqual(['error: the last segment of a log is damaged']);
    expect(await codeOf(openLog(storage).then(textsOf))).toBe('MR_WAL_CORRUPT_RECORD');
  });

  it('does nothing in an empty directory', async () => {
    const storage = new FaultyStorage({ random: new SeededRandom(1) });
    await storage.makeDirectory(DIRECTORY);
    expect(await recoverLog(storage, DIRECTORY, new RecordingLogger())).toEqual({
      segments: [],
      missing: [],
    });
  });
});
