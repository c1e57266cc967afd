// A block as the payload of a log entry. The envelope states the kind of the content, the codec and the block id. The
// log can therefore be read years later, by the command or by an engine with another codec, and the error names the
// missing codec. Text and blocks encoded by the receiver are written unchanged, piece by piece; only records pass
// through the codec. Every log for blocks writes this envelope: @millrace/wal, and logs on servers.
//
//   0  envelope version, u8: 1             12  size in bytes as the block states it, f64
//   1  kind, u8: 1 records 2 text 3 encoded 20 codec name, `nameBytes` bytes of UTF-8; empty for text
//   2  nameBytes, u8                           block id, `idBytes` bytes of UTF-8
//   4  idBytes, u32                            content, to the end
//   8  record count, u32
import type { Block, RecordChunk, RecordsBlock } from '../contracts/block.ts';
import type { Codec } from '../contracts/codec.ts';
import type { BlockId } from '../contracts/identifiers.ts';
import { coreError } from '../errors/core-errors.ts';

const VERSION = 1;
const FIXED_BYTES = 20;
const KINDS: readonly Block['kind'][] = ['records', 'text', 'encoded'];

/** An opened payload, not yet decoded. */
export interface OpenedEnvelope {
  readonly blockId: BlockId;
  readonly kind: Block['kind'];
  /** The codec of the content; empty for text. */
  readonly codecName: string;
  readonly recordCount: number;
  readonly sizeBytes: number;
  /** Shares the payload's memory. */
  readonly content: Uint8Array;
}

/**
 * Encodes a block as the parts of a payload; text and encoded blocks are not copied.
 *
 * @throws `MR_CODEC_UNSUPPORTED_VALUE`.
 */
export function encodeBlock(id: BlockId, block: Block, codec: Codec): readonly Uint8Array[] {
  const name = Buffer.from(block.kind === 'text' ? '' : codec.name);
  const idBytes = Buffer.from(id);
  const head = Buffer.alloc(FIXED_BYTES + name.length + idBytes.length);
  head.writeUInt8(VERSION, 0);
  head.writeUInt8(KINDS.indexOf(block.kind) + 1, 1);
  head.writeUInt8(name.length, 2);
  head.writeUInt32LE(idBytes.length, 4);
  head.writeUInt32LE(block.recordCount, 8);
  head.writeDoubleLE(block.sizeBytes, 12);
  name.copy(head, FIXED_BYTES);
  idBytes.copy(head, FIXED_BYTES + name.length);
  return [head, ...contentOf(block, codec)];
}

/** Opens a payload. @throws `MR_WAL_UNREADABLE_BLOCK` when the payload is not a block, or of a later version. */
export function openEnvelope(payload: Uint8Array): OpenedEnvelope {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  if (bytes.length < FIXED_BYTES || bytes.readUInt8(0) !== VERSION) {
    throw unreadable(`expected a block in an envelope of version ${VERSION}`);
  }
  const kind = KINDS[bytes.readUInt8(1) - 1];
  const nameEnd = FIXED_BYTES + bytes.readUInt8(2);
  const idEnd = nameEnd + bytes.readUInt32LE(4);
  if (kind === undefined || idEnd > bytes.length) throw unreadable('the envelope is malformed');
  return {
    kind,
    codecName: bytes.toString('utf8', FIXED_BYTES, nameEnd),
    blockId: bytes.toString('utf8', nameEnd, idEnd),
    recordCount: bytes.readUInt32LE(8),
    sizeBytes: bytes.readDoubleLE(12),
    content: payload.subarray(idEnd),
  };
}

/**
 * Decodes the block. Records are decoded and own their memory; text and encoded blocks share the payload's memory.
 *
 * @throws `MR_WAL_UNREADABLE_BLOCK` for a block of another codec, `MR_CODEC_MALFORMED`.
 */
export function decodeBlock(envelope: OpenedEnvelope, codec: Codec): Block {
  const { kind, codecName, recordCount, sizeBytes, content } = envelope;
  if (kind === 'text') return { kind, chunks: [content], recordCount, sizeBytes };
  if (codecName !== codec.name) {
    throw unreadable(
      `block ${envelope.blockId} was encoded by codec ${codecName}, and the engine has ${codec.name}`,
    );
  }
  if (kind === 'encoded') return { kind, bytes: content, recordCount, sizeBytes };
  const records = codec.decodeRecords(content);
  return { kind, chunks: [{ records, length: records.length }], recordCount, sizeBytes };
}

function contentOf(block: Block, codec: Codec): readonly Uint8Array[] {
  switch (block.kind) {
    case 'text':
      return block.chunks;
    case 'encoded':
      return [block.bytes];
    case 'records':
      return [codec.encodeRecords(allRecords(block))];
  }
}

/** A chunk's array may be longer than its records; most blocks are one chunk of exact length. */
function allRecords({ chunks }: RecordsBlock): readonly unknown[] {
  const [first, ...others] = chunks;
  if (first !== undefined && others.length === 0) return recordsOf(first);
  return chunks.flatMap(recordsOf);
}

function recordsOf({ records, length }: RecordChunk): readonly unknown[] {
  return length === records.length ? records : records.slice(0, length);
}

function unreadable(what: string): Error {
  return coreError(
    'MR_WAL_UNREADABLE_BLOCK',
    `an entry of the log is not a block that can be decoded: ${what}`,
  );
}
