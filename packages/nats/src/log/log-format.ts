// The messages of a log.
//
//   message   version (1 byte) │ kind (1) │ number of entries (u32) │ entries
//   entry     length of the payload (u32) │ time (f64) │ CRC-32 of time and payload (u32) │ payload
//
// Numbers are little-endian. A fence has no entries: the message of a driver that begins to write. The place of an entry is
// sequence × 4,096 + index, so a message has at most 4,096 entries. Streams keep a checksum of their own; ours also covers the way
// between server and driver.
import { crc32 } from 'node:zlib';
import type { LogHandle } from '@millrace/core';

/** The version that this package writes and reads. */
export const FORMAT_VERSION = 1;
/** The largest number of entries of a message. */
export const ENTRIES_MAX = 4_096;
/** The bytes of a message in front of its entries. */
export const HEAD_BYTES = 6;
/** The bytes of an entry in front of its payload. */
export const ENTRY_BYTES = 16;

const KIND = { fence: 1, entries: 2 } as const;

/** An entry to write, or read. */
export interface FormatEntry {
  readonly payload: Uint8Array;
  readonly timeMs: number;
}

/** The reason why a message cannot be read. */
export interface FormatProblem {
  readonly kind: 'version' | 'damage';
  /** Completes "message 7 is …". */
  readonly what: string;
  /** The index of the damaged entry. */
  readonly index: number;
}

/** The message of a fence. */
export function fenceMessage(): Uint8Array {
  return head(Buffer.alloc(HEAD_BYTES), KIND.fence, 0);
}

/** The message of a group of entries. */
export function entriesMessage(entries: readonly FormatEntry[]): Uint8Array {
  const bytes = entries.reduce((sum, { payload }) => sum + ENTRY_BYTES + payload.byteLength, HEAD_BYTES);
  const message = head(Buffer.allocUnsafe(bytes), KIND.entries, entries.length);
  let at = HEAD_BYTES;
  for (const { payload, timeMs } of entries) {
    message.writeUInt32LE(payload.byteLength, at);
    message.writeDoubleLE(timeMs, at + 4);
    message.set(payload, at + ENTRY_BYTES);
    const end = at + ENTRY_BYTES + payload.byteLength;
    message.writeUInt32LE(sumOf(message, at, end), at + 12);
    at = end;
  }
  return message;
}

/** True when a message of this version, or of an empty log, is at the end of the log. */
export function isKnownVersion(data: Uint8Array): boolean {
  return data[0] === FORMAT_VERSION;
}

/** The content of a message: entries, or the reason why there are none. */
export type MessageContent =
  | { readonly entries: readonly FormatEntry[]; readonly problem?: undefined }
  | { readonly problem: FormatProblem };

/** The entries of a message; a fence has none. Payloads share the memory of the message. */
export function readMessage(data: Uint8Array): MessageContent {
  const message = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  if (!isKnownVersion(message))
    return { problem: { kind: 'version', what: `of version ${message[0]}`, index: 0 } };
  const entries: FormatEntry[] = [];
  if (message.byteLength < HEAD_BYTES) return damaged(entries, 'too short for its head');
  if (message[1] === KIND.fence) return { entries };
  if (message[1] !== KIND.entries) return damaged(entries, 'of an unknown kind');
  const count = message.readUInt32LE(2);
  let at = HEAD_BYTES;
  while (entries.length < count) {
    if (at + ENTRY_BYTES > message.byteLength) return damaged(entries, 'too short for an entry');
    const end = at + ENTRY_BYTES + message.readUInt32LE(at);
    if (end > message.byteLength) return damaged(entries, 'too short for the payload of an entry');
    if (message.readUInt32LE(at + 12) !== sumOf(message, at, end))
      return damaged(entries, 'damaged: the checksum of an entry does not match');
    entries.push({ timeMs: message.readDoubleLE(at + 4), payload: message.subarray(at + ENTRY_BYTES, end) });
    at = end;
  }
  return at === message.byteLength ? { entries } : damaged(entries, 'longer than its entries');
}

/** The place of an entry in a handle. */
export function handleOf(
  stream: string,
  { sequence, index, length }: { sequence: number; index: number; length: number },
): LogHandle {
  return { segment: stream, offset: sequence * ENTRIES_MAX + index, length };
}

/** The message and the index of a handle. */
export function placeOf({ offset }: LogHandle): { readonly sequence: number; readonly index: number } {
  return { sequence: Math.floor(offset / ENTRIES_MAX), index: offset % ENTRIES_MAX };
}

function head(message: Buffer, kind: number, count: number): Buffer {
  message[0] = FORMAT_VERSION;
  message[1] = kind;
  message.writeUInt32LE(count, 2);
  return message;
}

function sumOf(message: Buffer, at: number, end: number): number {
  return crc32(message.subarray(at + ENTRY_BYTES, end), crc32(message.subarray(at + 4, at + 12)));
}

function damaged(read: readonly FormatEntry[], what: string): MessageContent {
  return { problem: { kind: 'damage', what, index: read.length } };
}
