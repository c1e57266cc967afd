// The functions of record by record operators, passed to `map`, `flatMap`, `filter` and similar operators. Like all
// functions of a program, these functions follow from its settings and the types of records.
import type { NodeSettings } from './program-plan.ts';
import type { RecordType } from './record-type.ts';
import { KEYS, modulo, weigher } from './user-functions.ts';

/** For `map`. */
export function mapped(type: RecordType, { variant, rest = 0 }: NodeSettings): (record: unknown) => unknown {
  const weigh = weigher(type);
  switch (variant) {
    case 'reversed':
      return (record) => [...(record as readonly unknown[])].toReversed();
    case 'number':
      return (record) => modulo(weigh(record) + rest);
    case 'pair':
      return (record) => [weigh(record) % KEYS, modulo(weigh(record) + rest)];
    default:
      return (record) => [weigh(record) % KEYS, record];
  }
}

/** For `mapValues`. */
export function mappedValue(
  type: RecordType,
  { variant, rest = 0 }: NodeSettings,
): (value: unknown) => unknown {
  const weigh = weigher(type);
  if (variant === 'number') return (value) => modulo(weigh(value) * 3 + rest);
  return (value) => [value, modulo(weigh(value) + rest)];
}

/** For `flatMap` and `flatMapValues`: zero, one or two results for each record. */
export function flatMapped(
  type: RecordType,
  { variant }: NodeSettings,
): (record: unknown) => readonly unknown[] {
  const weigh = weigher(type);
  switch (variant) {
    case 'elements':
      return (record) => record as readonly unknown[];
    case 'numbers':
      return (record) => {
        const weight = weigh(record);
        return [weight, modulo(weight + 1)].slice(0, weight % 3);
      };
    default:
      return (record) => [record, record].slice(0, weigh(record) % 3);
  }
}

/**
 * For `filter`. Only empty parts of partitions are removed: the removal of any other part would depend on the places of
 * cuts.
 */
export function filtered(
  type: RecordType,
  { modulus = 2, rest = 0 }: NodeSettings,
): (record: unknown) => boolean {
  if (type.kind === 'parts') return (record) => (record as readonly unknown[]).length > 0;
  const weigh = weigher(type);
  return (record) => weigh(record) % modulus !== rest;
}

/** For `dropDuplicates`: the whole record, or one of few keys. */
export function duplicateKeyOf(type: RecordType, { variant }: NodeSettings): (record: unknown) => unknown {
  if (variant === 'equal') return (record) => record;
  const weigh = weigher(type);
  return (record) => weigh(record) % KEYS;
}

/** For `mapPartitions`. */
export function inPartition(
  type: RecordType,
  { variant }: NodeSettings,
): (records: Iterable<unknown>) => Iterable<unknown> {
  const weigh = weigher(type);
  switch (variant) {
    case 'elements':
      return (records) => [...records].flatMap((record) => record as readonly unknown[]);
    case 'number':
      return function* (records) {
        for (const record of records) yield modulo(weigh(record) + 5);
      };
    default:
      return (records) => [...records];
  }
}
