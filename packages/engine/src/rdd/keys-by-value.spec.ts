// Keys are equal by value, on every executor: shown against an equality that shares nothing with `canonicalKey`.
import { MsgpackCodec } from '@millrace/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { executorsNamed, RddCluster } from '../../test/rdd-cluster.ts';
import { hashPartition } from './hash-partition.ts';
import { canonicalKey, keysEqual } from './key-equality.ts';
import { KeyedMap } from './keyed-map.ts';

/** Few different values, so that equal keys come often; all awkward values among them. */
const atom = fc.constantFrom<unknown[]>(
  0, -0, 1, -1, 0.1, Number.NaN, Infinity, -Infinity, 2 ** 53, 2 ** 31, -(2 ** 31),
  0n, 1n, -1n, 2n ** 64n, '', '0', '1', 'NaN', 'null', 'undefined', 'true', '__proto__', 'constructor',
  '\ud800', '\udc00', '\ud800\udc00', '\ufffd', 'é', 'e\u0301', 's1:1', 'n1;', '[0:', true, false, null, undefined,
); // prettier-ignore
const name = fc.constantFrom('a', 'b', '__proto__', 'constructor', 'toString', '', '1', '\ud800');

const { key } = fc.letrec<{ key: unknown; tuple: unknown[]; object: unknown }>((tie) => ({
  key: fc.oneof({ depthSize: 'small', maxDepth: 3 }, atom, tie('tuple'), tie('object')),
  tuple: fc.array(tie('key'), { maxLength: 3 }),
  object: fc
    .tuple(fc.array(fc.tuple(name, tie('key')), { maxLength: 3 }), fc.boolean())
    .map(([entries, hasPrototype]) => objectOf(entries, hasPrototype)),
}));

/** Builds an object; `__proto__` becomes a property like any other. */
function objectOf(entries: readonly (readonly [string, unknown])[], hasPrototype: boolean): object {
  const object: object = hasPrototype ? {} : (Object.create(null) as object);
  for (const [property, value] of entries)
    Object.defineProperty(object, property, { value, enumerable: true, configurable: true, writable: true });
  return object;
}

/** The same value, in other objects, with the properties in another order. */
function twinOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? 0 : value;
  if (Array.isArray(value)) return value.map(twinOf);
  const entries = Object.entries(value).map(([property, part]) => [property, twinOf(part)] as const);
  return objectOf(entries.toReversed(), true);
}

function equal(left: unknown, right: unknown): boolean {
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null)
    return [left].includes(right);
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  if (Array.isArray(left) && left.length !== (right as unknown[]).length) return false;
  const names = Object.keys(left);
  const others = new Set(Object.keys(right));
  return (
    names.length === others.size &&
    names.every(
      (each) =>
        others.has(each) &&
        equal((left as Record<string, unknown>)[each], (right as Record<string, unknown>)[each]),
    )
  );
}

function hasHalfPair(value: unknown): boolean {
  if (typeof value === 'string') return !value.isWellFormed();
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([property, part]) => hasHalfPair(property) || hasHalfPair(part));
}

describe('keys', () => {
  it('are equal exactly when their values are', () => {
    fc.assert(
      fc.property(key, key, fc.integer({ min: 1, max: 40 }), (left, right, partitions) => {
        const same = equal(left, right);
        expect(keysEqual(left, right)).toBe(same);
        expect(new KeyedMap([[left, 1]]).has(right)).toBe(same);
        if (same) expect(hashPartition(left, partitions)).toBe(hashPartition(right, partitions));
        expect(keysEqual(left, twinOf(left))).toBe(true);
        expect(hashPartition(twinOf(left), partitions)).toBe(hashPartition(left, partitions));
      }),
      { numRuns: 2_000 },
    );
  });

  it('are the same after a codec and a message, or refused', () => {
    const codec = new MsgpackCodec();
    fc.assert(
      fc.property(key, (before) => {
        expect(canonicalKey(structuredClone(before))).toBe(canonicalKey(before));
        // Half of a surrogate pair has no bytes in UTF-8, so the codec refuses such a text instead of replacing it.
        if (hasHalfPair(before)) {
          expect(() => codec.encodeRecords([before])).toThrow('half of a surrogate pair');
          return;
        }
        const [decoded] = codec.decodeRecords(codec.encodeRecords([before]));
        expect(canonicalKey(decoded)).toBe(canonicalKey(before));
        expect(hashPartition(decoded, 1_000)).toBe(hashPartition(before, 1_000));
      }),
      { numRuns: 1_000 },
    );
  });

  it('share a partition when equal, and stay separate when unequal', async () => {
    const input = fc.record({
      keys: fc.array(key, { maxLength: 30 }),
      before: fc.integer({ min: 1, max: 5 }),
      after: fc.integer({ min: 1, max: 5 }),
      executors: fc.integer({ min: 1, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(input, async ({ keys, before, after, executors }) => {
        const names = ['one', 'two', 'three'].slice(0, executors);
        const { environment } = new RddCluster({ executors: executorsNamed(...names) });
        const ones = environment
          .parallelize([...keys, ...keys.map(twinOf)], before)
          .map((each): [unknown, number] => [each, 1]);
        const parts = await ones.reduceByKey((a, b) => a + b, after).glom().collect(); // prettier-ignore
        const counted: [unknown, number][] = [];
        for (const each of keys) {
          const known = counted.find(([other]) => equal(each, other));
          if (known === undefined) counted.push([each, 2]);
          else known[1] += 2;
        }
        expect(parts.flat()).toHaveLength(counted.length);
        for (const [partition, pairs] of parts.entries()) {
          for (const [each, count] of pairs) {
            expect(hashPartition(each, after)).toBe(partition);
            expect(count).toBe(counted.find(([other]) => equal(each, other))?.[1]);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
