import { SeededRandom } from '@millrace/core';
import { FaultyStorage, RecordingLogger } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { codeOf, openLog, payload, segmentFile } from '../test/open-log.ts';
import { type LogToRead, readLog } from './read-log.ts';
import { recoverLog } from './recover-log.ts';

const DIRECTORY = '/wal/log';

/** A log of three segments of two entries each, and the result of its recovery. */
async function threeSegments(damage: (storage: FaultyStorage) => void = () => undefined) {
  const storage = new FaultyStorage({ random: new SeededRandom(1) });
  const log = await openLog(storage, { options: { segmentBytes: 4_096 } });
  for (let index = 0; index < 6; index += 1) await log.write(payload(`${index}`, 3_000), index);
  await log.close();
  damage(storage);
  const chain = await recoverLog(storage, DIRECTORY, new RecordingLogger());
  return { storage, directory: DIRECTORY, logName: 'log', ...chain };
}

/** The read items: entries by their time, damage by kind and place. */
async function itemsOf(log: LogToRead): Promise<readonly (number | string)[]> {
  const items: (number | string)[] = [];
  for await (const item of readLog(log)) {
    if (item.kind === 'records') items.push(...item.records.map(({ timeMs }) => timeMs));
    else
      items.push(
        `${item.damage.what} ${item.damage.segment.slice(-6)} ${item.damage.offset}-${item.damage.endOffset}`,
      );
  }
  return items;
}

describe('readLog', () => {
  it('yields entries and damage in the order of the log', async () => {
    const log = await threeSegments((storage) => storage.flipBit(segmentFile(2), 64 + 100));
    expect(await itemsOf(log)).toEqual([0, 1, 'entries 02.wal 64-3092', 3, 4, 5]);
  });

  it('reports a missing segment at its place', async () => {
    const log = await threeSegments();
    await log.storage.remove(segmentFile(2));
    const chain = await recoverLog(log.storage, DIRECTORY, new RecordingLogger());
    expect(await itemsOf({ ...log, ...chain })).toEqual([0, 1, 'missing segment 02.wal 0-0', 4, 5]);
  });

  it('omits segments that a clean-up removed meanwhile, and no other segments', async () => {
    const log = await threeSegments();
    await log.storage.remove(segmentFile(1));
    expect(await itemsOf({ ...log, isRemoved: (number) => number === 1 })).toEqual([2, 3, 4, 5]);
    expect(await itemsOf(log)).toEqual(['missing segment 01.wal 0-0', 2, 3, 4, 5]);
  });

  it('reports a segment that lost its end', async () => {
    const log = await threeSegments((storage) => {
      storage.writeFile(segmentFile(1), storage.readFile(segmentFile(1)).subarray(0, 3_092 + 5));
    });
    expect(await itemsOf(log)).toEqual([0, 'entries 01.wal 3092-6120', 2, 3, 4, 5]);
  });

  it('reads up to the acknowledged end, not the bytes behind it', async () => {
    const log = await threeSegments((storage) => {
      const bytes = storage.readFile(segmentFile(1));
      storage.writeFile(segmentFile(1), Buffer.concat([bytes, bytes.subarray(64)]));
    });
    expect(await itemsOf(log)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('passes on errors of the disk, and reads when the disk works again', async () => {
    const log = await threeSegments();
    log.storage.faults = { read: 1 };
    expect(await codeOf(itemsOf(log))).toBe('MR_STORAGE_FAILED');
    log.storage.faults = {};
    expect(await itemsOf(log)).toHaveLength(6);
  });
});
