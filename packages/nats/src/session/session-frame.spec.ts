import { describe, expect, it } from 'vitest';
import { decodeFrame, encodeFrame, HEADER_BYTES, type SessionFrame } from './session-frame.ts';

const FRAME: SessionFrame = {
  kind: 'data',
  sequence: 2 ** 40 + 3,
  acknowledged: 2 ** 41 + 5,
  isContinued: true,
  piece: Buffer.from('piece'),
};

describe('a frame', () => {
  it.each([
    FRAME,
    { ...FRAME, kind: 'gone', sequence: 0, isContinued: false, piece: Buffer.alloc(0) },
  ] as const)('is read as written', (frame) => expect(decodeFrame(encodeFrame(frame))).toEqual(frame));

  it('has 16 bytes of header', () => {
    expect(encodeFrame(FRAME).byteLength).toBe(HEADER_BYTES + 5);
  });

  it('is read from a part of a larger buffer', () => {
    const bytes = Buffer.concat([Buffer.from('xx'), encodeFrame(FRAME)]);
    expect(decodeFrame(new Uint8Array(bytes.buffer, bytes.byteOffset + 2, bytes.byteLength - 2))).toEqual(
      FRAME,
    );
  });

  it.each([
    ['too few bytes', encodeFrame(FRAME).subarray(0, 15)],
    ['another version', Buffer.concat([Buffer.from([9]), encodeFrame(FRAME).subarray(1)])],
    ['an unknown kind', Buffer.concat([Buffer.from([1, 5]), encodeFrame(FRAME).subarray(2)])],
    ['nothing', new Uint8Array(0)],
  ])('is not found in %s', (_, bytes) => expect(decodeFrame(bytes)).toBeUndefined());
});
