// The input of each check of a received-block handler, and the steps that the checks share.
import assert from 'node:assert/strict';
import type { Block, ReceivedBlockHandler, StoredBlock } from '@millrace/core';
import { recordsBlock, textBlock } from '../../builders.ts';
import type { TargetTrial } from '../kit/with-target.ts';
import type {
  ReceivedBlockHandlerCapabilities,
  ReceivedBlockHandlerTarget,
} from './received-block-handler-target.ts';

/** The input of each check. */
export type HandlerTrial = TargetTrial<ReceivedBlockHandlerTarget, ReceivedBlockHandlerCapabilities>;

const ENCODED: Block = { kind: 'encoded', bytes: new Uint8Array([1, 2, 3]), recordCount: 2, sizeBytes: 3 };
/** A block of each kind. */
export const KINDS: readonly Block[] = [
  recordsBlock([1, 'two', { three: [3n] }]),
  textBlock('one\n\ndrei\n'),
  ENCODED,
];

/** Stores blocks under the ids `input-0-a-0`, `input-0-a-1`, … */
export async function storeAll(
  handler: ReceivedBlockHandler,
  blocks: readonly Block[],
): Promise<readonly StoredBlock[]> {
  const stored: StoredBlock[] = [];
  for (const [index, block] of blocks.entries())
    stored.push(await handler.storeBlock(`input-0-a-${index}`, block));
  return stored;
}

/** Asserts that the stored blocks are readable with their content. */
export async function assertReads(
  handler: ReceivedBlockHandler,
  stored: readonly StoredBlock[],
  blocks: readonly Block[],
): Promise<void> {
  for (const [index, one] of stored.entries()) {
    const block = await handler.readBlock(one);
    assert(block !== undefined, `block ${one.blockId} is lost`);
    assert.deepEqual(contentOf(block), contentOf(blocks[index]), `block ${one.blockId} has other content`);
  }
}

/** The content of a block, independent of its chunks. */
function contentOf(block: Block | undefined): unknown {
  if (block === undefined) return undefined;
  const { kind, recordCount } = block;
  if (kind === 'encoded') return { kind, recordCount, content: [...block.bytes] };
  if (kind === 'text') return { kind, recordCount, content: Buffer.concat(block.chunks).toString() };
  const content = block.chunks.flatMap(({ records, length }) => records.slice(0, length));
  return { kind, recordCount, content };
}
