// Replies between executors as parts of bytes, and back. Buckets and blocks never pass the codec as one object: a block has
// a short head by the codec, and its bytes as they are.
import type { Block, Codec } from '@millrace/core';
import type { FetchBlockReply, FetchBucketsReply } from '@millrace/core/engine';
import type { PeerKind } from '../peer-kinds.ts';
import { remoteError } from '../remote-errors.ts';
import type { Parts } from './part-frames.ts';

/** The head of a block: everything but its bytes. */
interface BlockHead {
  readonly kind: 'text' | 'encoded';
  readonly recordCount: number;
  readonly sizeBytes: number;
}

/** The parts of a reply. @throws TypeError for a block whose records are not bytes. */
export function partsOf(kind: PeerKind, reply: unknown, codec: Codec): Parts {
  if (kind === 'FetchBuckets') return (reply as FetchBucketsReply).buckets;
  const { block } = reply as FetchBlockReply;
  return block === undefined ? [null] : blockParts(block, codec);
}

/** The reply from its parts. @throws `MR_REMOTE_DATA_DAMAGED`, `MR_CODEC_MALFORMED`. */
export function replyOf(kind: PeerKind, parts: Parts, codec: Codec): unknown {
  if (kind === 'FetchBuckets') return { buckets: parts } satisfies FetchBucketsReply;
  const [head, ...chunks] = parts;
  if (head === null && chunks.length === 0) return {} satisfies FetchBlockReply;
  if (head === undefined || head === null || !areBytes(chunks)) throw notABlock('a part is missing');
  return { block: blockOf(codec.decodeRecords(head)[0], chunks) } satisfies FetchBlockReply;
}

function blockParts(block: Block, codec: Codec): Parts {
  if (block.kind === 'records') throw new TypeError('a block leaves its executor as bytes or as text');
  const { kind, recordCount, sizeBytes } = block;
  const head = codec.encodeRecords([{ kind, recordCount, sizeBytes } satisfies BlockHead]);
  return [head, ...(block.kind === 'text' ? block.chunks : [block.bytes])];
}

function blockOf(head: unknown, chunks: readonly Uint8Array[]): Block {
  const { kind, recordCount, sizeBytes } = (head ?? {}) as Partial<BlockHead>;
  if (!isCount(recordCount) || !isCount(sizeBytes)) throw notABlock('the head has no counts');
  const [bytes, ...more] = chunks;
  if (kind === 'text') return { kind, chunks, recordCount, sizeBytes };
  if (kind !== 'encoded' || bytes === undefined || more.length > 0) throw notABlock('the kind is unknown');
  return { kind, bytes, recordCount, sizeBytes };
}

function areBytes(parts: Parts): parts is readonly Uint8Array[] {
  return !parts.includes(null);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0;
}

function notABlock(found: string): Error {
  return remoteError('MR_REMOTE_DATA_DAMAGED', `another executor sent something that is no block: ${found}`);
}
