// The format of a log on disk: the written bytes, the reading by recovery, and the dangers covered by the format.
//
// CONSTRAINTS. A disk keeps its promises late. Appended bytes are durable after a sync of the file. A new file is
// durable after a sync of its directory. Until then a loss of power may keep any pages of the file and lose any others.
// A failed append leaves any prefix. A failed sync proves nothing about the surviving bytes, and neither does a second
// sync that succeeds: the system may have dropped the pages and still show them until the machine is switched off.
// Therefore:
//
//   - an outcome is reported only once the outcome is durable. Success: the group is synced. Refusal: the group is cut
//     off and the cut is synced, or a later segment durably records the end of the failed segment;
//   - after a failure a file is never appended to again (WAL-3), and a file found at start is not appended to at all.
//     A file found at start is not overwritten either, nor is a file whose failed group could not be cut off;
//   - no result of recovery may depend on pages that were never synced.
//
// LAYOUT. A log is a folder of segments `segment-<number>.wal`, numbered upwards. Numbers are little-endian.
//
//   segment   header  group  group  …  [seal]
//   group     frame  frame  …            written together, and durable before the next group is written
//
//   header, 64 bytes                              frame, 28 bytes and the payload
//    0  magic, 8 bytes                             0  magic, u32: a record, or a seal
//    8  format version, u16                        4  header checksum, u32: over bytes 8–27, seeded by
//   10  header bytes, u16                             salt XOR offset of the frame; covers length, time
//   12  flags, u32: 1 synced, 2 sparse                and, through its checksum, the payload
//   16  segment number, u64                        8  payload checksum, u32: does not depend on the offset, so
//   24  created, f64, ms since the epoch              computed while the disk writes earlier groups
//   32  previous segment, u64, 0: none            12  payload bytes, u32
//   40  previous segment's end, u32, bytes        16  distance from the first frame of the group, u32, bytes
//   44  previous segment's salt, u32, 0: there    20  time, f64, ms: as passed to `write`
//       is none, or the header was unreadable     28  payload
//   48  previous segment's newest time, f64
//   56  salt, u32, drawn for this segment, not 0  A seal is a frame without payload; its time is the newest time.
//   60  checksum, u32: over bytes 0–59
//
// The file of a segment is a new file or, in a log that syncs, the file of a removed segment. Clean-up renames the
// removed file to `spare.wal.old`, one for a log. Once the renaming is durable, a new header is written over the
// beginning of the file and synced, and only then the file gets the name of the new segment. The name of a segment
// therefore never shows the header of another segment. Groups overwrite the old bytes. The remaining old bytes stand
// behind the end until the segment is finished: then the file is cut there, and a seal is at the end of the file again.
//
// A new file in a log that syncs begins with room: the header and zeros are written to `segment-<number>.wal.tmp` and
// synced, and only then the file gets the name of the segment. A full file gets more zeros at its end, synced before any
// group is written over them. Groups then overwrite zeros. The zeros behind the end are cut off with the old bytes. A group
// that ends inside the file is written by one durable append where the storage has this step; an error of this step counts
// as a failed sync.
//
// The header and the directory are synced before the first group is written. The header names the last segment with
// possible entries, by number and salt, and the end of that segment. A segment with a number between the two was begun
// and abandoned: such a segment is void. A log that was closed in order ends with a seal, synced after all earlier
// bytes.
//
// RECOVERY. The end of a segment is recorded in its successor's header, or else in its seal. Up to the end every byte
// must be valid. Bytes beyond the end were refused, or never acknowledged, and are ignored. The last segment may have
// neither record. Recovery then finds the end by reading: at the first invalid frame D, search for a later valid frame
// whose group began after D. If there is such a frame, the group of D had been synced before the later group was
// written, so D is damage. If there is none, D begins the torn tail of the last append, or the old content of a reused
// file, and the log ends there. A spare file is removed. The valid entries are then rewritten to a file that replaces
// the old file after a sync, and sealed: only the rewriting makes a found end permanent.
//
// DANGERS, and the protection against each:
//
//   garbage lengths     The length is covered by a checksum of its own, and compared with the remaining bytes of the
//                       file, before any memory is allocated for it.
//   zeros               A frame of zeros has no magic. A tail of zeros, as file systems leave it, or as room for further
//                       groups, ends the log.
//   torn groups         Frames are checked one by one; the tail is cut at the first invalid frame.
//   damage at the end   The last group of a log that was neither closed nor continued looks the same after a torn write
//                       (never acknowledged) and after later damage of the disk. Such a group counts as torn. No other
//                       damage is undetectable; a seal or the next segment removes the doubt.
//   stale data          Blocks of a deleted segment that reappear in a file have another salt or another offset.
//   reused files        Old frames stand at exactly the offsets of possible new frames. The new salt differs from the
//                       old salt, and checksums of the same bytes with different seeds always differ, so no old frame
//                       passes for a frame of the new segment: bytes behind the end end the segment, and prove nothing.
//                       A reader that still has the removed segment's file open reads such frames too. The reader
//                       checks whether the segment's name exists; if the name is gone, the segment was removed and is
//                       not damaged.
//   records in records  A payload may contain the bytes of a log, also by intent. During the search for frames after
//                       damage, salt and offset prevent such bytes from passing for a frame.
//   endless search      A candidate costs one checksum over 20 bytes, not one over the claimed length.
//   refused writes      A group whose sync failed may be on the disk in full. The writers are rejected only after the
//                       next segment durably records that the failed segment ended before the group.
//   lost files          A successor names its predecessor. A missing predecessor with an existing older segment is
//                       damage: clean-up removes the oldest segment first. In a sparse log (block data, read by handle)
//                       segments are removed in any order, and gaps prove nothing.
//   swapped files       Each header contains the salt of its predecessor. A segment of another log, or of an older copy
//                       of this log, matches neither neighbour and counts as damaged, with any content. In a log of
//                       only two segments, or of two halves, the right one cannot be determined, and both count as
//                       damaged.
//   two writers         A lock. Not part of the format.
//   other versions      Magic, version and header bytes keep their places for ever, and the checksum is the last four
//                       bytes of the header. An unknown version is refused, without guessing.
import { crc32 } from 'node:zlib';
import { shortChecksum } from './short-checksum.ts';

