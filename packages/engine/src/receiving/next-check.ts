// The place of the next check while a chunk is being filled: the end of the chunk, the end of the block, the end of the
// rate's grant, the bound of the buffer, or the next size sample, whichever comes first. Records before that place are
// appended without any check. While more records are unwelcome, or the next record decides about the time of a cut, the
// next record is checked.
import type { BlockGeneratorDeps } from './block-generator-deps.ts';
import type { BufferLimits } from './buffer-limits.ts';
import { CHUNK_RECORDS, type FillingChunk, type OpenBlock } from './open-block.ts';
import type { PushLoop } from './push-loop.ts';
import type { RecordSizeEstimator } from './record-size-estimator.ts';

/** The parts of a block generator that the next check depends on. */
export interface NextCheckDeps extends Pick<BlockGeneratorDeps, 'options' | 'limiter'> {
  readonly filling: FillingChunk;
  readonly open: OpenBlock;
  readonly bounds: BufferLimits;
  readonly pushes: PushLoop;
  readonly sizeEstimator: RecordSizeEstimator;
}

/** Sets the place of the next check. */
export class NextCheck {
  readonly #deps: NextCheckDeps;
  /** Before these are reached, only sizes are checked: a place in the chunk, and bytes of the open block. */
  #freeUntil = 0;
  #freeUntilBytes = 0;

  constructor(deps: NextCheckDeps) {
    this.#deps = deps;
  }

  /** False when a bound is reached, so all bounds have to be checked. Counts as far as records are counted. */
  get isFree(): boolean {
    const { filling, open } = this.#deps;
    return filling.length < this.#freeUntil && open.sizeBytes < this.#freeUntilBytes;
  }

  /** Sets how far records may come with a check of sizes only; not at all unless `mayPass`. */
  setFree(mayPass: boolean): void {
    const { options, limiter, filling, open, bounds, pushes } = this.#deps;
    const { recordCount, sizeBytes, kind } = open;
    const { length } = filling;
    const isFree = mayPass && kind === 'records';
    const records = Math.min(
      options.maxRecordsPerBlock - recordCount,
      bounds.softRecords - recordCount - pushes.records,
      limiter.availableRecords,
    );
    this.#freeUntil = isFree ? Math.min(CHUNK_RECORDS, length + records) : length;
    this.#freeUntilBytes = Math.min(
      options.maxBytesPerBlock,
      bounds.softBytes - pushes.bytes,
      sizeBytes + limiter.availableBytes,
    );
  }

  /** Sets the boundary in the chunk. */
  setBoundary(): void {
    const { filling, open, sizeEstimator } = this.#deps;
    filling.knownUntil = this.#freeUntilBytes - open.sizeBytes;
    const next = filling.length + sizeEstimator.lookAfter(filling.knownUntil);
    filling.boundary = Math.max(filling.length, Math.min(next, this.#freeUntil) - 1);
  }
}
