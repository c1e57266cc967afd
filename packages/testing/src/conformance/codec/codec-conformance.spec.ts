import { type Codec, MsgpackCodec } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { numbersOf, outcomeOf, problemsOf } from '../../../test/assert-kit.ts';
import { CODEC_KIT, type CodecSubject } from './codec-conformance.ts';

/** The defects: methods that replace methods of a correct codec. */
const BUGS: Readonly<Record<string, readonly [is: string, (right: Codec) => Partial<Codec>]>> = {
  'CODEC-1.1': [
    'takes bigints for numbers',
    (right) => ({ decodeRecords: (b) => right.decodeRecords(b).map(small) }),
  ],
  'CODEC-2.1': ['refuses nothing', () => ({ encodeRecords: (r) => Buffer.from(JSON.stringify(r)) })],
  'CODEC-2.2': [
    'replaces half characters',
    (right) => ({
      encodeRecords: (r) =>
        right.encodeRecords(r.map((one) => (typeof one === 'string' ? one.toWellFormed() : one))),
    }),
  ],
  'CODEC-3.1': [
    'sets prototypes',
    (right) => ({
      decodeRecords: (b) =>
        right.decodeRecords(b).map((one) => Object.setPrototypeOf(one, { isAdmin: 1 }) as unknown),
    }),
  ],
  'CODEC-4.1': [
    'takes any bytes',
    (right) => ({ decodeRecords: (b) => attempt(() => right.decodeRecords(b), []) }),
  ],
  'CODEC-5.1': [
    'returns views of the input',
    () => ({
      encodeRecords: () => new Uint8Array([1, 2, 3]),
      decodeRecords: (b) => [b.subarray(0, 3), 'text'],
    }),
  ],
  'CODEC-5.2': [
    'writes into one buffer',
    (right) => {
      const shared = new Uint8Array(100);
      return {
        encodeRecords: (records) => {
          const bytes = right.encodeRecords(records);
          shared.set(bytes);
          return shared.subarray(0, bytes.byteLength);
        },
      };
    },
  ],
  'CODEC-6.1': [
    'remembers names of fields',
    (right) => {
      const names: string[] = [];
      return {
        encodeRecords: (records) => {
          names.push(...records.flatMap((one) => Object.keys(one as object)));
          return right.encodeRecords([names, ...records]);
        },
        decodeRecords: (bytes) => right.decodeRecords(bytes).slice(1),
      };
    },
  ],
  'CODEC-7.1': ['has no name', () => ({ name: '' })],
  'CODEC-9.1': [
    'looks at the first record only',
    (right) => ({ refusalsIn: (r) => right.refusalsIn?.(r, 1) ?? [] }),
  ],
};

function subjectWith(changes: (right: Codec) => Partial<Codec> = () => ({})): CodecSubject {
  const create = (): Codec => {
    const right = new MsgpackCodec();
    return {
      name: right.name,
      encodeRecords: (records) => right.encodeRecords(records),
      decodeRecords: (bytes) => right.decodeRecords(bytes),
      refusalsIn: (records, count) => right.refusalsIn(records, count),
      ...changes(right),
    };
  };
  return { create };
}

describe('the kit of codecs', () => {
  it('passes a correct codec', async () => {
    expect(await problemsOf(CODEC_KIT, subjectWith())).toEqual([]);
  });

  it('has a broken codec for every check', () => {
    expect(Object.keys(BUGS).toSorted()).toEqual(numbersOf(CODEC_KIT));
  });

  it.each(Object.entries(BUGS).map(([number, [is, changes]]) => [number, is, changes] as const))(
    '%s fails a codec that %s',
    async (number, _, changes) => {
      expect(await outcomeOf(CODEC_KIT, number, subjectWith(changes))).toBe(`failed ${number}`);
    },
  );
});

function small(value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}

function attempt<T>(call: () => T, otherwise: T): T {
  try {
    return call();
  } catch {
    return otherwise;
  }
}
