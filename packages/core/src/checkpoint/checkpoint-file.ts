// One checkpoint, or a part of some, as the bytes of a file: a head that says what it is, then the checkpoint. A file that is cut short, was
// damaged on the disk or belongs to something else does not pass, and says why.
//
//   0  "MRCP"   4  version (u32)   8  batch time or part (f64)   16  length (f64)   24  CRC-32 of all but itself (u32)   28  bytes
import { crc32 } from 'node:zlib';
import type { BatchTime } from '../contracts/identifiers.ts';

const MAGIC = 0x4d_52_43_50;
const VERSION = 1;
const CRC_OFFSET = 24;

/** Bytes before the checkpoint itself. */
const CHECKPOINT_HEAD_BYTES = 28;

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

/** What a file holds, or what is wrong with it. */
export function readCheckpointFile(
  batchTime: BatchTime,
  file: Uint8Array,
): { readonly bytes: Uint8Array } | { readonly problem: string } {
  if (file.byteLength < CHECKPOINT_HEAD_BYTES) return { problem: `it has ${file.byteLength} bytes only` };
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (view.getUint32(0) !== MAGIC) return { problem: 'it is not a checkpoint' };
  if (view.getUint32(4) !== VERSION) return { problem: `its file format is ${view.getUint32(4)}` };
  if (view.getFloat64(8) !== batchTime) return { problem: 'its name and what it says of itself differ' };
  const bytes = file.subarray(CHECKPOINT_HEAD_BYTES);
  if (view.getFloat64(16) !== bytes.byteLength) return { problem: 'its length is wrong' };
  const head = file.subarray(0, CHECKPOINT_HEAD_BYTES);
  if (view.getUint32(CRC_OFFSET) !== checksum(head, bytes)) return { problem: 'its checksum does not hold' };
  return { bytes };
}

function checksum(head: Uint8Array, bytes: Uint8Array): number {
  return crc32(bytes, crc32(head.subarray(0, CRC_OFFSET)));
}
