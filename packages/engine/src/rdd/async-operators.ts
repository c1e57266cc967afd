// Operators with asynchronous functions, for looking things up outside. Such an operator is a source with a narrow
// parent, not a step: the loops of steps are synchronous, and a stage of calls stands between two of them.
import { AsyncCalls, type AsyncCall, type AsyncFunction, causeOfCall } from './async-calls.ts';
import { type AsyncOptions, resolveAsyncOptions } from './async-options.ts';
import { AsyncStage } from './async-stage.ts';
import { operatorOf } from '../rdd-name.ts';
import { leavesOut } from '../record-errors/record-error-rule.ts';
import { computePartition } from './compute-partition.ts';
import { narrow } from './partition-operators.ts';
import type { OrTuple, Pair } from './pair.ts';
import type { RddNode, RddRecipe, TaskContext } from './rdd-node.ts';
import type { ChunkSink } from './record-sink.ts';
import { rddError } from './rdd-errors.ts';
import { requireFunction } from './required-function.ts';
import { requirePair } from './required-pair.ts';
import { synchronousIterable, synchronousRecord } from './synchronous.ts';

/** A result, at once or later; see `OrTuple`. */
export type Eventual<U> = OrTuple<U> | PromiseLike<OrTuple<U>>;

/** A list of results, at once or later. */
export type EventualAll<U> = Iterable<OrTuple<U>> | PromiseLike<Iterable<OrTuple<U>>>;

/** The record of the program inside a record `T` of the engine's own form, for reports. */
type Original<T> = (record: T) => unknown;

/** See `RDD.mapAsync`. */
export function mapAsync<T, U>(
  parent: RddNode<T>,
  fn: (record: T, call: AsyncCall) => Eventual<U>,
  options: Partial<AsyncOptions>,
  original?: Original<T>,
): RddRecipe<U> {
  const kind = 'mapAsync';
  const outputsOf = (_: T, result: unknown) => [synchronousRecord(kind, result)];
  return called(parent, { kind, fn, options, given: fn, outputsOf, original });
}

/** See `RDD.flatMapAsync`. */
export function flatMapAsync<T, U>(
  parent: RddNode<T>,
  fn: (record: T, call: AsyncCall) => EventualAll<U>,
  options: Partial<AsyncOptions>,
  original?: Original<T>,
): RddRecipe<U> {
  const kind = 'flatMapAsync';
  const outputsOf = (_: T, results: unknown) => recordsOf(kind, results);
  return called(parent, { kind, fn, options, given: fn, outputsOf, original });
}

/** See `RDD.filterAsync`. */
export function filterAsync<T>(
  parent: RddNode<T>,
  fn: (record: T, call: AsyncCall) => boolean | PromiseLike<boolean>,
  options: Partial<AsyncOptions>,
  original?: Original<T>,
): RddRecipe<T> {
  const outputsOf = (record: T, isKept: unknown) => (isKept ? [record] : []);
  return called(parent, {
    kind: 'filterAsync',
    fn,
    options,
    given: fn,
    outputsOf,
    keepsKeys: true,
    original,
  });
}

/** See `RDD.mapValuesAsync`. */
export function mapValuesAsync<K, V, U>(
  parent: RddNode<Pair<K, V>>,
  fn: (value: V, call: AsyncCall) => Eventual<U>,
  options: Partial<AsyncOptions>,
): RddRecipe<[K, U]> {
  const kind = 'mapValuesAsync';
  const outputsOf = ([key]: Pair<K, V>, result: unknown) => [[key, synchronousRecord(kind, result)]];
  return called(parent, { kind, fn: onValues(kind, fn), options, given: fn, outputsOf, keepsKeys: true });
}

/** See `RDD.flatMapValuesAsync`. */
export function flatMapValuesAsync<K, V, U>(
  parent: RddNode<Pair<K, V>>,
  fn: (value: V, call: AsyncCall) => EventualAll<U>,
  options: Partial<AsyncOptions>,
): RddRecipe<[K, U]> {
  const kind = 'flatMapValuesAsync';
  const outputsOf = ([key]: Pair<K, V>, results: unknown) =>
    recordsOf(kind, results).map((value) => [key, value]);
  return called(parent, { kind, fn: onValues(kind, fn), options, given: fn, outputsOf, keepsKeys: true });
}

