import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMillraceError } from '../errors/millrace-error.ts';
import { MsgpackCodec } from './msgpack-codec.ts';

const codec = new MsgpackCodec();

function roundTrip(records: readonly unknown[]): unknown[] {
  return codec.decodeRecords(codec.encodeRecords(records));
}

/** The error of encoding these records. */
function refusal(records: readonly unknown[]): unknown {
  try {
    codec.encodeRecords(records);
  } catch (error) {
    return error;
  }
  return undefined;
}

/** Everything that a record may hold, with the keys and texts that libraries stumble over drawn often. */
function anyRecord(): fc.Arbitrary<unknown> {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme', maxLength: 90 }),
    fc.string({ maxLength: 90 }).map((rest) => `\uFEFF${rest}`),
  );
  const key = fc.oneof(
    text,
    fc.constantFrom('id', '', '__proto__', '__keys__', 'constructor', 'toJSON', 'hasOwnProperty', '0'),
  );
  const leaf = fc.oneof(
    fc.constantFrom<unknown>(null, undefined, true, false, -0, NaN, Infinity),
    fc.double(),
    fc.integer(),
    fc.bigInt(),
    text,
    fc.uint8Array(),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    fc.date({ noInvalidDate: false }),
  );
  return fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie('value'), { maxLength: 5 }),
      fc.dictionary(key, tie('value'), { maxKeys: 5 }),
      fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 4 }).map((entries) => new Map(entries)),
      fc.array(tie('value'), { maxLength: 4 }).map((values) => new Set(values)),
    ),
  })).value;
}

describe('MsgpackCodec', () => {
  it('decodes every record to an equal one', () => {
    fc.assert(
      fc.property(fc.array(anyRecord()), (records) => isDeepStrictEqual(roundTrip(records), records)),
      { numRuns: 500 },
    );
  });

  it('decodes many records of few and of many shapes', () => {
    const few = Array.from({ length: 1_000 }, (_, i) => ({ id: i, name: `n${i % 7}`, delay: i / 3 }));
    const many = Array.from({ length: 300 }, (_, i) => ({
      [`key${i % 150}`]: i,
      nested: { [`k${i % 90}`]: [i] },
    }));
    expect(roundTrip(few)).toEqual(few);
    expect(roundTrip(many)).toEqual(many);
  });

  it('decodes an object with very many keys', () => {
    const wide = Object.fromEntries(Array.from({ length: 70_000 }, (_, i) => [`key${i}`, i]));
    expect(isDeepStrictEqual(roundTrip([wide]), [wide])).toBe(true);
  });

  it.each([15, 16, 31, 32, 63, 64, 65, 85, 255, 256, 21_845, 21_846, 65_535, 65_536])(
    'decodes texts of %i characters, narrow and wide',
    (length) => {
      const texts = ['a', 'é', '€', '😀', '\u0000'].map((character) => character.repeat(length));
      expect(roundTrip(texts)).toEqual(texts);
    },
  );

  it('keeps negative zero, NaN and undefined', () => {
    const records = [-0, { a: -0, b: undefined }, [undefined, NaN]];
    expect(isDeepStrictEqual(roundTrip(records), records)).toBe(true);
  });

  it('keeps a byte order mark at the beginning of a text', () => {
    const line = `\uFEFF${'x'.repeat(100)}`;
    expect(roundTrip([line, { line }])).toEqual([line, { line }]);
  });

  it('decodes a key __proto__ as an ordinary key', () => {
    const record: unknown = JSON.parse('{"__proto__":{"isAdmin":true},"id":1}');
    const [decoded] = roundTrip([record]) as [object];
    expect(Object.keys(decoded)).toEqual(['__proto__', 'id']);
    expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype);
    expect('isAdmin' in decoded).toBe(false);
  });

  it('is not confused later by a key __keys__', () => {
    roundTrip([{ __keys__: 1 }, { __keys__: [], a: 1 }]);
    expect(roundTrip([{}, { a: 1 }])).toEqual([{}, { a: 1 }]);
  });

  it('does not mistake a map for one of its own tags', () => {
    const records = [-0, new Map([['negative-zero', null]]), new Map([['map', []]])];
    expect(isDeepStrictEqual(roundTrip(records), records)).toBe(true);
  });

  it('distinguishes a Buffer from a Uint8Array', () => {
    const [bytes, buffer] = roundTrip([new Uint8Array([1, 2]), Buffer.from('ab')]);
    expect(Buffer.isBuffer(bytes)).toBe(false);
    expect(Buffer.isBuffer(buffer)).toBe(true);
  });

  it('decodes to memory of its own', () => {
    const encoded = codec.encodeRecords([new Uint8Array([1, 2, 3]), Buffer.from([4])]);
    const decoded = codec.decodeRecords(encoded);
    encoded.fill(0xff);
    expect(decoded).toEqual([new Uint8Array([1, 2, 3]), Buffer.from([4])]);
  });

  it('encodes to memory of its own', () => {
    const first = codec.encodeRecords([1, 2, 3]);
    expect(first.buffer.byteLength).toBe(first.byteLength);
    codec.encodeRecords([9, 9, 9]);
    expect(codec.decodeRecords(first)).toEqual([1, 2, 3]);
  });

  it('decodes bytes at any place in a larger buffer', () => {
    const encoded = codec.encodeRecords(['a', { b: 1 }]);
    const larger = new Uint8Array(encoded.byteLength + 9);
    larger.set(encoded, 5);
    expect(codec.decodeRecords(larger.subarray(5, 5 + encoded.byteLength))).toEqual(['a', { b: 1 }]);
  });
});

