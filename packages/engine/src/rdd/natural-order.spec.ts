import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RddCluster } from '../../test/rdd-cluster.ts';
import { naturalOrder } from './natural-order.ts';

/** Any possible record, with awkward values often. */
const anything = fc.oneof(
  fc.constantFrom<unknown>(NaN, undefined, null, 0, -0, 1, 1n, true, false, '', '1', Infinity, -Infinity),
  fc.integer(),
  fc.double(),
  fc.bigInt(),
  fc.string(),
  fc.boolean(),
  fc.date({ noInvalidDate: false }),
  fc.array(fc.constantFrom<unknown>(1, NaN, 'a', undefined, null)),
  fc.record({ a: fc.integer({ max: 3, min: 0 }) }),
  fc.constantFrom<unknown>(new Map(), Symbol.iterator, () => 1, Object.create(null)),
);

describe('the default order', () => {
  it('is antisymmetric and transitive for any values', () => {
    fc.assert(
      fc.property(anything, anything, anything, (a, b, c) => {
        expect(Math.sign(naturalOrder(a, b)) + Math.sign(naturalOrder(b, a))).toBe(0);
        expect(naturalOrder(a, a)).toBe(0);
        if (naturalOrder(a, b) <= 0 && naturalOrder(b, c) <= 0) expect(naturalOrder(a, c) <= 0).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('equals the order of `<` wherever `<` is an order', () => {
    const numeric = fc.oneof(fc.double({ noNaN: true }), fc.bigInt(), fc.integer());
    fc.assert(
      fc.property(numeric, numeric, (a, b) => {
        if (a < b) expect(naturalOrder(a, b)).toBeLessThan(0);
        else if (a > b) expect(naturalOrder(a, b)).toBeGreaterThan(0);
        else
          expect(Math.sign(naturalOrder(a, b))).toBe(
            Math.sign(Number(typeof a === 'bigint') - Number(typeof b === 'bigint')),
          );
      }),
    );
    const dates = fc.date({ noInvalidDate: true });
    fc.assert(fc.property(fc.string(), fc.string(), (a, b) => a < b === naturalOrder(a, b) < 0));
    fc.assert(fc.property(dates, dates, (a, b) => a < b === naturalOrder(a, b) < 0));
  });

  it('sorts kinds in the documented order', () => {
    const ordered = [
      false, true, -Infinity, -1, 0, 1, 1n, new Date(2), 2n, 2 ** 53, 2n ** 53n + 1n, Infinity, NaN, '', '10', '9', [],
      [1, NaN], [2], [2, 'a'], [10], { a: 1 }, { a: 2 }, new Map(), null, undefined,
    ]; // prettier-ignore
    for (const [index, value] of ordered.entries())
      for (const later of ordered.slice(index + 1)) expect([value, later, naturalOrder(value, later) < 0]).toEqual([value, later, true]); // prettier-ignore
    expect(naturalOrder(-0, 0)).toBe(0);
  });
});

describe('records of any kind', () => {
  const shuffled = fc.array(anything, { maxLength: 30 });

  it('are sorted, and leave no other record unsorted', async () => {
    await fc.assert(
      fc.asyncProperty(shuffled, fc.integer({ min: 1, max: 4 }), async (records, partitions) => {
        const { environment } = new RddCluster();
        const rdd = environment.parallelize(records, partitions);
        const sorted = await rdd.sortBy((record) => record).collect();
        expect(sorted).toHaveLength(records.length);
        for (const [index, record] of sorted.entries())
          if (index > 0) expect(naturalOrder(sorted[index - 1], record)).toBeLessThanOrEqual(0);
        const same = (left: unknown, right: unknown) => expect(naturalOrder(left, right)).toBe(0);
        for (const [index, record] of (await rdd.takeOrdered(5)).entries()) same(record, sorted[index]);
        for (const [index, record] of (await rdd.top(5)).entries()) same(record, sorted.at(-1 - index));
        const down = await rdd
          .map((record) => [record, 1])
          .sortByKey({ descending: true })
          .collect();
        for (const [index, [record]] of down.entries()) same(record, sorted.at(-1 - index));
        if (records.length > 0) same([await rdd.min(), await rdd.max()], [sorted[0], sorted.at(-1)]);
      }),
      { numRuns: 60 },
    );
  });

  it('have no smallest and no largest record in an empty RDD', async () => {
    const none = new RddCluster().environment.empty<number>();
    await expect(none.max()).rejects.toMatchObject({ code: 'MR_RDD_EMPTY_COLLECTION' });
    await expect(none.min()).rejects.toMatchObject({ code: 'MR_RDD_EMPTY_COLLECTION' });
  });

  it.each([
    ['NaN', (left: number, right: number) => left - right],
    ['a boolean', ((left: number, right: number) => left > right) as never],
    ['nothing', (() => undefined) as never],
  ])('are not sorted by a comparison that returns %s', async (_, compare) => {
    const numbers = new RddCluster().environment.parallelize([3, NaN, 1, 2], 1);
    for (const act of [
      () => numbers.sortBy((n) => n, { compare }).collect(),
      () => numbers.top(2, compare),
      () => numbers.takeOrdered(2, compare),
      () => numbers.max(compare),
      () => numbers.min(compare),
    ]) {
      const failure = (await act().catch((error: unknown) => error)) as Error;
      expect(failure.cause ?? failure).toMatchObject({ code: 'MR_RDD_COMPARISON_INVALID' });
    }
  });
});

describe('records whose keys are equal', () => {
  it('stay in the order of partition and position, in sortBy, top and takeOrdered', async () => {
    const { environment } = new RddCluster();
    const keys = [NaN, undefined, 0, -0, 'a', null, 1n, 1];
    // More records than top keeps before it drops the smaller ones.
    const records = Array.from({ length: 4_000 }, (_, place) => ({ key: keys[(place * 7) % 8], place }));
    const byKey = (left: (typeof records)[number], right: (typeof records)[number]) =>
      naturalOrder(left.key, right.key);
    const up = records.toSorted(byKey);
    const down = records.toSorted((left, right) => byKey(right, left));
    for (const partitions of [1, 3]) {
      const rdd = environment.parallelize(records, partitions);
      expect(await rdd.sortBy(({ key }) => key).collect()).toEqual(up);
      expect(await rdd.sortBy(({ key }) => key, { descending: true }).collect()).toEqual(down);
      expect(await rdd.takeOrdered(900, byKey)).toEqual(up.slice(0, 900));
      expect(await rdd.top(900, byKey)).toEqual(down.slice(0, 900));
    }
  });
});

describe('endlessly nested arrays', () => {
  const endless = () => {
    const circle: unknown[] = [];
    circle.push(circle);
    return circle;
  };

  it('are refused with a code where they are compared, and ordered where they differ', async () => {
    const { environment } = new RddCluster();
    const circles = environment.parallelize([endless(), endless()], 1);
    const unsupported = expect.objectContaining({ code: 'MR_RDD_VALUE_UNSUPPORTED' });
    expect(() => naturalOrder(endless(), endless())).toThrow(unsupported);
    await expect(circles.top(1)).rejects.toMatchObject({ cause: unsupported });
    expect(naturalOrder([1, endless()], [2, endless()])).toBe(-1);
  });

  it('are refused where combiners are copied', async () => {
    const { environment } = new RddCluster();
    const pairs = environment.parallelize([['a', 1], ['a', 2]] as [string, number][], 2); // prettier-ignore
    const combined = pairs.combineByKey(endless, (all) => all, (all) => all); // prettier-ignore
    const cause: unknown = expect.objectContaining({ code: 'MR_RDD_VALUE_UNSUPPORTED' });
    await expect(combined.collect()).rejects.toMatchObject({ cause });
  });
});

describe('union', () => {
  it('accepts several RDDs', async () => {
    const { environment } = new RddCluster();
    const of = (...records: number[]) => environment.parallelize(records, 1);
    expect(await of(1).union(of(2), of(3, 4), of()).collect()).toEqual([1, 2, 3, 4]);
    expect(await of(1).union().collect()).toEqual([1]);
  });

  it('refuses a value that is no RDD, and accepts single arguments from untyped code', async () => {
    const { environment } = new RddCluster();
    const one = environment.parallelize([1], 1);
    const invalid = expect.objectContaining({ code: 'MR_RDD_INVALID_ARGUMENT' });
    expect(() => one.union([one, one] as never)).toThrow(invalid);
    expect(() => one.union([2] as never)).toThrow(invalid);
    const untyped = environment.parallelize([[1, 1]], 1) as unknown as Record<string, (...args: unknown[]) => unknown>; // prettier-ignore
    for (const name of ['join', 'cogroup', 'subtractByKey', 'subtract', 'intersection', 'leftOuterJoin']) {
      expect(() => untyped[name]?.([one, one])).toThrow(invalid);
      expect(() => untyped[name]?.(one, one)).toThrow(invalid);
    }
    const several = environment.union as unknown as (...rdds: unknown[]) => typeof one;
    expect(await several.call(environment, one, one, one).collect()).toEqual([1, 1, 1]);
  });
});
