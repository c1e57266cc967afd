// A step: the smallest part of an operator, which changes records one by one.

/**
 * One record-by-record operator. The kinds that work on values exist beside `map` and `flatMap` so that `fn` is the
 * program's own function, the same object in every batch: `stage-loops.ts` recognises a chain of steps by these
 * functions.
 */
export interface Step {
  readonly kind: 'map' | 'filter' | 'flatMap' | 'keyBy' | 'mapValues' | 'flatMapValues';
  /**
   * `map` returns a record, `filter` a truth value, `flatMap` an iterable; the last three take and return keys or
   * values.
   */
  readonly fn: (record: never) => unknown;
  /**
   * The record of the program inside a record of the engine's own form, for reports of a failure. Default: the record
   * itself.
   */
  readonly original?: (record: never) => unknown;
}
