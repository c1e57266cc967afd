// Which outputs and actions a stream may have, such that a checker can say what has to come out.
import type { ActionName, OutputKind } from './program-plan.ts';
import { isCertain, isSameType, NUMBER, PAIR } from './record-type.ts';
import { isKeyed, isWhole, type Shape } from './shape.ts';

/** What decides over outputs beside their streams. */
export interface OutputWorld {
  /** Whether lives of the driver have another default parallelism. */
  readonly changesParallelism?: boolean;
  /** Whether executors have memories of their own. */
  readonly hasExecutors?: boolean;
}

/** Whether an output says what a checker can know. */
export function mayBe(
  kind: OutputKind,
  shape: Shape,
  { changesParallelism = false, hasExecutors = false }: OutputWorld,
): boolean {
  switch (kind) {
    case 'foreachRDD':
      return true;
    case 'foreachPartition':
      // What is in a partition depends on how many there are before it.
      return !changesParallelism && isWhole(shape);
    case 'print':
      return isSameType(shape.type, NUMBER) || isSameType(shape.type, PAIR);
    case 'saveAsTextFiles':
      return isWhole(shape);
    case 'slice':
      // What was remembered is known of the last batch alone, where executors have memories of their own.
      return !hasExecutors || !shape.remembers;
  }
}

/** Whether the result of an action follows from the records that a checker knows. */
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
