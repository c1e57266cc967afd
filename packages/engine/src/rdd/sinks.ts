// Sinks, the destinations of records when a partition is read. Sinks are classes, not closures: the compiled loops
// of `stage-loops.ts` call `push` on an object of one class only, and such a call is inlined, whereas a closure
// made for every task costs a call for every record. An array is already a sink; for many records there is
// `CollectSink`.
import { concatenated } from './concatenated.ts';
import { copyCombiner } from './copy-combiner.ts';
import { KeyedMap } from './keyed-map.ts';
import type { RecordSink } from './record-sink.ts';
import { synchronous } from './synchronous.ts';

/** Long enough that few chunks are joined, short enough that a growing chunk stays among young objects. */
const chunkRecords = 4_096;

/**
 * Collects records in an array. An array that grows record by record is copied to a larger place again and again,
 * beyond some thousands into new memory each time; chunks are joined once, in the end.
 */
export class CollectSink<T> implements RecordSink<T> {
  readonly #full: T[][] = [];
  #chunk: T[] = [];

  push(record: T): void {
    const chunk = this.#chunk;
    if (chunk.push(record) === chunkRecords) this.#next();
  }

  /** The collected records, in order. No record may be pushed afterwards. */
  records(): T[] {
    if (this.#full.length === 0) return this.#chunk;
    return concatenated([...this.#full, this.#chunk]);
  }

  #next(): void {
    this.#full.push(this.#chunk);
    this.#chunk = [];
  }
}

/** Counts. */
export class CountSink implements RecordSink<unknown> {
  count = 0;

  push(_record: unknown): void {
    this.count++;
  }
}

/** Counts each value, with values compared as keys. */
export class ValueCountSink<T> implements RecordSink<T> {
  readonly counts = new KeyedMap<T, number>();

  push(record: T): void {
    this.counts.set(record, (this.counts.get(record) ?? 0) + 1);
  }
}

/** Folds from a first result. The loops of `stage-loops.ts` inline `push`. */
export class FoldSink<T, U> implements RecordSink<T> {
  result: U;
  readonly add: (result: U, record: T) => U;

  /** @throws `MR_RDD_FUNCTION_ASYNCHRONOUS` for a first result that is a promise. */
  constructor(zero: U, add: (result: U, record: T) => U) {
    this.result = synchronous('aggregate', zero);
    this.add = add;
  }

  push(record: T): void {
    const { add } = this;
    this.result = synchronous('aggregate', add(this.result, record));
  }

  /** The result, once all records came. @throws `MR_RDD_FUNCTION_ASYNCHRONOUS`. */
  end(): U {
    return synchronous('aggregate', this.result);
  }
}

/**
 * Folds without a first result; `result` is empty until a record came, so that undefined can be a record too. The
 * function may change and return its left side: a record on the left is a copy, because other readers see the
 * record as well.
 */
export class ReduceSink<T> implements RecordSink<T> {
  readonly result: T[] = [];
  readonly #fn: (left: T, right: T) => T;
  readonly #operator: string;
  #isLent = true;

  /** `operator`: the name in errors. */
  constructor(fn: (left: T, right: T) => T, operator = 'reduce') {
    this.#fn = fn;
    this.#operator = operator;
  }

  push(record: T): void {
    if (this.result.length === 0) {
      this.result[0] = record;
      return;
    }
    const fn = this.#fn;
    const [left] = this.result as [T];
    const reduced = synchronous(this.#operator, fn(this.#isLent ? copyCombiner(left) : left, record));
    this.result[0] = reduced;
    this.#isLent = reduced === record;
  }
}

/** Keeps the best record; the first of equal ones. */
export class BestSink<T> implements RecordSink<T> {
  readonly result: T[] = [];
  readonly #isBetter: (than: T, record: T) => boolean;

  constructor(isBetter: (than: T, record: T) => boolean) {
    this.#isBetter = isBetter;
  }

  push(record: T): void {
    const isBetter = this.#isBetter;
    if (this.result.length === 0 || isBetter(this.result[0] as T, record)) this.result[0] = record;
  }
}

/** Keeps the `n` largest records. */
export class LargestSink<T> implements RecordSink<T> {
  #candidates: T[] = [];
  readonly #n: number;
  readonly #compare: (left: T, right: T) => number;

  constructor(n: number, compare: (left: T, right: T) => number) {
    this.#n = n;
    this.#compare = compare;
  }

  push(record: T): void {
    this.#candidates.push(record);
    // Sorting at twice as many records, and at least a thousand more, bounds the memory and the work.
    if (this.#candidates.length >= 2 * this.#n + 1_024) this.#candidates = this.largest();
  }

  /** The largest so far, largest first. */
  largest(): T[] {
    // Records are boxed: sorting an array puts undefined behind everything else, whatever the comparison returns.
    const boxes = this.#candidates.map((record) => ({ record }));
    boxes.sort((left, right) => this.#compare(right.record, left.record));
    return boxes.slice(0, this.#n).map(({ record }) => record);
  }
}

/** Calls a function. */
export class CallSink<T> implements RecordSink<T> {
  readonly #fn: (record: T) => void;

  constructor(fn: (record: T) => void) {
    this.#fn = fn;
  }

  push(record: T): void {
    const fn: (record: T) => unknown = this.#fn;
    synchronous('forEach', fn(record));
  }
}
