// The format of a log on disk, in one place: what is written, what recovery makes of it, and what could go wrong.
//
// CONSTRAINTS. A disk keeps its promises late: what was appended is durable after a sync of the file, a new file is
// there after a sync of its directory, and until then a loss of power may keep any pages of it and lose others. A
// failed append leaves any prefix. A failed sync says nothing about what survived, and a second one that succeeds
// says nothing either: the system may have dropped the pages and still show them until it is switched off. So:
//
//   - an outcome is told only once it is durable. Success: the group is synced. Refusal: the group is cut off and
//     the cut is synced, or a later segment says, durably, where the failed one ends;
//   - after a failure a file is never appended to again (WAL-3), and a file found at start is not appended to at all;
//     nor is it written over, nor one from which a failed group could not be cut off;
//   - nothing that recovery reports may rest on pages that were never synced.
//
// LAYOUT. A log is a folder of segments `segment-<number>.wal`, numbered upwards. Numbers are little-endian.
//
//   segment   header  group  group  …  [seal]
//   group     frame  frame  …            written by one append, made durable by one sync
//
//   header, 64 bytes                              frame, 28 bytes and the payload
//    0  magic, 8 bytes                             0  magic, u32: a record, or a seal
//    8  format version, u16                        4  header checksum, u32: over bytes 8–27, seeded by
//   10  header bytes, u16                             salt XOR offset of the frame: it covers length, time
//   12  flags, u32: 1 synced, 2 sparse                and, by its checksum, the payload
//   16  segment number, u64                        8  payload checksum, u32: known before the offset is, so it
//   24  created, f64, ms since the epoch              is computed while the disk is busy with others
//   32  previous segment, u64, 0: none            12  payload bytes, u32
//   40  previous segment's end, u32, bytes        16  distance from the first frame of the group, u32, bytes
//   44  previous segment's salt, u32, 0: there    20  time, f64, ms: as given to `write`
//       is none, or it could not be read          28  payload
//   48  previous segment's newest time, f64
//   56  salt, u32, drawn for this segment, not 0  A seal is a frame without payload; its time is the newest one.
//   60  checksum, u32: over bytes 0–59
//
// The file is a new one or, in a log that syncs, that of a segment which was removed: clean-up moves it to the name
// `spare.wal.old`, one for a log, and once that is durable a new header is written over its beginning and synced, and
// only then it gets its new name. So under the name of a segment there is never the header of another one. Groups go
// over the old bytes. What is left of them stands behind the end until the segment ends: then the file is cut there, and
// a seal is at the end of the file again.
//
// The header is synced, and the directory, before the first group is written. It names the last segment in which
// entries may stand, by number and salt, and where that one ends. A segment with a number between the two was begun and
// given up: it is void. A log that was closed in order ends with a seal, synced after everything before it.
//
// RECOVERY. A segment's end is what its successor's header says, else its seal. Up to there every byte must be right,
// and anything beyond was refused, or never told, and is ignored. The last segment may have neither. Its end is then
// found by reading: at the first invalid frame D, look for a later valid frame whose group began after D. If there is
// one, the group of D had been synced before it was written, so D is damage. If there is none, D begins the tail that
// the last append left behind, or what was in the file before, and the log ends there. A spare file is removed. What was
// found is then written anew, into a file that replaces the old one after a sync, and sealed: only that makes an end that
// was found one that stays.
//
// DANGERS, and what meets each:
//
//   garbage lengths     The length is covered by a checksum of its own, and compared with what is left of the file,
//                       before anything is allocated by it.
//   zeros               A frame of zeros has no magic. A tail of zeros, as file systems leave it, is a torn tail.
//   torn groups         Frames are checked one by one; the tail is cut at the first that does not hold.
//   damage at the end   The last group of a log that was neither closed nor continued looks the same when it was torn
//                       (nobody was told) and when the disk damaged it later. It counts as torn. This is the one
//                       damage that cannot be told; a seal or the next segment ends it.
//   stale data          Blocks of a deleted segment that come back into a file have another salt or another offset.
//   reused files        Old frames stand at the very offsets where new ones would. The new salt is not the old one, and
//                       checksums of the same bytes with different seeds always differ, so no old frame passes for one
//                       of the segment: what stands behind its end ends it, and proves nothing. Whoever still has the
//                       removed segment's file open reads such frames too: it looks whether the segment's name is
//                       there, and if it is not, the segment is gone and not damaged.
//   records in records  A payload may hold the bytes of a log, also by intent. Where frames are searched for, after
//                       damage, salt and offset keep such bytes from passing for a frame.
//   endless search      A candidate costs one checksum over 20 bytes, not one over what it claims to contain.
//   refused writes      A group whose sync failed may be on the disk in full. Its writers are told only after the next
//                       segment says, durably, that the segment ended before it.
//   lost files          A successor names its predecessor. One that is missing while an older one is there is damage:
//                       clean-up removes the oldest first. In a sparse log (block data, read by handle) segments are
//                       removed in any order, and nothing is concluded.
//   swapped files       Each header knows the salt of its predecessor. A segment of another log, or of an older copy of
//                       this one, fits with neither neighbour and counts as damaged, whatever it holds. Where a
//                       log has two segments only, or two halves, nobody can say which is right, and both count.
//   two writers         A lock. Not part of the format.
//   other versions      Magic, version and header bytes stay where they are for ever, and the checksum is the last
//                       four bytes of the header. A version that is not known is refused; nothing is guessed.
import { crc32 } from 'node:zlib';
import { shortChecksum } from './short-checksum.ts';

