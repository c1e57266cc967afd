// Looks over the shoulder of the handler of received blocks: how long records waited until their block was cut, and how
// long the block took to be as durable as the handler says. A handler is the one place that every block passes, whatever
// plugin it is of; it works on as before.
import type { Block, ReceivedBlockHandler } from '@millrace/core';
import { wallMs } from '../load/open-loop-source.ts';
import type { WorkloadRecord } from './workload-config.ts';

/** What is told. */
export interface BlockWatcher {
  /** A block came to be stored; so long ago, in milliseconds, a record of it had been stored. */
  onCut(waitedMs: number, records: number): void;
  /** It is stored. */
  onStored(tookMs: number, block: Block): void;
}

/** Records of a chunk that are looked at: the first, the last, and what is between them. */
const LOOKED_AT = 8;

/** Watches a handler from now on. */
export function watchHandler(handler: ReceivedBlockHandler, watcher: BlockWatcher): void {
  const storeBlock = handler.storeBlock.bind(handler);
  handler.storeBlock = async (id, block, options) => {
    const cutMs = wallMs();
    tellWaits(block, cutMs, watcher);
    const stored = await storeBlock(id, block, options);
    watcher.onStored(wallMs() - cutMs, block);
    return stored;
  };
}

function tellWaits(block: Block, cutMs: number, watcher: BlockWatcher): void {
  if (block.kind !== 'records') return;
  for (const { records, length } of block.chunks) {
    const step = Math.max(1, Math.floor(length / LOOKED_AT));
    for (let at = 0; at < length; at += step) {
      const { storedMs } = records[at] as WorkloadRecord;
      watcher.onCut(cutMs - storedMs, Math.min(step, length - at));
    }
  }
}
