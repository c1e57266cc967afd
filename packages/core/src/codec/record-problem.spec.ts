import { describe, expect, it } from 'vitest';
import { MsgpackCodec } from './msgpack-codec.ts';
import { recordProblem } from './record-problem.ts';

const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) });

describe('recordProblem', () => {
  it.each([
    [{ v: 'cut \ud83d' }, 'record.v is text with half of a surrogate pair'],
    [{ a: [{ v: '\udc00' }] }, 'record.a[0].v is text with half of a surrogate pair'],
    [{ '\ud800': 1 }, 'record is an object whose key has half of a surrogate pair'],
    [{ v: () => 1 }, 'record.v is a function'],
  ])('names the place of an invalid value in %j', (record, problem) => {
    expect(recordProblem(record)).toBe(problem);
  });

  it('refuses too deep nesting', () => {
    expect(recordProblem(deep(200))).toContain('nested deeper');
  });

  it.each([{ v: 'whole 😀' }, { __proto__: null, a: [1, null, true] }, 'text', 5, deep(50)])(
    'accepts the same records as the codec',
    (record) => {
      expect(recordProblem(record)).toBeUndefined();
      expect(new MsgpackCodec().encodeRecords([record])).toBeInstanceOf(Uint8Array);
    },
  );
});
