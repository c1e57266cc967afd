import { MemoryStorage } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { findTail } from './find-tail.ts';
import { HEADER_BYTES, type SegmentHeader } from './log-format.ts';
import { SegmentWriter } from './segment-writer.ts';
import { WaitingWrite } from './waiting-writes.ts';

const HEADER: SegmentHeader = {
  number: 1,
  createdMs: 0,
  previousNumber: 0,
  previousEndBytes: 0,
  previousSalt: 0,
  previousNewestMs: Number.NEGATIVE_INFINITY,
  salt: 77,
  isSynced: true,
  isSparse: false,
};
/** A frame of ten bytes of payload. */
const FRAME = 38;

/** A segment with groups of these numbers of entries, all of ten bytes; the time of an entry is its number. */
async function segmentOf(groups: readonly number[], header = HEADER): Promise<Uint8Array> {
  const storage = new MemoryStorage();
  const writer = await SegmentWriter.create({ storage, directory: '/' }, header);
  let timeMs = 0;
  for (const size of groups) {
    const entries = Array.from({ length: size }, () => {
      timeMs += 1;
      return new WaitingWrite({ parts: [Buffer.alloc(10, timeMs)], timeMs, payloadBytes: 10 }, 0);
    });
    await writer.write(entries, () => undefined);
  }
  const file = await storage.open('/segment-000000000001.wal', 'read');
  return file.readAt(0, await file.size());
}

/** The offset of frame `index`. */
function at(index: number): number {
  return HEADER_BYTES + index * FRAME;
}

async function tailOf(bytes: Uint8Array, header = HEADER) {
  const storage = new MemoryStorage();
  storage.writeFile('/s', bytes);
  return findTail(await storage.open('/s', 'read'), header);
}

function damaged(bytes: Uint8Array, ...offsets: readonly number[]): Uint8Array {
  const copy = bytes.slice();
  for (const offset of offsets) copy[offset] = (copy[offset] ?? 0) ^ 1;
  return copy;
}

describe('findTail', () => {
  it('ends behind the last entry', async () => {
    const tail = await tailOf(await segmentOf([1, 2]));
    expect(tail).toEqual({
      endBytes: at(3),
      oldestMs: 1,
      newestMs: 3,
      records: 3,
      damage: [],
      tornBytes: 0,
    });
  });

  it('ends behind the header without entries', async () => {
    const tail = await tailOf(await segmentOf([]));
    expect(tail).toMatchObject({ endBytes: HEADER_BYTES, newestMs: Number.NEGATIVE_INFINITY, records: 0 });
  });

  it('cuts a torn entry, zeros and random bytes at the end', async () => {
    const whole = await segmentOf([1, 1]);
    for (const tail of [whole.subarray(at(1), at(1) + 30), Buffer.alloc(50, 0xd7)]) {
      for (const zeros of [0, 10, 200_000]) {
        const found = await tailOf(Buffer.concat([whole.subarray(0, at(1)), tail, Buffer.alloc(zeros)]));
        expect(found).toMatchObject({ endBytes: at(1), damage: [], tornBytes: tail.byteLength });
      }
    }
    const room = await tailOf(Buffer.concat([whole, Buffer.alloc(1_000)]));
    expect(room).toMatchObject({ endBytes: at(2), damage: [], tornBytes: 0 });
  });

  it('cuts the rest of a group whose middle was not written', async () => {
    const tail = await tailOf(damaged(await segmentOf([1, 3]), at(2) + 30));
    expect(tail).toMatchObject({ endBytes: at(2), newestMs: 2, records: 2, damage: [] });
  });

  it('does not accept an entry of the same group as proof of a sync of the group', async () => {
    const tail = await tailOf(damaged(await segmentOf([1, 2]), at(1) + 30));
    expect(tail).toMatchObject({ endBytes: at(1), newestMs: 1, records: 1, damage: [] });
  });

  it('reports damage in a group that a later group proves to have been synced', async () => {
    const tail = await tailOf(damaged(await segmentOf([2, 1]), at(0) + 30));
    expect(tail).toMatchObject({ endBytes: at(3), damage: [{ offset: at(0), endOffset: at(1) }] });
  });

  it('proves damage also when the header of one or several entries is destroyed', async () => {
    const tail = await tailOf(damaged(await segmentOf([1, 1, 1, 1]), at(0) + 1, at(2) + 13));
    expect(tail.damage).toEqual([
      { offset: at(0), endOffset: at(1) },
      { offset: at(2), endOffset: at(3) },
    ]);
    expect(tail.endBytes).toBe(at(4));
  });

  it('distinguishes damage in the middle from a torn tail in one segment', async () => {
    const tail = await tailOf(damaged(await segmentOf([1, 1, 1]), at(0) + 30, at(2) + 30));
    expect(tail).toMatchObject({
      damage: [{ offset: at(0), endOffset: at(1) }],
      endBytes: at(2),
      newestMs: 2,
    });
  });

  it('proves nothing without syncs: a loss of power may destroy any part', async () => {
    const header = { ...HEADER, isSynced: false };
    const tail = await tailOf(damaged(await segmentOf([1, 1, 1], header), at(1) + 30), header);
    expect(tail).toMatchObject({ endBytes: at(1), records: 1, damage: [] });
  });
});
