// The rate of encoding and decoding blocks, beside the means of the platform, and beside the underlying library without
// the checks that refuse lossy values.
import { deserialize, serialize } from 'node:v8';
import { MsgpackCodec } from '@millrace/core';
import { Packr } from 'msgpackr';
import type { BenchSuite, BenchWorkload } from '../runner/suite.ts';
import { repeated, repeatedCase } from './repeated-case.ts';

const CODEC = 'MsgpackCodec';
const BARE = 'msgpackr, no checks';
const RECORDS = 1_000;
/** Blocks per call, so that a call is long compared with its overhead. */
const EACH = 20;

interface Way {
  readonly name: string;
  readonly encode: (records: readonly unknown[]) => unknown;
  readonly makeDecode: (records: readonly unknown[]) => () => unknown;
}

/** The suite `codec`. */
export const codecSuite: BenchSuite = {
  name: 'codec',
  purpose: 'rate of encoding and decoding blocks of 1,000 records, beside msgpackr, JSON and v8.serialize',
  unit: 'records',
  contenders: 4,
  workloads: [
    ['small objects', smallObjects()] as const,
    ['strings of 100', strings()] as const,
    ['numbers', Array.from({ length: RECORDS }, (_, at) => at * 37)] as const,
  ].flatMap(([name, records]) => [encoding(name, records), decoding(name, records)]),
};

function smallObjects(): readonly unknown[] {
  return Array.from({ length: RECORDS }, (_, id) => ({ id, kind: id & 15, name: 'sensor', celsius: id / 7 }));
}

function strings(): readonly string[] {
  return Array.from({ length: RECORDS }, (_, id) => String(id).padEnd(100, '.'));
}

function encoding(name: string, records: readonly unknown[]): BenchWorkload {
  return workload(`encode ${name}`, ({ name: way, encode }) =>
    repeatedCase(way, RECORDS * EACH, () => repeated(EACH, () => encode(records))),
  );
}

function decoding(name: string, records: readonly unknown[]): BenchWorkload {
  return workload(`decode ${name}`, ({ name: way, makeDecode }) => {
    const decode = makeDecode(records);
    return repeatedCase(way, RECORDS * EACH, () => repeated(EACH, decode));
  });
}

function workload(name: string, caseOf: (way: Way) => ReturnType<typeof repeatedCase>): BenchWorkload {
  return { name, makeCases: () => ways().map(caseOf), budgets: [{ contender: CODEC, against: BARE }] };
}

function ways(): readonly Way[] {
  const codec = new MsgpackCodec();
  const packr = new Packr();
  return [
    way(
      CODEC,
      (records) => codec.encodeRecords(records),
      (bytes) => codec.decodeRecords(bytes),
    ),
    way(
      BARE,
      (records) => packr.pack(records),
      (bytes) => packr.unpack(bytes) as unknown,
    ),
    way(
      'JSON',
      (records) => JSON.stringify(records),
      (text) => JSON.parse(text) as unknown,
    ),
    way('v8.serialize', serialize, (bytes) => deserialize(bytes) as unknown),
  ];
}

function way<E>(
  name: string,
  encode: (records: readonly unknown[]) => E,
  decode: (encoded: E) => unknown,
): Way {
  return {
    name,
    encode,
    makeDecode: (records) => {
      const encoded = encode(records);
      return () => decode(encoded);
    },
  };
}