interface CalledOperator<T> {
  readonly kind: string;
  readonly fn: AsyncFunction<T>;
  /** The program's own function. */
  readonly given: unknown;
  readonly options: Partial<AsyncOptions>;
  readonly outputsOf: (record: T, result: unknown) => readonly unknown[];
  /** Whether every record keeps its key. Default false. */
  readonly keepsKeys?: boolean;
  readonly original?: Original<T> | undefined;
}

/** @throws `MR_RDD_INVALID_ARGUMENT`, `MR_CONFIG_INVALID_OPTION`. */
function called<T, U>(parent: RddNode<T>, operator: CalledOperator<T>): RddRecipe<U> {
  const { kind, fn, given, outputsOf, keepsKeys = false, original = same<T> } = operator;
  requireFunction(kind, given);
  const options = resolveAsyncOptions(kind, operator.options);
  const { hashPartitions, environment, partitionCount } = parent;
  return (id, rule) => ({
    kind: 'source',
    partitionCount,
    dependencies: [narrow(parent)],
    ...(keepsKeys && hashPartitions !== undefined ? { hashPartitions } : {}),
    nearTo: [parent],
    // A call that failed in every attempt may succeed when the task is repeated.
    isUnordered: !options.ordered || leavesOut(rule),
    produce: async (partition, context, push) => {
      const errors = context.recordErrors.begin();
      const failedAt = { rddId: id, partition, partitions: partitionCount, rule };
      const leaveOut = (record: T, error: unknown) =>
        errors.leaveOut(failedAt, original(record), causeOfCall(error));
      const { clock, random } = context;
      const place = { application: environment.application, ...operatorOf(id), partition };
      const mayLeaveOut = leavesOut(rule);
      // An error that passes costs no record (ADR 0027).
      const attempts = mayLeaveOut ? Math.max(options.attempts, 2) : options.attempts;
      const calls = new AsyncCalls<T>({
        kind,
        fn,
        options: { ...options, attempts },
        place,
        clock,
        random,
        original,
        definedAt: rule?.definedAt,
      });
      const reaction = mayLeaveOut ? { leaveOut } : {};
      const stage = new AsyncStage({ calls, options, outputsOf, context, ...reaction });
      await passThrough(parent, partition, stage, { context, push: push as ChunkSink<unknown> });
      errors.end();
    },
  });
}

const same = <T>(record: T): T => record;

/** Runs the parent's loop and the stage at once. Whatever fails first ends the other. */
async function passThrough<T>(
  parent: RddNode<T>,
  partition: number,
  stage: AsyncStage<T>,
  { context, push }: { readonly context: TaskContext; readonly push: ChunkSink<unknown> },
): Promise<void> {
  const { signal } = context;
  signal.throwIfAborted();
  const cancel = () => stage.end(signal.reason);
  signal.addEventListener('abort', cancel, { once: true });
  const reading = computePartition(parent, partition, stage.contextBefore, stage).then(() => stage.readAll());
  const leaving = stage.leave(push);
  try {
    await Promise.all([reading, leaving]);
  } catch (error) {
    stage.end(error);
    await Promise.allSettled([reading, leaving]);
    throw error;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

function onValues<K, V>(kind: string, fn: (value: V, call: AsyncCall) => unknown): AsyncFunction<Pair<K, V>> {
  return (pair, call) => {
    requirePair(kind, pair);
    return fn(pair[1], call);
  };
}

/** The records of one call, as an array of their own. @throws `MR_RDD_RESULT_NOT_ITERABLE`, `MR_RDD_FUNCTION_ASYNCHRONOUS`. */
export function recordsOf(kind: string, results: unknown): readonly unknown[] {
  if (isAsyncIterable(results)) {
    throw rddError(
      'MR_RDD_RESULT_NOT_ITERABLE',
      `expected the function of ${kind} to return an iterable of records, got an asynchronous iterable; collect the records with Array.fromAsync`,
      { details: { operator: kind } },
    );
  }
  const records = Array.from(synchronousIterable(kind, results as Iterable<unknown>));
  for (const record of records) synchronousRecord(kind, record, records);
  return records;
}

function isAsyncIterable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
