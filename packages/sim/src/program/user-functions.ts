// The functions that drawn programs pass to operators. The functions belong to the program: both the engine and the
// model call them. The functions are pure, and work on records of any type by their weight, a number below `MODULUS`.
// Sums are taken modulo `MODULUS`, so that sums stay exact and have inverses.
import type { EventTimeSettings } from './program-plan.ts';
import { texter, type RecordType } from './record-type.ts';

/** A prime, small enough for products to be exact. */
export const MODULUS = 1_000_003;

/** The number of keys. */
export const KEYS = 5;

/** Steps of event time that count as large, in ms. */
const COARSE_MS = 100;

/** A time that is ahead of every batch by more than any bound. */
export const FAR_MS = 8e15;

/** An associative function. */
export type Combine = (left: unknown, right: unknown) => unknown;

/** The name of an associative function. The first two do not depend on the order of records. */
export type Combiner = 'sum' | 'greatest' | 'first' | 'last';

/** Returns the weight of a record. Records that count as equal have equal weights. */
export function weigher(type: RecordType): (value: unknown) => number {
  switch (type.kind) {
    case 'number':
      return (value) => modulo(value as number);
    case 'watermark':
      return (value) => {
        const { beforeMs, afterMs } = value as { readonly beforeMs: number; readonly afterMs: number };
        return modulo(modulo(beforeMs) * 31 + modulo(afterMs));
      };
    case 'tuple': {
      const parts = type.of.map(weigher);
      return (value) =>
        parts.reduce((sum, weigh, index) => modulo(sum * 31 + weigh((value as unknown[])[index]) + 7), 3);
    }
    case 'list':
    case 'parts': {
      const weigh = weigher(type.of);
      if (type.kind === 'list' && type.isOrdered)
        return (value) =>
          (value as unknown[]).reduce<number>((sum, part) => modulo(sum * 31 + weigh(part) + 11), 5);
      return (value) =>
        (value as unknown[]).reduce<number>((sum, part) => modulo(sum + mixed(weigh(part))), 9);
    }
    case 'maybe': {
      const weigh = weigher(type.of);
      return (value) => (value === undefined ? 13 : weigh(value));
    }
    case 'window': {
      const weigh = weigher(type.of);
      return (value) => {
        const window = value as { readonly startMs: number; readonly endMs: number; readonly value: unknown };
        return modulo(modulo(window.startMs) * 31 + modulo(window.endMs) * 17 + weigh(window.value));
      };
    }
  }
}

function mixed(weight: number): number {
  return modulo(weight * weight + 17);
}

/** The remainder of a whole number modulo `MODULUS`; 1 for infinity and NaN. */
export function modulo(value: number): number {
  if (!Number.isFinite(value)) return 1;
  const rest = value % MODULUS;
  return rest < 0 ? rest + MODULUS : rest;
}

/** The sum of two numbers. */
export function sum(left: unknown, right: unknown): number {
  return modulo((left as number) + (right as number));
}

/** A sum after the removal of one part. */
export function difference(value: unknown, gone: unknown): number {
  return modulo((value as number) - (gone as number));
}

/** The associative function with this name, on values of a type. */
export function combinerOf(name: Combiner, type: RecordType): Combine {
  // Arrays cut at any place are joined again.
  if (type.kind === 'parts')
    return (left, right) => [...(left as readonly unknown[]), ...(right as readonly unknown[])];
  switch (name) {
    case 'sum':
      return sum;
    case 'first':
      return (left) => left;
    case 'last':
      return (_left, right) => right;
    case 'greatest': {
      const compare = comparer(type);
      return (left, right) => (compare(left, right) >= 0 ? left : right);
    }
  }
}

/** Compares by weight, and by text for equal weights. */
export function comparer(type: RecordType): (left: unknown, right: unknown) => number {
  const weigh = weigher(type);
  const text = texter(type);
  return (left, right) => {
    const byWeight = weigh(left) - weigh(right);
    if (byWeight !== 0) return byWeight;
    const [one, other] = [text(left), text(right)];
    return one < other ? -1 : Number(one > other);
  };
}

/**
 * Returns the event time of a record, in ms. The time follows from the largest number of the record, slightly out of
 * order, and is sometimes much earlier or far ahead. Large steps give coarse times, so that watermarks meet the ends of
 * windows exactly.
 */
export function timer(
  type: RecordType,
  { stepMs = COARSE_MS, farEvery }: Partial<EventTimeSettings> = {},
): (value: unknown) => number {
  const largest = largestOf(type);
  const grainMs = stepMs >= COARSE_MS ? COARSE_MS / 2 : 1;
  return (value) => {
    const number = largest(value);
    if (farEvery !== undefined && number % farEvery === farEvery - 1) return FAR_MS;
    const inOrderMs = number * stepMs;
    const disorderMs = Math.floor(((number * 37) % 200) / grainMs) * grainMs;
    return number % 13 === 5 ? inOrderMs - 1_000 - disorderMs : inOrderMs - disorderMs;
  };
}

function largestOf(type: RecordType): (value: unknown) => number {
  switch (type.kind) {
    case 'number':
      return (value) => modulo(value as number);
    case 'watermark':
      return (value) => Math.max(0, modulo((value as { readonly afterMs: number }).afterMs));
    case 'tuple': {
      const parts = type.of.map(largestOf);
      return (value) =>
        parts.reduce((most, part, index) => Math.max(most, part((value as unknown[])[index])), 0);
    }
    case 'list':
    case 'parts': {
      const of = largestOf(type.of);
      return (value) => (value as unknown[]).reduce<number>((most, part) => Math.max(most, of(part)), 0);
    }
    case 'maybe': {
      const of = largestOf(type.of);
      return (value) => (value === undefined ? 0 : of(value));
    }
    case 'window': {
      const of = largestOf(type.of);
      return (value) => of((value as { readonly value: unknown }).value);
    }
  }
}