/** The version this package writes, and the only one it reads. */
export const FORMAT_VERSION = 1;

/** The size of a segment's header, in bytes. */
export const HEADER_BYTES = 64;

/** How much of a file to read for its header: those of other versions may be longer, and are still recognised. */
export const HEADER_READ_BYTES = 512;

/** The size of a frame without its payload, in bytes. */
export const FRAME_BYTES = 28;

/** The largest payload, in bytes: 256 MiB. */
export const PAYLOAD_BYTES_MAX = 256 * 1024 * 1024;

/** The largest size at which a segment is continued, in bytes: offsets stay far below 2^32. */
export const SEGMENT_BYTES_MAX = 1024 * 1024 * 1024;

/** The first byte is no text, and a transfer that rewrites line ends is noticed. */
const MAGIC = Buffer.from([0x96, 0x4d, 0x52, 0x57, 0x41, 0x4c, 0x0d, 0x0a]);
const FLAG_SYNCED = 1;
const FLAG_SPARSE = 2;

/** How a record's frame begins, as the bytes to search for. */
export const RECORD_MAGIC: Buffer = Buffer.from([0xd7, 0x52, 0x45, 0x43]);
const RECORD = RECORD_MAGIC.readUInt32LE(0);
const SEAL = Buffer.from([0xd7, 0x45, 0x4e, 0x44]).readUInt32LE(0);

/** What stands at the top of a segment. */
export interface SegmentHeader {
  readonly number: number;
  /** Wall time, ms since the epoch; for people. Nothing is decided by it. */
  readonly createdMs: number;
  /** 0 when this is the first segment of a log. */
  readonly previousNumber: number;
  readonly previousEndBytes: number;
  /** 0 when there is none, or when its header could not be read: nothing that stands there is believed then. */
  readonly previousSalt: number;
  /** The newest time in the previous segment; -Infinity when it has no entry. */
  readonly previousNewestMs: number;
  /** Not 0. */
  readonly salt: number;
  /** Whether each group was synced before its writers were told. */
  readonly isSynced: boolean;
  /** Whether segments of this log are removed in any order. */
  readonly isSparse: boolean;
}

/** What the first bytes of a file turned out to be. */
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

/** Decodes the first bytes of a file. Never throws: a file may hold anything. */
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

/** Where a frame goes, and what it says. */
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

/** The checksum of a payload, in as many parts as it comes in. */
export function payloadChecksum(parts: readonly Uint8Array[]): number {
  let sum = 0;
  for (const part of parts) sum = crc32(part, sum);
  return sum;
}

/** Writes a frame's first `FRAME_BYTES` into `target` at `at`; the payload follows it on disk as it is. */
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
  /** Shares its memory with the bytes that were read. */
  readonly payload: Uint8Array;
}

/** What stands at an offset. */
export type FrameReading =
  | { readonly kind: 'frame'; readonly frame: FoundFrame }
  /** It goes on behind what was read: read so many bytes from its offset, and look again. */
  | { readonly kind: 'more'; readonly neededBytes: number }
  /** No frame. `endOffset` is given when its header holds and only the payload does not. */
  | { readonly kind: 'invalid'; readonly endOffset?: number };

/** A stretch of a segment in memory. */
export interface SegmentStretch {
  readonly bytes: Buffer;
  /** Where its first byte stands in the segment. */
  readonly offset: number;
  readonly salt: number;
  /** Where the segment ends: a frame that claims more is none. */
  readonly limit: number;
}

const INVALID: FrameReading = { kind: 'invalid' };

/** Looks at one offset. Allocates by nothing it has not checked. */
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
