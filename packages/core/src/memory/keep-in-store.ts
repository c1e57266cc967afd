// The keeping of a received block in a bounded block store.
import type { Block } from '../contracts/block.ts';
import type { BlockStore } from '../contracts/block-store.ts';
import type { BlockId } from '../contracts/identifiers.ts';
import { isMillraceError } from '../errors/millrace-error.ts';

/**
 * Keeps a block that is never evicted. False when the store is full; then nothing was kept.
 *
 * @throws errors of the store other than `MR_BLOCK_STORE_FULL`
 */
export async function keepInStore(
  store: Pick<BlockStore, 'put'>,
  id: BlockId,
  block: Block,
): Promise<boolean> {
  try {
    await store.put(id, block);
    return true;
  } catch (error) {
    if (isMillraceError(error, 'MR_BLOCK_STORE_FULL')) return false;
    throw error;
  }
}
