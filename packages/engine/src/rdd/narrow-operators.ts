// Operators that work on one record at a time. Each operator only adds a step; consecutive steps run as one loop.
// The functions of the program must not change their records: records may be cached, or be read by another operator
// as well.
import type { OrTuple, Pair } from './pair.ts';
import type { RddNode, RddRecipe } from './rdd-node.ts';
import type { Step } from './step.ts';
import { requireFunction } from './required-function.ts';
import { requirePair } from './required-pair.ts';

/** The record of the program inside a record `T` of the engine's own form; see `Step.original`. */
type Original<T> = (record: T) => unknown;

/** See `RDD.map`. */
export function map<T, U>(
  parent: RddNode<T>,
  fn: (record: T) => OrTuple<U>,
  original?: Original<T>,
): RddRecipe<U> {
  return withStep(parent, stepOf('map', fn, original), false);
}

/** See `RDD.flatMap`. */
export function flatMap<T, U>(
  parent: RddNode<T>,
  fn: (record: T) => Iterable<OrTuple<U>>,
  original?: Original<T>,
): RddRecipe<U> {
  return withStep(parent, stepOf('flatMap', fn, original), false);
}

/** See `RDD.filter`. */
export function filter<T>(
  parent: RddNode<T>,
  fn: (record: T) => boolean,
  original?: Original<T>,
): RddRecipe<T> {
  return withStep(parent, stepOf('filter', fn, original), true);
}

/** See `RDD.keyBy`. */
export function keyBy<T, K>(parent: RddNode<T>, fn: (record: T) => OrTuple<K>): RddRecipe<[K, T]> {
  return withStep(parent, { kind: 'keyBy', fn }, false);
}

/** See `RDD.mapValues`. */
export function mapValues<K, V, U>(
  parent: RddNode<Pair<K, V>>,
  fn: (value: V) => OrTuple<U>,
): RddRecipe<[K, U]> {
  return withStep(parent, { kind: 'mapValues', fn }, true);
}

/** See `RDD.flatMapValues`. */
export function flatMapValues<K, V, U>(
  parent: RddNode<Pair<K, V>>,
  fn: (value: V) => Iterable<OrTuple<U>>,
): RddRecipe<[K, U]> {
  return withStep(parent, { kind: 'flatMapValues', fn }, true);
}

/** The key of a pair: one function for all uses, so that every chain with this function is recognised again. */
export const keyOf = <K, V>(pair: Pair<K, V>): K => {
  requirePair('keys', pair);
  return pair[0];
};

/** The value of a pair. */
export const valueOf = <K, V>(pair: Pair<K, V>): V => {
  requirePair('values', pair);
  return pair[1];
};

function stepOf<T>(kind: Step['kind'], fn: (record: T) => unknown, original?: Original<T>): Step {
  return original === undefined ? { kind, fn } : { kind, fn, original };
}

function withStep<U>(parent: RddNode<unknown>, step: Step, keepsKeys: boolean): RddRecipe<U> {
  requireFunction(step.kind, step.fn);
  return () => ({ kind: 'step', parent, step, keepsKeys });
}
