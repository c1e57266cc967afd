// The committed part of the ledger of one topic in memory: for every output operation, which partitions of which batches are
// written, and the newest forgotten batch.
import type { SinkWrite } from '@millrace/core';
import type { LedgerEntry } from './ledger-entry.ts';

type Output = Pick<SinkWrite, 'application' | 'outputOperation'>;
type WriteKey = Omit<SinkWrite, 'partitions'>;

interface WrittenBatch {
  partitions: number;
  readonly written: Set<number>;
}

interface OutputWrites {
  /** By batch time; bounded by the tombstones of old batches. */
  readonly batches: Map<number, WrittenBatch>;
  forgotten: number | undefined;
}

/** Batches that a write removes from the ledger. */
export interface OldWrites {
  /** The newest batch to forget. */
  readonly batchTime: number;
  readonly writes: readonly WriteKey[];
}

/** What is written, by the committed messages of the ledger. */
export class WrittenBatches {
  /** Output operations; the program bounds their number. */
  readonly #outputs = new Map<string, OutputWrites>();

  /** Adds a committed message. */
  add(entry: LedgerEntry): void {
    const output = this.#outputOf(entry);
    if (entry.kind === 'forgotten') {
      output.forgotten = Math.max(output.forgotten ?? -Infinity, entry.batchTime);
      return;
    }
    const { batchTime, partition, partitions } = entry;
    const batch = output.batches.get(batchTime);
    if (partitions === undefined) {
      batch?.written.delete(partition);
      if (batch?.written.size === 0) output.batches.delete(batchTime);
    } else if (batch === undefined)
      output.batches.set(batchTime, { partitions, written: new Set([partition]) });
    else batch.written.add(partition);
  }

  /** True when the partition is written, out of whatever number of partitions. */
  has({ batchTime, partition, ...output }: WriteKey): boolean {
    return this.#batch(output, batchTime)?.written.has(partition) === true;
  }

  /** The number of partitions of a batch of which some partition is written. */
  partitionsOf({ batchTime, ...output }: WriteKey): number | undefined {
    return this.#batch(output, batchTime)?.partitions;
  }

  /** The newest batch of which messages were removed. */
  forgotten(output: Output): number | undefined {
    return this.#outputs.get(nameOf(output))?.forgotten;
  }

  /**
   * The messages older than the newest `kept` batches that the writer of a partition removes: every partition removes its share,
   * and the share of partitions that no longer exist.
   */
  oldWrites(write: SinkWrite, kept: number, writesMax: number): OldWrites | undefined {
    const { application, outputOperation, partition, partitions } = write;
    const output = this.#outputs.get(nameOf(write));
    if (output === undefined || output.batches.size <= kept) return undefined;
    const times = [...output.batches.keys()].toSorted((a, b) => a - b);
    const writes: WriteKey[] = [];
    let newest: number | undefined;
    for (const batchTime of times.slice(0, times.length - kept)) {
      if (batchTime >= write.batchTime || writes.length >= writesMax) break;
      for (const written of output.batches.get(batchTime)?.written ?? []) {
        if (written % partitions !== partition) continue;
        newest = batchTime;
        writes.push({ application, outputOperation, batchTime, partition: written });
      }
    }
    return newest === undefined ? undefined : { batchTime: newest, writes };
  }

  #batch(output: Output, batchTime: number): WrittenBatch | undefined {
    return this.#outputs.get(nameOf(output))?.batches.get(batchTime);
  }

  #outputOf(output: Output): OutputWrites {
    const name = nameOf(output);
    const found = this.#outputs.get(name) ?? {
      batches: new Map<number, WrittenBatch>(),
      forgotten: undefined,
    };
    this.#outputs.set(name, found);
    return found;
  }
}

function nameOf({ application, outputOperation }: Output): string {
  return `${outputOperation}/${application}`;
}
