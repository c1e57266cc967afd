// The kit of the `Codec` port.
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { type Codec, isMillraceError } from '@millrace/core';
import type { ConformanceCheck } from '../kit/conformance-check.ts';
import type { ConformanceKit, ConformanceRun } from '../kit/conformance-kit.ts';
import { applies } from '../kit/not-applicable.ts';
import { defineConformance, type TestFunctions } from '../kit/define-conformance.ts';

/** The subject of the kit. */
export interface CodecSubject extends ConformanceRun {
  /** Makes a codec, independent of other codecs as in another process. */
  readonly create: () => Codec;
}

/** The input of each check. */
export interface CodecTrial {
  readonly codec: Codec;
  /** A second codec, for decoding bytes of the first codec. */
  readonly other: Codec;
}

const VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -0,
  1.5,
  NaN,
  Infinity,
  -Infinity,
  2 ** 53 - 1,
  -(2 ** 53),
  5e-324,
  0n,
  -1n,
  2n ** 64n,
  -(2n ** 70n),
  '',
  'ä 流 🎈',
  'x'.repeat(100_000),
  new Uint8Array(0),
  new Uint8Array([0, 255]),
  new Date(0),
  new Date(1_732_158_000_123),
  [],
  [[[]]],
  {},
  { a: { b: [1, { c: null }] }, '': 1, 'a b': 2 },
  new Map<unknown, unknown>([
    [1, 'one'],
    ['1', new Set([1n])],
    [{ key: true }, null],
  ]),
  new Set([1, 'one', null]),
];

class Custom {
  readonly value = 1;
}

const REFUSED: readonly (readonly [value: unknown, path: string])[] = [
  [{ a: [new Custom()] }, 'a'],
  [{ f: () => 1 }, 'f'],
  [[Symbol('s')], '0'],
  [{ values: new Float64Array([1.5]) }, 'values'],
  [new Map([[1, new Custom()]]), ''],
];

