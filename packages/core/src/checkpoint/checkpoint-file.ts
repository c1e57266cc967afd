// One checkpoint, or a part of checkpoints, as the bytes of a file: an identifying head, then the content. A truncated,
// damaged or foreign file fails the check, with a reason.
//
//   0  "MRCP"   4  version (u32)   8  batch time or part (f64)   16  length (f64)   24  CRC-32 of all but itself (u32)
//   28  bytes
import { crc32 } from 'node:zlib';
import type { BatchTime } from '../contracts/identifiers.ts';

const MAGIC = 0x4d_52_43_50;
const VERSION = 1;
const CRC_OFFSET = 24;

/** The number of bytes before the content. */
export const CHECKPOINT_HEAD_BYTES = 28;

/** The head of a checkpoint's file. */
export function checkpointHead(batchTime: BatchTime, bytes: Uint8Array): Uint8Array {
  const head = new Uint8Array(CHECKPOINT_HEAD_BYTES);
  const view = new DataView(head.buffer);
  view.setUint32(0, MAGIC);
  view.setUint32(4, VERSION);
  view.setFloat64(8, batchTime);
  view.setFloat64(16, bytes.byteLength);
  view.setUint32(CRC_OFFSET, checksum(head, bytes));
  return head;
}

/**
 * The problem of a file of `sizeBytes` that begins with `head`, before any further byte is read; undefined when there
 * is none.
 */
export function problemOfHead(batchTime: BatchTime, head: Uint8Array, sizeBytes: number): string | undefined {
  if (head.byteLength < CHECKPOINT_HEAD_BYTES) return `the file has only ${head.byteLength} bytes`;
  const view = viewOf(head);
  if (view.getUint32(0) !== MAGIC) return 'it is not a checkpoint';
  if (view.getUint32(4) !== VERSION) return `the file format is ${view.getUint32(4)}`;
  if (view.getFloat64(8) !== batchTime) return 'the name and the content of the file differ';
  if (view.getFloat64(16) !== sizeBytes - CHECKPOINT_HEAD_BYTES) return 'its length is wrong';
  return undefined;
}

/** The problem of the content behind a valid head; undefined when there is none. */
export function problemOfContent(head: Uint8Array, bytes: Uint8Array): string | undefined {
  const view = viewOf(head);
  if (view.getFloat64(16) !== bytes.byteLength) return 'its length is wrong';
  return view.getUint32(CRC_OFFSET) === checksum(head, bytes) ? undefined : 'the checksum does not match';
}

function viewOf(head: Uint8Array): DataView {
  return new DataView(head.buffer, head.byteOffset, head.byteLength);
}

function checksum(head: Uint8Array, bytes: Uint8Array): number {
  return crc32(bytes, crc32(head.subarray(0, CRC_OFFSET)));
}