/** The version that this package writes, and the only version that it reads. */
export const FORMAT_VERSION = 1;

/** The size of a segment's header, in bytes. */
export const HEADER_BYTES = 64;

/** The number of bytes to read for a header: headers of other versions may be longer, and are still recognised. */
export const HEADER_READ_BYTES = 512;

/** The size of a frame without its payload, in bytes. */
export const FRAME_BYTES = 28;

/** The largest payload, in bytes: 256 MiB. */
export const PAYLOAD_BYTES_MAX = 256 * 1024 * 1024;

/** The largest size at which a segment is continued, in bytes: offsets stay far below 2^32. */
export const SEGMENT_BYTES_MAX = 1024 * 1024 * 1024;

/** The first byte is not text, and the line ends reveal a transfer that rewrites line ends. */
const MAGIC = Buffer.from([0x96, 0x4d, 0x52, 0x57, 0x41, 0x4c, 0x0d, 0x0a]);
const FLAG_SYNCED = 1;
const FLAG_SPARSE = 2;

/** The first bytes of a record's frame, for searching. */
export const RECORD_MAGIC: Buffer = Buffer.from([0xd7, 0x52, 0x45, 0x43]);
const RECORD = RECORD_MAGIC.readUInt32LE(0);
const SEAL = Buffer.from([0xd7, 0x45, 0x4e, 0x44]).readUInt32LE(0);

/** The content of a segment's header. */
export interface SegmentHeader {
  readonly number: number;
  /** Wall time, ms since the epoch; for people. No decision depends on this time. */
  readonly createdMs: number;
  /** 0 when this is the first segment of a log. */
  readonly previousNumber: number;
  readonly previousEndBytes: number;
  /** 0 when there is no previous segment, or when its header was unreadable: its content is then never trusted. */
  readonly previousSalt: number;
  /** The newest time in the previous segment; -Infinity when it has no entry. */
  readonly previousNewestMs: number;
  /** Not 0. */
  readonly salt: number;
  /** True when each group was synced before its writers were notified. */
  readonly isSynced: boolean;
  /** True when segments of this log are removed in any order. */
  readonly isSparse: boolean;
}

/** The result of decoding the first bytes of a file. */
export type DecodedHeader =
  | { readonly kind: 'valid'; readonly header: SegmentHeader }
  | { readonly kind: 'damaged' }
  | { readonly kind: 'unsupported'; readonly version: number };

/** Encodes a header. */
export function encodeHeader(header: SegmentHeader): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(bytes);
  bytes.writeUInt16LE(FORMAT_VERSION, 8);
  bytes.writeUInt16LE(HEADER_BYTES, 10);
  bytes.writeUInt32LE((header.isSynced ? FLAG_SYNCED : 0) | (header.isSparse ? FLAG_SPARSE : 0), 12);
  bytes.writeBigUInt64LE(BigInt(header.number), 16);
  bytes.writeDoubleLE(header.createdMs, 24);
  bytes.writeBigUInt64LE(BigInt(header.previousNumber), 32);
  bytes.writeUInt32LE(header.previousEndBytes, 40);
  bytes.writeUInt32LE(header.previousSalt, 44);
  bytes.writeDoubleLE(header.previousNewestMs, 48);
  bytes.writeUInt32LE(header.salt, 56);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, HEADER_BYTES - 4)), HEADER_BYTES - 4);
  return bytes;
}

