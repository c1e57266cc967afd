import { describe, expect, it } from 'vitest';
import { MalformedValue, textValueDecoder, valueDecoder } from './value-decoder.ts';

const json = (text: string): unknown => valueDecoder('json')(Buffer.from(text));

describe('valueDecoder', () => {
  it.each(['{"a":[1,null,"ä"]}', '"text"', '0', 'null', '[]', '{"constructor":1,"a":"\\u00e4"}'])(
    'reads JSON: %s',
    (text) => {
      expect(json(text)).toEqual(JSON.parse(text));
    },
  );

  it.each([
    ['no JSON', '{"a":', 'expected JSON'],
    ['nothing', '', 'expected JSON'],
    ['a byte order mark', '\uFEFF1', 'expected JSON'],
    ['a key __proto__', '{"a":[{"__proto__":{"isAdmin":true}}]}', 'expected no key __proto__'],
    ['the same in escapes', '{"\\u005f_proto__":1}', 'expected no key __proto__'],
    ['a key prototype of constructor', '{"constructor":{"prototype":{}}}', 'expected no key __proto__'],
    ['deep nesting with a name', `${'['.repeat(101)}"prototype"${']'.repeat(101)}`, 'at most 100 levels'],
  ])('refuses %s in JSON', (_, text, problem) => {
    const value = json(text);
    expect(value).toBeInstanceOf(MalformedValue);
    expect((value as MalformedValue).problem).toContain(problem);
  });

  it('accepts the character that takes the place of wrong bytes', () => {
    expect(valueDecoder('text')(Buffer.from('a\uFFFDb'))).toBe('a\uFFFDb');
    expect(valueDecoder('json')(Buffer.from('"\uFFFD"'))).toBe('\uFFFD');
  });

  it('refuses bytes that are not UTF-8 where text is expected', () => {
    const bytes = Buffer.from([0x22, 0xff, 0x22]);
    expect([valueDecoder('text')(bytes), valueDecoder('json')(bytes)]).toEqual([
      new MalformedValue('expected UTF-8'),
      new MalformedValue('expected UTF-8'),
    ]);
    expect(valueDecoder('text')(Buffer.from('ä'))).toBe('ä');
  });

  it('reads texts like bytes, and does not decide about the character that takes the place of wrong bytes', () => {
    const [parse, take] = [textValueDecoder('json'), textValueDecoder('text')];
    expect([parse('{"a":["ä"]}'), take('a\\u')]).toEqual([{ a: ['ä'] }, 'a\\u']);
    expect([parse('{'), parse('{"__proto__":1}')]).toEqual([
      new MalformedValue('expected JSON'),
      json('{"__proto__":1}'),
    ]);
    expect([parse('"\uFFFD"'), take('\uFFFD')]).toEqual([undefined, undefined]);
  });

  it('copies bytes, so that a value keeps no received buffer alive', () => {
    const received = Buffer.from('abcdef');
    const value = valueDecoder('bytes')(received.subarray(1, 3)) as Uint8Array;
    received.fill(0);
    expect(value).toEqual(new Uint8Array([0x62, 0x63]));
    expect(Object.getPrototypeOf(value)).toBe(Uint8Array.prototype);
    expect(value.buffer.byteLength).toBe(2);
  });
});
