// The expected results of operators on one batch, in plain loops. The model does not know the arrays of parts of
// partitions: a batch of parts is the sequence of all elements, so splitting and joining parts changes nothing.
import type { BatchOperatorName } from '../operator-names.ts';
import type { NodeSettings } from '../program-plan.ts';
import { flatMapped, filtered, inPartition, mapped, mappedValue } from '../record-functions.ts';
import { texter, type RecordType } from '../record-type.ts';
import { pairTypes, type Shape } from '../shape.ts';
import { combinerOf, KEYS, modulo, sum, weigher } from '../user-functions.ts';

type Records = readonly unknown[];

/** The input of an operator. */
export interface BatchQuestion {
  readonly records: Records;
  /** The records of the second input; for unary operators the records of the first input. */
  readonly other: Records;
  readonly shape: Pick<Shape, 'type' | 'isOrdered'>;
  readonly set: NodeSettings;
}

/** The expected records. */
export function batchAnswer(op: BatchOperatorName, question: BatchQuestion): unknown[] {
  return ANSWERS[op](question);
}

/** The values of each key, with keys in order of appearance. */
export function groupsOf(
  records: Records,
  keyType: RecordType,
): Map<string, { key: unknown; values: unknown[] }> {
  const text = texter(keyType);
  const groups = new Map<string, { key: unknown; values: unknown[] }>();
  for (const record of records) {
    const [key, value] = record as readonly [unknown, unknown];
    const name = text(key);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, { key, values: [value] });
    else group.values.push(value);
  }
  return groups;
}

/** One pair for each key. */
export function eachKey(
  records: Records,
  shape: Pick<Shape, 'type'>,
  make: (values: unknown[]) => unknown,
): [unknown, unknown][] {
  return [...groupsOf(records, pairTypes(shape)[0]).values()].map(({ key, values }) => [key, make(values)]);
}

/** Each value with its number of occurrences. */
export function countsOf(records: Records, type: RecordType): [unknown, number][] {
  const groups = groupsOf(records.map((record) => [record, 1]), type); // prettier-ignore
  return [...groups.values()].map(({ key, values }) => [key, values.length]);
}

/** All values combined by an associative function; empty for no values. */
export function reduced(values: Records, combine: (left: unknown, right: unknown) => unknown): unknown[] {
  return values.length === 0 ? [] : [values.reduce(combine)];
}

type Joins = (values: unknown[], others: unknown[]) => readonly (readonly [unknown, unknown])[];

function joined({ records, other, shape }: BatchQuestion, join: Joins): unknown[] {
  const [keyType] = pairTypes(shape);
  const left = groupsOf(records, keyType);
  const right = groupsOf(other, keyType);
  const names = new Set([...left.keys(), ...right.keys()]);
  return [...names].flatMap((name) => {
    const key = (left.get(name) ?? right.get(name))?.key;
    return join(left.get(name)?.values ?? [], right.get(name)?.values ?? []).map((pair) => [key, pair]);
  });
}

function everyWithEvery(values: Records, others: Records): (readonly [unknown, unknown])[] {
  return values.flatMap((value) => others.map((other) => [value, other] as const));
}

const orNone = (values: Records): Records => (values.length === 0 ? [undefined] : values);
const isParts = ({ shape }: BatchQuestion): boolean => shape.type.kind === 'parts';
const same = ({ records }: BatchQuestion): unknown[] => [...records];

function sorted(question: BatchQuestion, keyOf: (record: unknown) => string | number): unknown[] {
  const direction = question.set.descending === true ? -1 : 1;
  return question.records.toSorted((one, other) => {
    const [left, right] = [keyOf(one), keyOf(other)];
    return direction * (left < right ? -1 : Number(left > right));
  });
}

function textsOf({ other, shape }: BatchQuestion): Set<string> {
  return new Set(other.map(texter(shape.type)));
}

function distinct(records: Records, type: RecordType): unknown[] {
  return countsOf(records, type).map(([record]) => record);
}