/** Decodes the first bytes of a file. Never throws: a file may contain any bytes. */
export function decodeHeader(file: Uint8Array): DecodedHeader {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (bytes.length < HEADER_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC))
    return { kind: 'damaged' };
  const version = bytes.readUInt16LE(8);
  const size = bytes.readUInt16LE(10);
  if (size < 16 || size > bytes.length) return { kind: 'damaged' };
  if (crc32(bytes.subarray(0, size - 4)) !== bytes.readUInt32LE(size - 4)) return { kind: 'damaged' };
  if (version !== FORMAT_VERSION || size !== HEADER_BYTES) return { kind: 'unsupported', version };
  const flags = bytes.readUInt32LE(12);
  const header = {
    number: Number(bytes.readBigUInt64LE(16)),
    createdMs: bytes.readDoubleLE(24),
    previousNumber: Number(bytes.readBigUInt64LE(32)),
    previousEndBytes: bytes.readUInt32LE(40),
    previousSalt: bytes.readUInt32LE(44),
    previousNewestMs: bytes.readDoubleLE(48),
    salt: bytes.readUInt32LE(56),
    isSynced: (flags & FLAG_SYNCED) !== 0,
    isSparse: (flags & FLAG_SPARSE) !== 0,
  };
  return { kind: 'valid', header };
}

/** The place and the content of a frame. */
export interface FrameToWrite {
  readonly kind: 'record' | 'seal';
  readonly salt: number;
  /** Of the frame, in bytes from the start of the segment. */
  readonly offset: number;
  /** Offset of the first frame of its group. */
  readonly groupOffset: number;
  readonly timeMs: number;
  readonly payloadBytes: number;
  /** By `payloadChecksum`. */
  readonly payloadSum: number;
}

/** The checksum of a payload in any number of parts. */
export function payloadChecksum(parts: readonly Uint8Array[]): number {
  let sum = 0;
  for (const part of parts) sum = crc32(part, sum);
  return sum;
}

/** Writes a frame's first `FRAME_BYTES` into `target` at `at`; on disk the unchanged payload follows. */
export function encodeFrame(target: Buffer, at: number, frame: FrameToWrite): void {
  target.writeUInt32LE(frame.kind === 'record' ? RECORD : SEAL, at);
  target.writeUInt32LE(frame.payloadSum, at + 8);
  target.writeUInt32LE(frame.payloadBytes, at + 12);
  target.writeUInt32LE(frame.offset - frame.groupOffset, at + 16);
  target.writeDoubleLE(frame.timeMs, at + 20);
  target.writeUInt32LE(headerChecksum(target, at, frame), at + 4);
}

/** A frame that was found. */
export interface FoundFrame {
  readonly isSeal: boolean;
  /** In bytes from the start of the segment. */
  readonly offset: number;
  readonly groupOffset: number;
  readonly timeMs: number;
  /** Shares memory with the bytes of the read. */
  readonly payload: Uint8Array;
}

/** The result of reading a frame at an offset. */
export type FrameReading =
  | { readonly kind: 'frame'; readonly frame: FoundFrame }
  /** The frame ends behind the stretch: read `neededBytes` from the frame's offset, and repeat the call. */
  | { readonly kind: 'more'; readonly neededBytes: number }
  /** No frame. `endOffset` is set when the header is valid and only the payload is damaged. */
  | { readonly kind: 'invalid'; readonly endOffset?: number };

/** A stretch of a segment in memory. */
export interface SegmentStretch {
  readonly bytes: Buffer;
  /** The offset of the first byte in the segment. */
  readonly offset: number;
  readonly salt: number;
  /** The end of the segment: a frame with a larger claim is invalid. */
  readonly limit: number;
}

const INVALID: FrameReading = { kind: 'invalid' };

/** Reads one offset. Allocates no memory for an unchecked length. */
export function readFrame(stretch: SegmentStretch, offset: number): FrameReading {
  const { bytes, salt, limit } = stretch;
  const at = offset - stretch.offset;
  if (offset + FRAME_BYTES > limit) return INVALID;
  if (at + FRAME_BYTES > bytes.length) return { kind: 'more', neededBytes: FRAME_BYTES };
  const magic = bytes.readUInt32LE(at);
  if (magic !== RECORD && magic !== SEAL) return INVALID;
  if (headerChecksum(bytes, at, { salt, offset }) !== bytes.readUInt32LE(at + 4)) return INVALID;
  const payloadBytes = bytes.readUInt32LE(at + 12);
  const endOffset = offset + FRAME_BYTES + payloadBytes;
  if (payloadBytes > PAYLOAD_BYTES_MAX || endOffset > limit) return INVALID;
  if (at + FRAME_BYTES + payloadBytes > bytes.length) {
    return { kind: 'more', neededBytes: FRAME_BYTES + payloadBytes };
  }
  const payload = bytes.subarray(at + FRAME_BYTES, at + FRAME_BYTES + payloadBytes);
  if (crc32(payload) !== bytes.readUInt32LE(at + 8)) return { kind: 'invalid', endOffset };
  const groupOffset = offset - bytes.readUInt32LE(at + 16);
  const timeMs = bytes.readDoubleLE(at + 20);
  return { kind: 'frame', frame: { isSeal: magic === SEAL, offset, groupOffset, timeMs, payload } };
}

function headerChecksum(
  bytes: Buffer,
  at: number,
  place: { readonly salt: number; readonly offset: number },
): number {
  return shortChecksum(bytes, at + 8, at + FRAME_BYTES, (place.salt ^ place.offset) >>> 0);
}
