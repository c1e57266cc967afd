// The records of one partition as an action sees them. Reading can end early: the sink then throws a mark through the
// running loop, which costs nothing as long as it does not happen, and runs the clean-up of generators on the way.
import type { PartitionRecords } from './action.ts';
import { computePartition } from './compute-partition.ts';
import type { RDD } from './rdd.ts';
import type { Sink } from './rdd-definition.ts';
import { CollectSink } from './sinks.ts';
import type { TaskContext } from './task-context.ts';

/** Thrown to end a partition, caught where it was begun; no error, and never seen outside. */
class EnoughRead extends Error {}

class WhileSink<T> implements Sink<T> {
  /** The mark, once it is thrown: an error takes note of its stack when it is made. */
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

/** The records of one partition, computed when they are asked for. */
export function partitionRecords<T>(
  rdd: RDD<T>,
  partition: number,
  context: TaskContext,
): PartitionRecords<T> {
  const pushInto = async <S extends Sink<T>>(sink: S) => {
    await computePartition(rdd, partition, context, sink);
    return sink;
  };
  return {
    pushInto,
    pushWhile: async (goOn) => {
      const sink = new WhileSink(goOn);
      try {
        await pushInto(sink);
      } catch (error) {
        if (sink.enough === undefined || error !== sink.enough) throw error;
      }
    },
    toArray: async () => (await pushInto(new CollectSink<T>())).records(),
  };
}
