import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { framedBytes, frameParts, type Parts } from './part-frames.ts';
import { PartReader } from './part-reader.ts';

const part = fc.option(fc.uint8Array({ maxLength: 600 }), { freq: 5 });
const anyParts = fc.array(part, { maxLength: 12 });
/** Sizes of pieces, as a network may cut the bytes. */
const cuts = fc.infiniteStream(fc.integer({ min: 1, max: 300 }));

function framed(parts: Parts, pieceBytes = 64): Uint8Array {
  return Buffer.concat([...frameParts(parts, pieceBytes)]);
}

function readAll(
  bytes: Uint8Array,
  sizes: Iterable<number> = [bytes.byteLength || 1],
  announced = bytes.byteLength,
): Parts {
  const reader = new PartReader(announced);
  let at = 0;
  for (const size of sizes) {
    if (at >= bytes.byteLength) break;
    reader.push(bytes.subarray(at, at + size));
    at += size;
  }
  return reader.end();
}

const plain = (parts: Parts) => parts.map((one) => (one === null ? null : [...one]));

describe('frames of an answer', () => {
  it('are read as the same parts, whatever the cuts of writer and network', () => {
    fc.assert(
      fc.property(anyParts, fc.integer({ min: 4, max: 700 }), cuts, (parts, pieceBytes, sizes) => {
        const pieces = [...frameParts(parts, pieceBytes)];
        for (const piece of pieces) expect(piece.byteLength).toBeLessThanOrEqual(pieceBytes);
        const bytes = Buffer.concat(pieces);
        expect(bytes.byteLength).toBe(framedBytes(parts));
        expect(plain(readAll(bytes, sizes))).toEqual(plain(parts));
      }),
    );
  });

  it('stay the same when a piece is read after the next one was taken', () => {
    const parts = [Uint8Array.of(1, 2), null, new Uint8Array(100).fill(3), Uint8Array.of(4)];
    const pieces = [...frameParts(parts, 16)].map((piece) => ({ piece, copy: Buffer.from(piece) }));
    for (const { piece, copy } of pieces) expect(Buffer.from(piece)).toEqual(copy);
  });

  it('are refused with any damaged byte', () => {
    fc.assert(
      fc.property(
        anyParts,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        cuts,
        (parts, place, change, sizes) => {
          const bytes = framed(parts);
          bytes[place % bytes.byteLength]! ^= change;
          expect(() => readAll(bytes, sizes)).toThrow(
            expect.objectContaining({ code: 'MR_REMOTE_DATA_DAMAGED' }),
          );
        },
      ),
    );
  });

  it('are refused when bytes are missing or follow', () => {
    fc.assert(
      fc.property(anyParts, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 20 }), (parts, at, more) => {
        const bytes = framed(parts);
        const damaged = expect.objectContaining({ code: 'MR_REMOTE_DATA_DAMAGED' });
        const short = bytes.subarray(0, at % bytes.byteLength);
        expect(() => readAll(short, undefined, bytes.byteLength)).toThrow(damaged);
        expect(() => readAll(short)).toThrow(damaged);
        const long = Buffer.concat([bytes, more]);
        expect(() => readAll(long)).toThrow(damaged);
        expect(() => readAll(long, undefined, bytes.byteLength)).toThrow(damaged);
      }),
    );
  });

  it.each([
    ['more parts than bytes', [0xffff_ffff, 1]],
    ['a part that is longer than the answer', [1, 0xffff_fffe]],
    ['a part that reaches into the checksum', [1, 1]],
    ['bytes behind the parts', [0, 0]],
  ])('with a valid checksum are refused with %s', (_, numbers) => {
    const bytes = Buffer.alloc(numbers.length * 4 + 4);
    for (const [index, number] of numbers.entries()) bytes.writeUInt32BE(number, index * 4);
    bytes.writeUInt32BE(crc32(bytes.subarray(0, -4)), numbers.length * 4);
    expect(() => readAll(bytes)).toThrow(expect.objectContaining({ code: 'MR_REMOTE_DATA_DAMAGED' }));
  });

  it('are any bytes to a reader, which never throws another error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), cuts, (bytes, sizes) => {
        try {
          readAll(bytes, sizes);
        } catch (error) {
          expect(error).toMatchObject({ code: 'MR_REMOTE_DATA_DAMAGED' });
        }
      }),
    );
  });

  it('of more than 2 GiB are refused before any memory is taken', () => {
    expect(() => new PartReader(2 ** 31 + 1)).toThrow(/2147483649 bytes/);
  });
});
