import { MalformedValue } from '@millrace/core/engine';
import { describe, expect, it } from 'vitest';
import { parserOf, rowDecoder } from './column-values.ts';

describe('a value of a column', () => {
  const VALUES: readonly (readonly [string, number, string, unknown])[] = [
    ['boolean', 16, 't', true],
    ['boolean', 16, 'f', false],
    ['bytea', 17, '\\x00ff', new Uint8Array([0, 255])],
    ['integer', 23, '-7', -7],
    ['bigint', 20, '9007199254740993', '9007199254740993'],
    ['double precision', 701, 'Infinity', Infinity],
    ['double precision', 701, 'NaN', NaN],
    ['numeric', 1700, '0.10', '0.10'],
    ['timestamp with time zone', 1184, '2026-11-30 21:00:00.123456+00', '2026-11-30 21:00:00.123456+00'],
    ['jsonb', 3802, '{"a": [1, null]}', { a: [1, null] }],
    ['integer[]', 1007, '{1,NULL,{2,3}}', [1, null, [2, 3]]],
    ['text[]', 1009, '{a,"b,c",NULL,"NULL"}', ['a', 'b,c', null, 'NULL']],
    ['jsonb[]', 3807, '{"{\\"a\\": 1}"}', [{ a: 1 }]],
    ['an unknown type', 99_999, '(1,2)', '(1,2)'],
  ];
  for (const [type, typeId, text, value] of VALUES) {
    it(`of ${type} from ${text}`, () => {
      expect(parserOf(typeId)(text)).toEqual(value);
    });
  }

  it('that is JSON with tricks is malformed, also in a list', () => {
    expect(parserOf(114)('{"__proto__": {}}')).toBeInstanceOf(MalformedValue);
    expect(parserOf(199)('{"{\\"__proto__\\": 1}",null}')).toBeInstanceOf(MalformedValue);
  });
});

describe('a row', () => {
  it('is a record by the names of columns, without further values', () => {
    const decode = rowDecoder([
      { name: 'id', typeId: 23 },
      { name: 'name', typeId: 25 },
    ]);
    expect(decode(['1', null, 'more'])).toEqual({ id: 1, name: null });
  });

  it('is malformed with a malformed value, and the problem names the column', () => {
    const decode = rowDecoder([{ name: 'data', typeId: 114 }]);
    expect(decode(['{"__proto__": {}}'])).toMatchObject({
      problem: 'expected no key __proto__, and no key prototype inside of constructor in column "data"',
    });
  });
});
