import { describe, expect, it } from 'vitest';
import { exactJson } from './exact-json.ts';

describe('exactJson', () => {
  it('writes values as JSON, with negative zeros', () => {
    expect(exactJson({ a: 'x\ny', b: [1, null], c: undefined, d: new Date(0) })).toBe(
      '{"a":"x\\ny","b":[1,null],"d":"1970-01-01T00:00:00.000Z"}',
    );
    expect(exactJson({ a: [-0, 0] })).toBe('{"a":[-0,0]}');
  });

  it.each([
    [undefined],
    [() => 1],
    [{ a: Number.NaN }],
    [{ a: [undefined] }],
    [{ a: new Map() }],
    [{ a: '\ud800' }],
    [{ '\udc00': 1 }],
    [{ a: new Date(Number.NaN) }],
  ])('refuses %o, which would come back as another value', (value) => {
    expect(() => exactJson(value)).toThrow(TypeError);
  });

  it('names the place of a refused value', () => {
    expect(() => exactJson({ a: [1, { b: Infinity }] })).toThrow('record.a[1].b is Infinity');
  });
});