const ANSWERS: Readonly<Record<BatchOperatorName, (question: BatchQuestion) => unknown[]>> = {
  map: (question) =>
    isParts(question) ? same(question) : question.records.map(mapped(question.shape.type, question.set)),
  flatMap: (question) =>
    isParts(question)
      ? same(question)
      : question.records.flatMap(flatMapped(question.shape.type, question.set)),
  filter: (question) =>
    isParts(question) ? same(question) : question.records.filter(filtered(question.shape.type, question.set)),
  mapPartitions: (question) =>
    isParts(question)
      ? same(question)
      : [...inPartition(question.shape.type, question.set)(question.records)],
  glom: same,
  repartition: same,
  union: ({ records, other }) => [...records, ...other],
  mapValues: ({ records, shape, set }) => {
    const fn = mappedValue(pairTypes(shape)[1], set);
    return (records as [unknown, unknown][]).map(([key, value]) => [key, fn(value)]);
  },
  flatMapValues: ({ records, shape, set }) => {
    const fn = flatMapped(pairTypes(shape)[1], set);
    return (records as [unknown, unknown][]).flatMap(([key, value]) => fn(value).map((made) => [key, made]));
  },
  groupByKey: ({ records, shape }) => eachKey(records, shape, (values) => values),
  reduceByKey: ({ records, shape, set }) => {
    const combine = combinerOf(set.combine ?? 'greatest', pairTypes(shape)[1]);
    return eachKey(records, shape, (values) => values.reduce(combine));
  },
  combineByKey: ({ records, shape }) => {
    const weigh = weigher(pairTypes(shape)[1]);
    return eachKey(records, shape, (values) => [values.length, values.map(weigh).reduce(sum, 0)]);
  },
  cogroup: (question) => joined(question, (values, others) => [[values, others]]),
  join: (question) => joined(question, everyWithEvery),
  leftOuterJoin: (question) => joined(question, (values, others) => everyWithEvery(values, orNone(others))),
  rightOuterJoin: (question) => joined(question, (values, others) => everyWithEvery(orNone(values), others)),
  fullOuterJoin: (question) =>
    joined(question, (values, others) => everyWithEvery(orNone(values), orNone(others))),
  persist: same,
  cache: same,

  keyBy: ({ records, shape }) => {
    const weigh = weigher(shape.type);
    return records.map((record) => [weigh(record) % KEYS, record]);
  },
  aggregatePartitions: ({ records, shape }) => [records.map(weigher(shape.type)).reduce(sum, 0)],
  zipPartitions: ({ records, other }) => [[records.length, other.length]],
  coalesce: same,
  distinct: ({ records, shape }) => distinct(records, shape.type),
  subtract: (question) => {
    const others = textsOf(question);
    const text = texter(question.shape.type);
    return question.records.filter((record) => !others.has(text(record)));
  },
  intersection: (question) => {
    const others = textsOf(question);
    const text = texter(question.shape.type);
    return distinct(question.records, question.shape.type).filter((record) => others.has(text(record)));
  },
  groupBy: ({ records, shape }) => {
    const weigh = weigher(shape.type);
    const byWeight = records.map((record) => [weigh(record) % KEYS, record]);
    return [...groupsOf(byWeight, { kind: 'number' }).values()].map(({ key, values }) => [key, values]);
  },
  sortBy: (question) => sorted(question, texter(question.shape.type)),
  sortByKey: (question) => sorted(question, (pair) => (pair as readonly [number, unknown])[0]),
  keys: ({ records }) => (records as [unknown, unknown][]).map(([key]) => key),
  values: ({ records }) => (records as [unknown, unknown][]).map(([, value]) => value),
  partitionBy: same,
  aggregateByKey: ({ records, shape }) => {
    const weigh = weigher(pairTypes(shape)[1]);
    return eachKey(records, shape, (values) => modulo(1 + values.map(weigh).reduce(sum, 0)));
  },
  subtractByKey: ({ records, other, shape }) => {
    const [keyType] = pairTypes(shape);
    const gone = groupsOf(other, keyType);
    const text = texter(keyType);
    return (records as [unknown, unknown][]).filter(([key]) => !gone.has(text(key)));
  },
  pin: same,
  unpersist: same,
};
