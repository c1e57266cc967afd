import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashPartition } from './hash-partition.ts';
import { canonicalKey, keysEqual } from './key-equality.ts';
import { KeyedMap } from './keyed-map.ts';

const keys = fc.anything({ withBigInt: true, withNullPrototype: true, maxDepth: 3 }).filter((key) => {
  try {
    canonicalKey(key);
    return true;
  } catch {
    return false;
  }
});

/** The same value in other objects, with the properties in another order. */
function rebuilt(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? 0 : value;
  if (Array.isArray(value)) return Array.from(value, rebuilt);
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, part]) => [name, rebuilt(part)]),
  );
}

describe('key equality', () => {
  it('equal values are one key, with one partition', () => {
    const property = fc.property(keys, fc.integer({ min: 1, max: 50 }), (key, partitions) => {
      const other = rebuilt(key);
      expect(keysEqual(key, other)).toBe(true);
      expect(hashPartition(key, partitions)).toBe(hashPartition(other, partitions));
      expect(new KeyedMap([[key, 1]]).get(other)).toBe(1);
    });
    fc.assert(property);
  });

  it('values with different JSON are different keys', () => {
    const property = fc.property(fc.jsonValue(), fc.jsonValue(), (left, right) => {
      const same = JSON.stringify(sorted(left)) === JSON.stringify(sorted(right));
      expect(keysEqual(left, right)).toBe(same);
      expect(new KeyedMap([[left, 1]]).has(right)).toBe(same);
    });
    fc.assert(property);
  });

  it('tells types and shapes apart', () => {
    const different = [
      1, '1', 1n, true, 'true', null, 'null', undefined, Number.NaN, 'NaN', 0, '', [], {}, [null], [undefined],
      { a: undefined }, [[]], ['1'], [1], [1, 2], [[1], 2], { 0: 1 }, { a: 1, b: 2 }, { a: { b: 2 } }, ['ab', 'c'],
      ['a', 'bc'], '[1:n1;', '\ud800', '\udc00', '\ufffd', 's1:1', Infinity, -Infinity, 0.1, 2 ** 53, -1,
    ]; // prettier-ignore
    const map = new KeyedMap(different.map((key, index) => [key, index]));
    expect(map.size).toBe(different.length);
    expect(new Set(different.map(canonicalKey)).size).toBe(different.length);
  });

  it('NaN equals NaN and -0 equals 0, at any depth', () => {
    expect(keysEqual(Number.NaN, -Number.NaN)).toBe(true);
    expect(keysEqual([-0, { n: Number.NaN }], [0, { n: Number.NaN }])).toBe(true);
    expect(hashPartition(-0, 1_000)).toBe(hashPartition(0, 1_000));
  });

  it('__proto__ is a key and a property like any other', () => {
    const key = JSON.parse('{"__proto__": 1}') as unknown;
    expect(keysEqual(key, {})).toBe(false);
    expect(keysEqual(key, JSON.parse('{"__proto__": 1}'))).toBe(true);
    const map = new KeyedMap([['__proto__', 1]]);
    expect([map.get('__proto__'), map.get('constructor')]).toEqual([1, undefined]);
  });

  it.each([
    [new Map(), 'key', 'a Map'],
    [{ a: [1, new Date(0)] }, 'key.a[1]', 'a Date'],
    [
      [
        new (class Point {
          readonly x = 1;
        })(),
      ],
      'key[0]',
      'a Point',
    ],
    [new Uint8Array(1), 'key', 'a Uint8Array'],
    [() => 1, 'key', 'a function'],
    [Symbol('s'), 'key', 'a symbol'],
    [[{ [Symbol('s')]: 1 }], 'key[0]', 'an object that is not plain'],
  ])('refuses %o, naming the path', (key, path, what) => {
    const refused = expect.objectContaining({ code: 'MR_RDD_UNSUPPORTED_KEY', details: { path, what } });
    expect(() => hashPartition(key, 3)).toThrow(refused);
    expect(() => new KeyedMap([[key, 1]])).toThrow(refused);
  });

  it('refuses a key that contains itself', () => {
    const key: unknown[] = [];
    key.push(key);
    expect(() => canonicalKey(key)).toThrow(expect.objectContaining({ code: 'MR_RDD_UNSUPPORTED_KEY' }));
  });
});

describe('KeyedMap', () => {
  it('iterates in order of first insertion, primitives and objects alike', () => {
    const map = new KeyedMap<unknown, number>();
    map.set(['b'], 1).set('a', 2).set({ c: 1 }, 3).set(['b'], 4);
    expect([...map]).toEqual([
      [['b'], 4],
      ['a', 2],
      [{ c: 1 }, 3],
    ]);
    expect([...map.keys()]).toEqual([['b'], 'a', { c: 1 }]);
    const visited: number[] = [];
    map.forEach((value) => visited.push(value));
    expect(visited).toEqual([...map.values()]);
  });

  it('deletes by value', () => {
    const map = new KeyedMap<unknown, number>([[['a', 1], 1], ['b', 2]]); // prettier-ignore
    expect([map.delete(['a', 1]), map.delete(['a', 1]), map.delete('b'), map.delete('b')]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect([map.size, map.has(['a', 1])]).toEqual([0, false]);
  });
});

describe('hashPartition', () => {
  it('keeps its results, because the layout of checkpoints depends on them', () => {
    const answers = [
      '',
      'a',
      'key-1',
      'ü',
      0,
      1,
      -1,
      3.5,
      2 ** 40,
      10n,
      true,
      false,
      null,
      undefined,
      ['a', 1],
      { b: 2, a: 1 },
    ];
    expect(answers.map((key) => hashPartition(key, 1_000))).toEqual([
      923, 715, 15, 209, 616, 316, 727, 725, 418, 596, 19, 326, 230, 336, 292, 635,
    ]);
  });

  it.each([
    ['small integers', (n: number) => n],
    ['multiples of 64', (n: number) => n * 64],
    ['similar strings', (n: number) => `user-${n}`],
    ['fractions', (n: number) => n / 7],
    ['tuples', (n: number) => [n % 10, `p${n}`]],
  ])('spreads %s evenly', (_, keyOf) => {
    for (const partitions of [2, 3, 8, 16, 100]) {
      const counts = new Array<number>(partitions).fill(0);
      const total = partitions * 200;
      for (let n = 0; n < total; n++) counts[hashPartition(keyOf(n), partitions)]! += 1;
      // A fair distribution deviates by more than five standard deviations about once in two million runs.
      for (const count of counts) expect(Math.abs(count - 200)).toBeLessThan(5 * Math.sqrt(200));
    }
  });
});

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? 0 : value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, part]): [string, unknown] => [name, sorted(part)])
      .toSorted(([left], [right]) => (left < right ? -1 : 1)),
  );
}
