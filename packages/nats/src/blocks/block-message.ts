// A block as messages of a stream: its envelope, cut into chunks. Each message has a head:
//
//   0  version, u8: 1          8  number of chunks of the block, u32
//   1  three bytes of zeros   12  CRC-32 of the bytes from 4 to 12 and of the content, u32
//   4  the chunk, u32, from 0 16  content, to the end
import { crc32 } from 'node:zlib';

const VERSION = 1;
const HEAD_BYTES = 16;

/** An opened message. */
export interface BlockChunk {
  /** From 0. */
  readonly chunk: number;
  readonly chunks: number;
  /** Shares the memory of the message. */
  readonly content: Uint8Array;
}

/** The messages of an envelope, each of at most `messageBytes` bytes. Copies the bytes, once: messages are sent later. */
export function blockMessages(envelope: readonly Uint8Array[], messageBytes: number): readonly Uint8Array[] {
  let leftBytes = envelope.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const contentBytes = messageBytes - HEAD_BYTES;
  const chunks = Math.max(1, Math.ceil(leftBytes / contentBytes));
  let [part, from] = [0, 0];
  return Array.from({ length: chunks }, (_, chunk) => {
    const message = Buffer.allocUnsafeSlow(HEAD_BYTES + Math.min(contentBytes, leftBytes));
    message.writeUInt32LE(VERSION, 0);
    message.writeUInt32LE(chunk, 4);
    message.writeUInt32LE(chunks, 8);
    let filled = HEAD_BYTES;
    while (filled < message.byteLength) {
      const bytes = envelope[part] as Uint8Array;
      const copied = bytes.subarray(from, from + message.byteLength - filled);
      message.set(copied, filled);
      filled += copied.byteLength;
      from += copied.byteLength;
      if (from === bytes.byteLength) [part, from] = [part + 1, 0];
    }
    leftBytes -= message.byteLength - HEAD_BYTES;
    message.writeUInt32LE(checksumOf(message), 12);
    return message;
  });
}

/** The checksum in a message, by which two messages of one name are told apart. */
export function checksumIn(message: Uint8Array): number {
  return bufferOf(message).readUInt32LE(12);
}

/** Opens a message; undefined for a damaged message, or one of another version. */
export function openBlockMessage(message: Uint8Array): BlockChunk | undefined {
  const bytes = bufferOf(message);
  if (bytes.byteLength < HEAD_BYTES || bytes.readUInt32LE(0) !== VERSION) return undefined;
  if (bytes.readUInt32LE(12) !== checksumOf(bytes)) return undefined;
  return { chunk: bytes.readUInt32LE(4), chunks: bytes.readUInt32LE(8), content: bytes.subarray(HEAD_BYTES) };
}

function checksumOf(message: Buffer): number {
  return crc32(message.subarray(HEAD_BYTES), crc32(message.subarray(4, 12)));
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
