import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeHeader,
  encodeFrame,
  encodeHeader,
  FORMAT_VERSION,
  FRAME_BYTES,
  HEADER_BYTES,
  payloadChecksum,
  PAYLOAD_BYTES_MAX,
  readFrame,
  type SegmentHeader,
} from './log-format.ts';
import { crc32 } from 'node:zlib';

const HEADER: SegmentHeader = {
  number: 7,
  createdMs: 1_700_000_000_000.5,
  previousNumber: 6,
  previousEndBytes: 5_000,
  previousSalt: 0xfeedface,
  previousNewestMs: -1,
  salt: 0xdeadbeef,
  isSynced: true,
  isSparse: false,
};

/** A segment of one record, with the frame at this offset. */
function frameAt(offset: number, payload: Uint8Array, salt = HEADER.salt): Buffer {
  const frame = Buffer.alloc(FRAME_BYTES);
  const payloadSum = payloadChecksum([payload]);
  const place = { kind: 'record', salt, offset, groupOffset: HEADER_BYTES } as const;
  encodeFrame(frame, 0, { ...place, timeMs: 12.5, payloadBytes: payload.byteLength, payloadSum });
  return Buffer.concat([frame, payload]);
}

function reading(bytes: Buffer, offset = HEADER_BYTES, limit = offset + bytes.length) {
  return readFrame({ bytes, offset, salt: HEADER.salt, limit }, offset);
}

describe('a segment header', () => {
  it('is decoded to its original fields', () => {
    expect(encodeHeader(HEADER)).toHaveLength(HEADER_BYTES);
    expect(decodeHeader(encodeHeader(HEADER))).toEqual({ kind: 'valid', header: HEADER });
  });

  it('counts as damaged after a change of any bit', () => {
    for (let bit = 0; bit < HEADER_BYTES * 8; bit += 1) {
      const bytes = encodeHeader(HEADER);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(decodeHeader(bytes)).toEqual({ kind: 'damaged' });
    }
  });

  it('counts as damaged when short, empty or of zeros', () => {
    for (const bytes of [encodeHeader(HEADER).subarray(0, 63), Buffer.alloc(0), Buffer.alloc(512)]) {
      expect(decodeHeader(bytes)).toEqual({ kind: 'damaged' });
    }
  });

  it('is recognised in other versions, also in longer headers', () => {
    for (const [version, size] of [
      [FORMAT_VERSION - 1, 64],
      [FORMAT_VERSION + 1, 128],
    ] as const) {
      const bytes = Buffer.concat([encodeHeader(HEADER), Buffer.alloc(size - HEADER_BYTES)]);
      bytes.writeUInt16LE(version, 8);
      bytes.writeUInt16LE(size, 10);
      bytes.writeUInt32LE(crc32(bytes.subarray(0, size - 4)), size - 4);
      expect(decodeHeader(bytes)).toEqual({ kind: 'unsupported', version });
    }
  });
});

describe('a frame', () => {
  it('is decoded to its original fields', () => {
    const payload = Buffer.from('a block');
    expect(reading(frameAt(1_000, payload), 1_000)).toMatchObject({
      kind: 'frame',
      frame: { isSeal: false, offset: 1_000, groupOffset: HEADER_BYTES, timeMs: 12.5, payload },
    });
  });

  it('is never misread after damage of any bit (WAL-2)', () => {
    const whole = frameAt(HEADER_BYTES, Buffer.from('a block'));
    for (let bit = 0; bit < whole.length * 8; bit += 1) {
      const bytes = Buffer.from(whole);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(reading(bytes).kind).toBe('invalid');
    }
  });

  it('is invalid in another segment or at another place', () => {
    const payload = Buffer.from('a block');
    expect(reading(frameAt(HEADER_BYTES, payload, 1)).kind).toBe('invalid');
    expect(reading(frameAt(HEADER_BYTES + 1, payload)).kind).toBe('invalid');
  });

  it('is invalid in zeros and in random bytes', () => {
    expect(reading(Buffer.alloc(100)).kind).toBe('invalid');
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        (bytes) => reading(Buffer.from(bytes)).kind === 'invalid',
      ),
    );
  });

  it('is invalid with a length beyond the file or the limit, and no memory is allocated for the length', () => {
    const bytes = frameAt(HEADER_BYTES, Buffer.from('a block'));
    expect(reading(bytes, HEADER_BYTES, HEADER_BYTES + bytes.length - 1).kind).toBe('invalid');
    const huge = Buffer.alloc(FRAME_BYTES);
    encodeFrame(huge, 0, {
      kind: 'record',
      salt: HEADER.salt,
      offset: 64,
      groupOffset: 64,
      timeMs: 0,
      payloadBytes: PAYLOAD_BYTES_MAX + 1,
      payloadSum: 0,
    });
    expect(reading(huge, HEADER_BYTES, Number.MAX_SAFE_INTEGER).kind).toBe('invalid');
  });

  it('reports the number of bytes to read when the stretch ends inside the frame', () => {
    const bytes = frameAt(HEADER_BYTES, Buffer.alloc(100));
    const limit = HEADER_BYTES + bytes.length;
    expect(reading(bytes.subarray(0, 10), HEADER_BYTES, limit)).toEqual({
      kind: 'more',
      neededBytes: FRAME_BYTES,
    });
    expect(reading(bytes.subarray(0, 50), HEADER_BYTES, limit)).toEqual({ kind: 'more', neededBytes: 128 });
  });

  it('reports its end when the header is valid and the payload is damaged', () => {
    const bytes = frameAt(HEADER_BYTES, Buffer.alloc(100));
    bytes[FRAME_BYTES + 5] = 1;
    expect(reading(bytes)).toEqual({ kind: 'invalid', endOffset: HEADER_BYTES + 128 });
  });
});
