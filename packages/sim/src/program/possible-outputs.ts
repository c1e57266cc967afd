// The outputs and actions of a stream whose results a checker can know.
import type { ActionName, OutputKind } from './program-plan.ts';
import { isCertain, isSameType, NUMBER, PAIR } from './record-type.ts';
import { isKeyed, isWhole, type Shape } from './shape.ts';

/** Conditions of outputs beside their streams. */
export interface OutputWorld {
  /** True: lives of the driver have another default parallelism. */
  readonly changesParallelism?: boolean;
  /** True: executors have separate memories. */
  readonly hasExecutors?: boolean;
}

/** Tells whether a checker can know the result of an output. */
export function mayBe(
  kind: OutputKind,
  shape: Shape,
  { changesParallelism = false, hasExecutors = false }: OutputWorld,
): boolean {
  switch (kind) {
    case 'foreachRDD':
      return true;
    case 'foreachPartition':
      // The records of a partition depend on the number of partitions below.
      return !changesParallelism && isWhole(shape);
    case 'print':
      return isSameType(shape.type, NUMBER) || isSameType(shape.type, PAIR);
    case 'saveAsTextFiles':
    case 'filesSink':
    case 'sqliteSink':
      return isWhole(shape);
    case 'slice':
      // Executors with separate memories only have the state of the last batch.
      return !hasExecutors || !shape.remembers;
  }
}

/** Tells whether the result of an action follows from the records that a checker knows. */
export function mayAct(action: ActionName, shape: Shape): boolean {
  switch (action) {
    case 'count':
    case 'isEmpty':
    case 'forEach':
    case 'foreachPartition':
      return shape.type.kind !== 'parts';
    case 'take':
    case 'first':
      return shape.isOrdered && isWhole(shape);
    case 'countByValue':
      return isCertain(shape.type);
    case 'countByKey':
    case 'reduceByKeyLocally':
      return isKeyed(shape);
    case 'collectAsMap':
    case 'lookup':
      return isKeyed(shape) && shape.isOrdered;
    case 'top':
    case 'takeOrdered':
    case 'max':
    case 'min':
    case 'reduce':
    case 'fold':
    case 'aggregate':
      return isWhole(shape);
  }
}
