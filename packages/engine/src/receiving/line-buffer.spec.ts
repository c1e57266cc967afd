import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineBuffer } from './line-buffer.ts';

const heldBytes = (chunks: readonly Uint8Array[]) =>
  chunks.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);

describe('LineBuffer', () => {
  it('copies small pieces together, so that their memory is about the size of their bytes', () => {
    const text = new LineBuffer();
    const pieces = 100_000;
    for (let piece = 0; piece < pieces; piece += 1) text.add(Buffer.from('x\n'));
    const chunks = text.take();
    expect(chunks.length).toBeLessThan(20);
    expect(heldBytes(chunks)).toBeLessThan(2 * pieces * 1.5);
    expect(text.take()).toEqual([]);
  });

  it('keeps large pieces uncopied, and none of the memory behind small pieces', () => {
    const text = new LineBuffer();
    const large = Buffer.alloc(4_096, 'x');
    const slab = Buffer.alloc(1_000_000, 'y');
    text.add(slab.subarray(10, 20));
    text.add(large);
    const chunks = text.take();
    expect(chunks[1]).toBe(large);
    expect(chunks[0]?.buffer.byteLength).toBe(10);
  });

  it('gives the bytes in the order in which they came', () => {
    const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 3_000, max: 5_000 })));
    fc.assert(
      fc.property(sizes, (lengths) => {
        const text = new LineBuffer();
        const pieces = lengths.map((length, index) => Buffer.alloc(length, index));
        for (const piece of pieces) text.add(piece);
        const chunks = text.take();
        expect(Buffer.concat(chunks).equals(Buffer.concat(pieces))).toBe(true);
        expect(heldBytes(chunks)).toBeLessThanOrEqual(2 * lengths.reduce((sum, length) => sum + length, 0));
      }),
    );
  });
});
