// The frames of a session. A frame is one message of the carrier: 16 bytes of header, then a piece of a body.
//
//   byte 0  version           1
//   byte 1  kind              data, acknowledgement, close, gone, open
//   byte 2  flags             1: the next frame continues this body
//   byte 3  reserved          0
//   4–9     sequence          of a data frame, from 1; little-endian
//   10–15   acknowledged      the last data frame that arrived in order; little-endian

/** The bytes of a header. */
export const HEADER_BYTES = 16;

const VERSION = 1;
const CONTINUED = 1;
const NUMBER_BYTES = 6;
const SEQUENCE_AT = 4;
const ACKNOWLEDGED_AT = 10;

/**
 * The kinds of frames: `data` has a sequence and a piece; `ack` acknowledges only; `close` ends the session; `gone`
 * answers a frame of a session that has ended; `open` says that this side listens from now on.
 */
export type FrameKind = 'data' | 'ack' | 'close' | 'gone' | 'open';

const KINDS: readonly FrameKind[] = ['data', 'ack', 'close', 'gone', 'open'];

/** A frame. */
export interface SessionFrame {
  readonly kind: FrameKind;
  /** The sequence of a data frame; 0 for other kinds. */
  readonly sequence: number;
  /** The sequence of the last data frame that arrived in order. */
  readonly acknowledged: number;
  /** True when the next data frame continues the body of this one. */
  readonly isContinued: boolean;
  /** A piece of a body; empty for other kinds. */
  readonly piece: Uint8Array;
}

/** The bytes of a frame. */
export function encodeFrame({ kind, sequence, acknowledged, isContinued, piece }: SessionFrame): Uint8Array {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + piece.byteLength);
  bytes[0] = VERSION;
  bytes[1] = KINDS.indexOf(kind);
  bytes[2] = isContinued ? CONTINUED : 0;
  bytes[3] = 0;
  bytes.writeUIntLE(sequence, SEQUENCE_AT, NUMBER_BYTES);
  bytes.writeUIntLE(acknowledged, ACKNOWLEDGED_AT, NUMBER_BYTES);
  bytes.set(piece, HEADER_BYTES);
  return bytes;
}

/** The frame of these bytes, whose piece is a view; undefined for bytes that are not a frame of this version. */
export function decodeFrame(data: Uint8Array): SessionFrame | undefined {
  if (data.byteLength < HEADER_BYTES || data[0] !== VERSION) return undefined;
  const kind = KINDS[data[1] ?? KINDS.length];
  if (kind === undefined) return undefined;
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return {
    kind,
    sequence: bytes.readUIntLE(SEQUENCE_AT, NUMBER_BYTES),
    acknowledged: bytes.readUIntLE(ACKNOWLEDGED_AT, NUMBER_BYTES),
    isContinued: bytes[2] === CONTINUED,
    piece: bytes.subarray(HEADER_BYTES),
  };
}
