// The names of the operators that programs are drawn from.

/** Operators that streams and RDDs share by name. */
export const STREAM_BATCH_OPERATORS = [
  'map',
  'flatMap',
  'filter',
  'mapPartitions',
  'glom',
  'repartition',
  'union',
  'mapValues',
  'flatMapValues',
  'groupByKey',
  'reduceByKey',
  'combineByKey',
  'cogroup',
  'join',
  'leftOuterJoin',
  'rightOuterJoin',
  'fullOuterJoin',
  'persist',
  'cache',
] as const;

/** Operators of RDDs only: programs use `transform` and `transformWith` to apply these operators. */
export const RDD_OPERATORS = [
  'keyBy',
  'aggregatePartitions',
  'zipPartitions',
  'coalesce',
  'distinct',
  'subtract',
  'intersection',
  'groupBy',
  'sortBy',
  'sortByKey',
  'keys',
  'values',
  'partitionBy',
  'aggregateByKey',
  'subtractByKey',
  'pin',
  'unpersist',
] as const;

/** Operators on a batch as a whole. */
export const WHOLE_BATCH_OPERATORS = [
  'count',
  'reduce',
  'countByValue',
  'transform',
  'transformWith',
] as const;

/** Windows of batches. */
export const WINDOW_OPERATORS = [
  'window',
  'reduceByWindow',
  'reduceByWindowInverse',
  'countByWindow',
  'countByValueAndWindow',
  'groupByKeyAndWindow',
  'reduceByKeyAndWindow',
  'reduceByKeyAndWindowInverse',
] as const;

/** State by key. */
export const STATE_OPERATORS = [
  'updateStateByKey',
  'mapWithState',
  'stateSnapshots',
  'dropDuplicates',
] as const;

/** Operators on streams with event time, and conversions to and from event time. */
export const EVENT_TIME_OPERATORS = [
  'assignTimestamps',
  'eventMap',
  'eventFlatMap',
  'eventFilter',
  'eventUnion',
  'eventDropDuplicates',
  'records',
  'watermarks',
  'aheadRecords',
] as const;

/** The results of windows and joins of event time. */
export const EVENT_WINDOW_OPERATORS = [
  'windowsReduceByKey',
  'windowsAggregateByKey',
  'windowsGroupByKey',
  'windowsReduce',
  'windowsAggregate',
  'windowsGroup',
  'joinWithin',
  'leftOuterJoinWithin',
  'lateRecords',
] as const;

/** All operators of programs. */
export const OPERATOR_NAMES = [
  ...STREAM_BATCH_OPERATORS,
  ...WHOLE_BATCH_OPERATORS,
  ...WINDOW_OPERATORS,
  ...STATE_OPERATORS,
  ...EVENT_TIME_OPERATORS,
  ...EVENT_WINDOW_OPERATORS,
] as const;

/** All operators on one batch of a stream or an RDD. */
export const BATCH_OPERATOR_NAMES = [...STREAM_BATCH_OPERATORS, ...RDD_OPERATORS] as const;

/** An operator on one batch of a stream or an RDD. */
export type BatchOperatorName = (typeof BATCH_OPERATOR_NAMES)[number];

/** An operator of a program. `input`: a part of a source's records. */
export type OperatorName = (typeof OPERATOR_NAMES)[number] | 'input';