const CHECKS: readonly ConformanceCheck<CodecTrial>[] = [
  {
    number: 'CODEC-1.1',
    title: 'every value allowed in a record is decoded as an equal value, alone and among others',
    look: 'the named value, and its default treatment by the library',
    run: async ({ codec, other }) => {
      for (const value of VALUES) {
        const [back] = other.decodeRecords(codec.encodeRecords([value]));
        assert.deepStrictEqual(back, value, `${inspect(value).slice(0, 60)} came back changed`);
      }
      assert.deepStrictEqual(other.decodeRecords(codec.encodeRecords(VALUES)), VALUES);
      assert.deepStrictEqual(other.decodeRecords(codec.encodeRecords([])), []);
    },
  },
  {
    number: 'CODEC-2.1',
    title: 'a value that decoding would change is refused with MR_CODEC_UNSUPPORTED_VALUE and its path',
    look: 'class instances that become plain objects, functions that vanish, typed arrays that change type',
    run: async ({ codec }) => {
      for (const [value, path] of REFUSED) {
        const error = thrownBy(() => codec.encodeRecords(['fine', value]));
        const shown = inspect(value);
        assert(isMillraceError(error, 'MR_CODEC_UNSUPPORTED_VALUE'), `${shown} was not refused`);
        const where = `${error.message} ${inspect(error.details)}`;
        assert(where.includes('1') && where.includes(path), `the path of ${shown} is missing: ${where}`);
      }
    },
  },
  {
    number: 'CODEC-2.2',
    title: 'text with half of a surrogate pair is decoded as equal text or is refused',
    look: 'writing text as UTF-8, which inserts a replacement character',
    run: async ({ codec, other }) => {
      const text = 'half \ud800';
      try {
        assert.deepEqual(
          other.decodeRecords(codec.encodeRecords([text])),
          [text],
          'the text came back changed',
        );
      } catch (error) {
        if (!isMillraceError(error, 'MR_CODEC_UNSUPPORTED_VALUE')) throw error;
      }
    },
  },
  {
    number: 'CODEC-3.1',
    title: 'a key __proto__ is decoded as an ordinary key and changes no prototype',
    look: 'the assignment of keys during decoding',
    run: async ({ codec, other }) => {
      const record: unknown = JSON.parse('{"__proto__": {"isAdmin": true}, "constructor": 1}');
      const [back] = other.decodeRecords(codec.encodeRecords([record]));
      assert.equal(Object.getPrototypeOf(back), Object.prototype, 'the prototype was changed');
      assert.deepEqual(Object.keys(back as object).toSorted(), ['__proto__', 'constructor']);
      assert.equal(Reflect.get({}, 'isAdmin'), undefined);
    },
  },
  {
    number: 'CODEC-4.1',
    title: 'bytes that are no valid encoding are refused with MR_CODEC_MALFORMED',
    look: 'raw errors of the library, ignored trailing bytes, truncation',
    run: async ({ codec }) => {
      const whole = codec.encodeRecords([{ a: 1, b: ['x', 'y'] }, 2]);
      const malformed = [
        new Uint8Array(0),
        new Uint8Array([0xc1]),
        ...Array.from({ length: whole.byteLength - 1 }, (_, i) => whole.slice(0, i + 1)),
        Uint8Array.from([...whole, 0]),
      ];
      for (const bytes of malformed) {
        const error = thrownBy(() => codec.decodeRecords(bytes));
        const shown = inspect(bytes).slice(0, 60);
        assert(isMillraceError(error, 'MR_CODEC_MALFORMED'), `${shown} was not refused as malformed`);
      }
    },
  },
  {
    number: 'CODEC-5.1',
    title: 'decoded values own their memory',
    look: 'byte arrays that are views of the input',
    run: async ({ codec }) => {
      const bytes = codec.encodeRecords([new Uint8Array([1, 2, 3]), 'text']).slice();
      const back = codec.decodeRecords(bytes);
      bytes.fill(0);
      assert.deepEqual([...(back[0] as Uint8Array)], [1, 2, 3]);
      assert.equal(back[1], 'text');
    },
  },
  {
    number: 'CODEC-5.2',
    title: 'encoded bytes are not overwritten by the next encoding',
    look: 'a reused buffer',
    run: async ({ codec }) => {
      const first = codec.encodeRecords(['first']);
      codec.encodeRecords(['second']);
      assert.deepEqual(codec.decodeRecords(first), ['first']);
    },
  },
  {
    number: 'CODEC-6.1',
    title: 'each block can be decoded alone, by another codec, in any order',
    look: 'structures or dictionaries kept between calls',
    run: async ({ codec, other }) => {
      const blocks = [1, 2, 3].map((n) => codec.encodeRecords([{ shape: n, of: 'record' }]));
      for (const [index, bytes] of [...blocks.entries()].toReversed())
        assert.deepEqual(other.decodeRecords(bytes), [{ shape: index + 1, of: 'record' }]);
      assert.deepEqual(
        codec.encodeRecords([{ a: 1 }]),
        other.encodeRecords([{ a: 1 }]),
        'bytes depend on earlier calls',
      );
    },
  },
  {
    number: 'CODEC-7.1',
    title: 'a codec has a name, the same for each codec of its kind',
    look: 'the name that logs store with the bytes',
    run: async ({ codec, other }) => {
      assert(codec.name.length > 0, 'the name is empty');
      assert.equal(codec.name, other.name);
    },
  },
  {
    number: 'CODEC-9.1',
    title: 'refusalsIn names exactly the refused records and never throws',
    look: 'a check that differs from encoding, and getters that throw',
    run: async ({ codec }) => {
      applies(codec.refusalsIn !== undefined, 'the codec has no refusalsIn');
      const named = (records: readonly unknown[], count = records.length) =>
        codec.refusalsIn?.(records, count).map(({ index }) => index);
      assert.deepEqual(named(VALUES), [], 'an accepted value was named');
      for (const [value] of REFUSED)
        assert.deepEqual(named([1, value, 'two']), [1], `${inspect(value)} was not named alone`);
      const trap = Object.defineProperty({}, 'a', {
        enumerable: true,
        get: () => {
          throw new Error('a getter');
        },
      });
      assert.deepEqual(named([trap, 1]), [0], 'an unreadable object was not named');
      assert.deepEqual(named([1, Symbol('s')], 1), [], 'a record beyond the count was named');
    },
  },
];

/** The checks of `docs/spec/codec.md`. */
export const CODEC_KIT: ConformanceKit<CodecSubject, CodecTrial> = {
  port: 'Codec',
  version: 2,
  spec: 'docs/spec/codec.md',
  checks: CHECKS,
  notCheckable: [
    { rule: 'CODEC-8', why: 'binds the caller' },
    { rule: 'CODEC-10', why: 'only the author of a format knows encodings that carry more than the records' },
  ],
  withTrial: (subject, use) => use({ codec: subject.create(), other: subject.create() }),
};

/** Defines the conformance tests of a codec. */
export function codecConformance(test: TestFunctions, subject: CodecSubject): void {
  defineConformance(test, CODEC_KIT, subject);
}

function thrownBy(call: () => unknown): unknown {
  try {
    call();
    return undefined;
  } catch (error) {
    return error;
  }
}
