import { MemoryStorage } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { FRAME_BYTES, HEADER_BYTES, RECORD_MAGIC, type SegmentHeader } from './log-format.ts';
import { scanSegment } from './segment-scanner.ts';
import { SegmentWriter } from './segment-writer.ts';
import { WaitingWrite } from './waiting-writes.ts';

const HEADER: SegmentHeader = {
  number: 1,
  createdMs: 0,
  previousNumber: 0,
  previousEndBytes: 0,
  previousSalt: 0,
  previousNewestMs: 0,
  salt: 77,
  isSynced: true,
  isSparse: false,
};
const PATH = '/segment-000000000001.wal';

/** The bytes of a segment with these payloads. */
async function segmentOf(payloads: readonly Uint8Array[]): Promise<Uint8Array> {
  const storage = new MemoryStorage();
  const writer = await SegmentWriter.create({ storage, directory: '/' }, HEADER);
  for (const [timeMs, bytes] of payloads.entries()) {
    const entry = new WaitingWrite({ parts: [bytes], timeMs, payloadBytes: bytes.byteLength }, 0);
    await writer.write([entry], () => undefined);
  }
  const file = await storage.open(PATH, 'read');
  return file.readAt(0, await file.size());
}

/** The result of a scan: frames by time, gaps by their offsets. */
async function scanned(bytes: Uint8Array, options: { limit?: number; readBytes?: number } = {}) {
  const storage = new MemoryStorage();
  storage.writeFile('/s', bytes);
  const file = await storage.open('/s', 'read');
  const items: (number | string)[] = [];
  for await (const step of scanSegment({ file, salt: HEADER.salt, limit: bytes.byteLength, ...options })) {
    if (step.kind === 'gap') items.push(`${step.offset}-${step.endOffset}`);
    else items.push(...step.frames.map(({ timeMs }) => timeMs));
  }
  return items;
}

const THREE = [Buffer.alloc(10, 1), Buffer.alloc(0), Buffer.alloc(50, 2)];
const OFFSETS = [HEADER_BYTES, HEADER_BYTES + 38, HEADER_BYTES + 38 + FRAME_BYTES] as const;

describe('scanSegment', () => {
  it('yields the frames in order, for any size of a read', async () => {
    const bytes = await segmentOf(THREE);
    for (const readBytes of [1, 28, 29, 64, 100, 10_000]) {
      expect(await scanned(bytes, { readBytes })).toEqual([0, 1, 2]);
    }
  });

  it('continues behind a damaged payload', async () => {
    const bytes = await segmentOf(THREE);
    bytes[OFFSETS[0] + FRAME_BYTES] = 9;
    expect(await scanned(bytes)).toEqual([`${OFFSETS[0]}-${OFFSETS[1]}`, 1, 2]);
  });

  it('finds the next frame behind a damaged header, for any size of a read', async () => {
    const bytes = await segmentOf(THREE);
    bytes[OFFSETS[0] + 12] = 255;
    for (const readBytes of [1, 5, 30, 61, 10_000]) {
      expect(await scanned(bytes, { readBytes })).toEqual([`${OFFSETS[0]}-${OFFSETS[1]}`, 1, 2]);
    }
  });

  it('yields a tail of zeros as one gap', async () => {
    const bytes = await segmentOf(THREE);
    const padded = Buffer.concat([bytes, Buffer.alloc(500)]);
    expect(await scanned(padded)).toEqual([0, 1, 2, `${bytes.length}-${padded.length}`]);
  });

  it('ends in a gap when the file is shorter than expected', async () => {
    const bytes = await segmentOf(THREE);
    const cut = bytes.subarray(0, OFFSETS[2] + 10);
    expect(await scanned(cut, { limit: bytes.length })).toEqual([0, 1, `${OFFSETS[2]}-${bytes.length}`]);
  });

  it('does not accept records inside records as frames', async () => {
    const inner = await segmentOf([Buffer.from('inner'), Buffer.alloc(30)]);
    const fake = Buffer.concat(Array.from({ length: 50 }, () => RECORD_MAGIC));
    const bytes = await segmentOf([Buffer.concat([inner, fake]), Buffer.from('outer')]);
    bytes[HEADER_BYTES] = 0;
    const second = HEADER_BYTES + FRAME_BYTES + inner.byteLength + fake.length;
    expect(await scanned(bytes)).toEqual([`${HEADER_BYTES}-${second}`, 1]);
  });

  it('does not read beyond the limit', async () => {
    const bytes = await segmentOf(THREE);
    expect(await scanned(bytes, { limit: OFFSETS[2] })).toEqual([0, 1]);
  });
});
