import { describe, expect, it } from 'vitest';
import { csvFormat } from './csv-format.ts';
import { ndjsonFormat } from './ndjson-format.ts';
import { textFormat } from './text-format.ts';

const csv = (columns: readonly string[], delimiter = ',') => csvFormat({ columns, header: true, delimiter });

describe('ndjson', () => {
  it('writes any JSON value on one line', () => {
    expect(ndjsonFormat.line({ a: 'x\ny', b: [1, null] })).toBe('{"a":"x\\ny","b":[1,null]}\n');
    expect(ndjsonFormat.line('x')).toBe('"x"\n');
  });

  it('refuses values without a form in JSON', () => {
    for (const record of [undefined, () => 1, Symbol('s')]) {
      expect(() => ndjsonFormat.line(record)).toThrow('no form in JSON');
    }
  });
});

describe('text', () => {
  it('writes a text as a line', () => {
    expect(textFormat.line('a\tb')).toBe('a\tb\n');
    expect(textFormat.line('')).toBe('\n');
  });

  it('refuses texts that would be read back changed', () => {
    expect(() => textFormat.line('a\nb')).toThrow('line breaks');
    expect(() => textFormat.line('\ud800')).toThrow('lone surrogate');
    expect(() => textFormat.line(7)).toThrow('got a number');
  });
});

describe('csv', () => {
  it('writes fields in the order of the columns', () => {
    const format = csv(['carrier', 'ms']);
    expect(format.header).toBe('carrier,ms\n');
    expect(format.line({ ms: 12.5, carrier: 'UA', other: 1 })).toBe('UA,12.5\n');
  });

  it('quotes delimiters, quotation marks and line breaks', () => {
    expect(csv(['a', 'b', 'c']).line({ a: 'x,y', b: 'say "hi"', c: '1\n2' })).toBe(
      '"x,y","say ""hi""","1\n2"\n',
    );
    expect(csv(['a', 'b'], ';').line({ a: 'x,y', b: 'x;y' })).toBe('x,y;"x;y"\n');
    expect(csv(['a', 'b'], '-').line({ a: -1, b: 1 })).toBe('"-1"-1\n');
    expect(csv(['a', 'b'], '-').line({ a: -0, b: 0 })).toBe('"-0"-0\n');
  });

  it('distinguishes a missing value from an empty text, and never writes an empty line', () => {
    expect(csv(['a', 'b', 'c']).line({ a: null, b: '' })).toBe(',"",\n');
    expect(csv(['a']).line({})).toBe('""\n');
  });

  it('writes booleans, bigints and dates as text', () => {
    const line = csv(['a', 'b', 'c']).line({ a: true, b: 2n ** 70n, c: new Date(0) });
    expect(line).toBe('true,1180591620717411303424,1970-01-01T00:00:00.000Z\n');
  });

  it('refuses values without a form, naming the column', () => {
    for (const value of [{}, [1], new Date(NaN), () => 1, '\ud800']) {
      expect(() => csv(['a']).line({ a: value })).toThrow(expect.objectContaining({ column: 'a' }));
    }
  });

  it('refuses records that are not plain objects', () => {
    for (const record of ['text', 1, null, [1], new Map()]) {
      expect(() => csv(['a']).line(record)).toThrow('expected a plain object');
    }
  });

  it('reads no inherited fields', () => {
    expect(csv(['constructor', 'a']).line({ a: 1 })).toBe(',1\n');
  });
});
