// The records of one partition from the point of view of an action. Reading can end early: the sink then throws a
// mark through the running loop. The mark costs nothing as long as it is not thrown, and runs the clean-up of
// generators on the way.
import type { PartitionRecords } from './action.ts';
import { computePartition } from './compute-partition.ts';
import type { RddNode, TaskContext } from './rdd-node.ts';
import type { RecordSink } from './record-sink.ts';
import { CollectSink, CountSink } from './sinks.ts';

/**
 * Thrown to end the reading of a partition, and caught where the reading began; no error, and never visible
 * outside.
 */
class EnoughRead extends Error {}

class WhileSink<T> implements RecordSink<T> {
  /** The mark, once it is thrown: an error records its stack when it is created. */
  enough: EnoughRead | undefined;
  readonly #goOn: (record: T) => boolean;

  constructor(goOn: (record: T) => boolean) {
    this.#goOn = goOn;
  }

  push(record: T): void {
    const goOn = this.#goOn;
    if (goOn(record)) return;
    this.enough = new EnoughRead();
    throw this.enough;
  }
}

/** The records of one partition, computed on demand. */
export function partitionRecords<T>(
  rdd: RddNode<T>,
  partition: number,
  context: TaskContext,
): PartitionRecords<T> {
  const pushInto = async <S extends RecordSink<T>>(sink: S) => {
    await computePartition(rdd, partition, context, sink);
    return sink;
  };
  return {
    pushInto,
    pushWhile: async (goOn) => {
      const sink = new WhileSink(goOn);
      const recordErrors = context.recordErrors.fresh({ ofCached: false });
      try {
        await computePartition(rdd, partition, { ...context, recordErrors }, sink);
        context.recordErrors.add(recordErrors.reports);
      } catch (error) {
        if (sink.enough === undefined || error !== sink.enough) throw error;
        context.recordErrors.add(recordErrors.reports);
        // A report is about a whole partition, so the rest is computed as well.
        if (recordErrors.hasLeftOut) await computePartition(rdd, partition, context, new CountSink());
      }
    },
    toArray: async () => (await pushInto(new CollectSink<T>())).records(),
  };
}
