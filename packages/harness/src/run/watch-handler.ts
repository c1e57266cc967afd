// Observes the received-block handler: the waiting time of records before the cut of their block, and the time until
// the block has the handler's durability. The handler is the one place that every block passes, independent of the
// plugin. The handler's behaviour is unchanged.
import type { Block, BlockId, ReceivedBlockHandler } from '@millrace/core';
import { wallMs } from '../load/open-loop-source.ts';
import type { WorkloadRecord } from './workload-config.ts';

/** A stored block. */
export interface WatchedBlock {
  readonly streamId: number;
  readonly recordCount: number;
  readonly sizeBytes: number;
  /** The wall time at which the handler got the block, in milliseconds with a fraction. */
  readonly cutMs: number;
  /** The time of storing, in milliseconds. */
  readonly tookMs: number;
}

/** Callbacks of the observation. */
export interface BlockWatcher {
  /** Called before a block is stored; `waitedMs` is the time in milliseconds since a record of the block was stored. */
  onCut(waitedMs: number, records: number): void;
  /** Called after a block is stored. */
  onStored(block: WatchedBlock): void;
}

/** The number of sampled records in a chunk: the first, the last, and some in between. */
const LOOKED_AT = 8;

/** Observes a handler from now on. */
export function watchHandler(handler: ReceivedBlockHandler, watcher: BlockWatcher): void {
  const storeBlock = handler.storeBlock.bind(handler);
  handler.storeBlock = async (id, block, options) => {
    const cutMs = wallMs();
    tellWaits(block, cutMs, watcher);
    const stored = await storeBlock(id, block, options);
    const { recordCount, sizeBytes } = block;
    watcher.onStored({ streamId: streamOf(id), recordCount, sizeBytes, cutMs, tookMs: wallMs() - cutMs });
    return stored;
  };
}

/** The stream in the name of a block, `input-<stream>-…`. */
function streamOf(id: BlockId): number {
  return Number(/^input-(\d+)-/.exec(id)?.[1]);
}

function tellWaits(block: Block, cutMs: number, watcher: BlockWatcher): void {
  if (block.kind !== 'records') return;
  for (const { records, length } of block.chunks) {
    const step = Math.max(1, Math.floor(length / LOOKED_AT));
    for (let at = 0; at < length; at += step) {
      const record = records[at] as Partial<WorkloadRecord> | null | undefined;
      // Records of a receiver of one's own do not know the time of their storing.
      if (typeof record?.storedMs !== 'number') return;
      watcher.onCut(cutMs - record.storedMs, Math.min(step, length - at));
    }
  }
}
