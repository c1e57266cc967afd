import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Codec } from '../contracts/codec.ts';
import { isMillraceError } from '../errors/millrace-error.ts';
import { MsgpackCodec } from './msgpack-codec.ts';
import { refusalsOf } from './refusals-of.ts';

const codec = new MsgpackCodec();
/** The same codec, written by an author who does not know `refusalsIn`. */
const plainCodec: Codec = {
  name: 'plain',
  encodeRecords: (records) => codec.encodeRecords(records),
  decodeRecords: (bytes) => codec.decodeRecords(bytes),
};

class Money {
  readonly amount = 1;
}

/** Random values, sometimes with values that are not data. */
const anything = fc.anything({
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
  withUnicodeString: true,
});
const odd = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom<unknown>(
    -0,
    Number.NaN,
    new Date(Number.NaN),
    2n ** 200n,
    -(2n ** 64n),
    undefined,
    new Money(),
    Symbol('s'),
  ),
  fc.constantFrom<unknown>(
    () => 1,
    new Error('e'),
    /x/,
    new Number(1),
    Object.assign([1], { extra: 1 }),
    new (class extends Map {})(),
  ),
  fc
    .record({ key: fc.string({ unit: 'binary' }), value: anything })
    .map(({ key, value }) => ({ [key]: value })),
  fc
    .constantFrom('__proto__', '__keys__', 'toJSON', 'constructor', 'length')
    .map((key) => JSON.parse(`{"${key}":[1]}`) as unknown),
);
const values = fc.array(fc.oneof(anything, odd), { maxLength: 8 });

function trapped(): unknown {
  return Object.defineProperty({ a: 1 }, 'b', {
    enumerable: true,
    get: () => {
      throw Object.create(null);
    },
  });
}

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** An object of 2^100 places: each level has the next one twice. */
function bomb(): unknown {
  let value: unknown = 1;
  for (let level = 0; level < 90; level += 1) value = { left: value, right: value };
  return value;
}

describe('refusalsOf', () => {
  it('names exactly the records that encoding refuses, and all other records decode to equal ones', () => {
    fc.assert(
      fc.property(values, (records) => {
        const refused = new Set(refusalsOf(codec, records).map(({ index }) => index));
        const taken = records.filter((_, index) => !refused.has(index));
        for (const index of refused) expect(encodes([records[index]])).toBe(false);
        expect(
          isDeepStrictEqual(codec.decodeRecords(codec.encodeRecords(taken)), taken.map(withoutExtras)),
        ).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('returns the same for a codec without refusalsIn', () => {
    fc.assert(
      fc.property(values, (records) => {
        const places = (by: Codec) => refusalsOf(by, records).map(({ index }) => index);
        expect(places(plainCodec)).toEqual(places(codec));
      }),
    );
  });

  it('checks only the given number of first records', () => {
    expect(refusalsOf(codec, [1, 2, Symbol('s')], 2)).toEqual([]);
    expect(refusalsOf(plainCodec, [1, 2, Symbol('s')], 2)).toEqual([]);
  });

  it('names the place of the value in the record', () => {
    expect(refusalsOf(codec, ['fine', { a: [1, new Money()] }])).toEqual([
      { index: 1, path: 'record.a[1]', found: 'an instance of Money' },
    ]);
  });

  it.each([
    ['a getter that throws', trapped()],
    ['a revoked proxy', revoked()],
    [
      'a proxy whose traps throw',
      new Proxy({}, { getPrototypeOf: () => Array.prototype, ownKeys: () => trapped() as never }),
    ],
    ['an object that claims to be a date', Object.create(Date.prototype) as unknown],
    ['an object that claims to be bytes', Object.create(Uint8Array.prototype) as unknown],
    ['an object that claims to be a map', Object.create(Map.prototype) as unknown],
    ['an object that claims to be an array', Object.create(Array.prototype) as unknown],
    ['a record of endless places', bomb()],
    ['deep nesting', Array.from({ length: 200 }).reduce((value: unknown) => [value], 1)],
  ])('refuses %s, with its place', (_what, record) => {
    const refusals = refusalsOf(codec, [1, record, 2]);
    expect(refusals.map(({ index }) => index)).toEqual([1]);
    expect(refusals[0]?.path.length).toBeLessThan(200);
    expect(() => codec.encodeRecords([record])).toThrow(
      expect.objectContaining({ code: 'MR_CODEC_UNSUPPORTED_VALUE' }) as Error,
    );
  });

  it('accepts a record of 100 levels, no deeper one, and the objects around an accepted record', () => {
    const deep = (levels: number) => Array.from({ length: levels }).reduce((value: unknown) => [value], 1);
    expect(refusalsOf(codec, [deep(100), deep(101), deep(99)]).map(({ index }) => index)).toEqual([1]);
    const around = { parts: [{ values: [[{ record: deep(100) }]] }] };
    expect(codec.decodeRecords(codec.encodeRecords([around]))).toEqual([around]);
  });

  it('encodes any number of small records together, also inside of one object', () => {
    // Eight containers each: together more than one record may have.
    const records = Array.from({ length: 2 ** 19 + 1 }, () => [[], [], [], [], [], [], []]);
    expect(refusalsOf(codec, records)).toEqual([]);
    expect(codec.encodeRecords(records).byteLength).toBeGreaterThan(records.length * 7);
    expect(codec.encodeRecords([{ values: records }]).byteLength).toBeGreaterThan(records.length * 7);
  });

  it('refuses with a code a value that passes the check and throws during encoding', () => {
    let reads = 0;
    const record = Object.defineProperty({}, 'a', {
      enumerable: true,
      get: () => {
        reads += 1;
        if (reads > 1) throw new Error('read twice');
        return 1;
      },
    });
    expect(() => codec.encodeRecords([record])).toThrow(
      expect.objectContaining({ code: 'MR_CODEC_UNSUPPORTED_VALUE' }) as Error,
    );
  });
});

function encodes(records: readonly unknown[]): boolean {
  try {
    codec.encodeRecords(records);
    return true;
  } catch (error) {
    if (isMillraceError(error, 'MR_CODEC_UNSUPPORTED_VALUE')) return false;
    throw error;
  }
}

/** Properties of an array besides its elements are not kept, as the codec says. */
function withoutExtras(value: unknown): unknown {
  return Array.isArray(value) ? Array.from(value as unknown[], withoutExtras) : value;
}