describe('MsgpackCodec refuses', () => {
  class Point {
    readonly x = 1;
  }
  class Stamp extends Date {}
  const circle: unknown[] = [];
  circle.push({ circle });
  const matched: unknown = 'abc'.match(/b/);

  it.each([
    { record: () => 1, path: 'records[1]', found: 'a function' },
    { record: Symbol('s'), path: 'records[1]', found: 'a symbol' },
    { record: { at: new Point() }, path: 'records[1].at', found: 'an instance of Point' },
    {
      record: { 'odd key': [new Stamp(0)] },
      path: 'records[1]["odd key"][0]',
      found: 'an instance of Stamp',
    },
    { record: new Float64Array(2), path: 'records[1]', found: 'an instance of Float64Array' },
    { record: new Map([['k', /x/]]), path: 'records[1].get("k")', found: 'an instance of RegExp' },
    { record: new Map([[/x/, 1]]), path: 'records[1].keys()[0]', found: 'an instance of RegExp' },
    { record: new Set([new Error('e')]), path: 'records[1].values()[0]', found: 'an instance of Error' },
    { record: { text: 'a\uD800' }, path: 'records[1].text', found: 'text with half of a surrogate pair' },
    {
      record: { '\uDC00': 1 },
      path: 'records[1]',
      found: 'an object whose key has half of a surrogate pair',
    },
    { record: { [Symbol('s')]: 1 }, path: 'records[1]', found: 'an object with a symbol as key' },
    { record: new Array<number>(2), path: 'records[1]', found: 'an array with holes' },
    { record: matched, path: 'records[1]', found: 'the result of a match' },
    { record: new Number(1), path: 'records[1]', found: 'an instance of Number' },
  ])('$found at $path', ({ record, path, found }) => {
    const error = refusal(['fine', record]);
    if (!isMillraceError(error, 'MR_CODEC_UNSUPPORTED_VALUE'))
      throw new Error('not refused', { cause: error });
    expect(error.details).toEqual({ path, found });
    expect(error.disposition).toBe('skip-record');
  });

  it('a circle, without an endless loop', () => {
    const twice: Record<string, unknown> = {};
    twice['a'] = twice;
    twice['b'] = twice;
    expect(isMillraceError(refusal([circle]), 'MR_CODEC_UNSUPPORTED_VALUE')).toBe(true);
    expect(isMillraceError(refusal([twice]), 'MR_CODEC_UNSUPPORTED_VALUE')).toBe(true);
  });

  it('bytes of another encoder', () => {
    const good = codec.encodeRecords([{ a: 1 }, 'text', new Map([[1, -0]])]);
    const bad = [
      new Uint8Array(0),
      new Uint8Array([1]),
      new Uint8Array([9, 0x90]),
      new Uint8Array([1, 0x05]),
      new Uint8Array([2, 0x91, 0x81, 0xa1, 0x78, 0xc0]),
      good.subarray(0, good.byteLength - 1),
      new Uint8Array([...good, 0]),
    ];
    for (const bytes of bad) {
      expect(() => codec.decodeRecords(bytes)).toThrow(
        expect.objectContaining({ code: 'MR_CODEC_MALFORMED' }) as Error,
      );
    }
  });

  it.each([
    ['an error', [0xd4, 0x65, 0, 0x92, 0xa5, ...Buffer.from('Error'), 0xa1, 0x61]],
    ['a regular expression', [0xd4, 0x78, 0, 0x92, 0xa1, 0x61, 0xa0]],
    ['a Float64Array', [0xc7, 9, 0x74, 8, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['an ArrayBuffer', [0xc7, 2, 0x74, 16, 0]],
    ['a DataView', [0xc7, 2, 0x74, 17, 0]],
    ['a reference', [0xd6, 0x69, 0, 0, 0, 1, 0x91, 0xd6, 0x70, 0, 0, 0, 1]],
    ['a list of 2^32 - 1 entries', [0xdd, 0xff, 0xff, 0xff, 0xff]],
    ['a map of 2^32 - 1 entries', [0xdf, 0xff, 0xff, 0xff, 0xff]],
    ['bytes of 2^32 - 1 bytes', [0xc6, 0xff, 0xff, 0xff, 0xff]],
    ['text of 2^32 - 1 bytes', [0xdb, 0xff, 0xff, 0xff, 0xff]],
    ['lists in lists, 100,000 deep', [...Buffer.alloc(100_000, 0x91), 1]],
    ['lists in lists, 120 deep', [...Buffer.alloc(120, 0x91), 1]],
  ])('bytes with %s in a record', (_what, record) => {
    for (const bytes of [
      [1, 0x91, ...record],
      [1, 0x91, 0x81, 1, ...record],
      [2, 0x91, ...record],
    ]) {
      expect(() => codec.decodeRecords(new Uint8Array(bytes))).toThrow(
        expect.objectContaining({ code: 'MR_CODEC_MALFORMED' }) as Error,
      );
    }
  });

  it('any damage with a code, or not at all', () => {
    const good = codec.encodeRecords([{ a: 1, b: [1n, 'x'.repeat(80)] }, new Set([-0]), new Date(5)]);
    const change = fc.record({ at: fc.nat(good.byteLength - 1), to: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = good.slice();
        for (const { at, to } of changes) bytes[at] = to;
        try {
          return Array.isArray(codec.decodeRecords(bytes));
        } catch (error) {
          return isMillraceError(error, 'MR_CODEC_MALFORMED');
        }
      }),
    );
  });
});
