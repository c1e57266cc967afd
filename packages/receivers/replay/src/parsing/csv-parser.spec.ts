import { describe, expect, it } from 'vitest';
import { parsed, records } from '../../test/parsed.ts';
import { CsvParser } from './csv-parser.ts';
import type { CsvLayout } from './csv-layout.ts';

const csv = (layout: Partial<CsvLayout> = {}) =>
  new CsvParser({ delimiter: ',', maxRecordBytes: 1_024, ...layout });

describe('CsvParser', () => {
  it('makes a record of each row, wherever chunks end', () => {
    const text = '\uFEFFt,name\r\n1,"é€, 😀"\r\n\r\n2,"two\nlines ""quoted"""\r\n3,';
    for (const chunkBytes of [1, 2, 3, 7, 1_000]) {
      expect(records(parsed(csv(), text, chunkBytes))).toEqual([
        { t: '1', name: 'é€, 😀' },
        { t: '2', name: 'two\nlines "quoted"' },
        { t: '3', name: '' },
      ]);
    }
  });

  it('finds lines that end with a carriage return behind a header row with a stray quote', () => {
    const items = parsed(csv({ relaxQuotes: true }), 't,5" v\r1,a\r2,b\r', 1_000);
    expect(records(items)).toEqual([
      { t: '1', '5" v': 'a' },
      { t: '2', '5" v': 'b' },
    ]);
  });

  it('uses the column names from the options, if present', () => {
    const parser = csv({ columns: ['t', 'name'], delimiter: ';' });
    expect(records(parsed(parser, '1;a\n2;b\n'))).toEqual([
      { t: '1', name: 'a' },
      { t: '2', name: 'b' },
    ]);
  });

  it('numbers records and lines, including lines inside quotes', () => {
    const text = 't,name\n\n1,"a\nb"\n2,c\n\n\n3\n4,d';
    for (const chunkBytes of [1, 5, 1_000]) {
      const items = parsed(csv(), text, chunkBytes);
      expect(items).toMatchObject([
        { kind: 'record', position: { index: 0, line: 4 } },
        { kind: 'record', position: { index: 1, line: 5 } },
        { kind: 'malformed', position: { index: 2, line: 8 }, problem: 'expected 2 fields, got 1' },
        { kind: 'record', position: { index: 3, line: 9 } },
      ]);
    }
  });

  it('loses one line, not the rest of the file, to a stray quote', () => {
    const text = 't,name\n1,a\n2,"open\n3,c\n4,"x"y\n5,e"e\n6,f\n';
    for (const chunkBytes of [3, 1_000]) {
      const items = parsed(csv(), text, chunkBytes);
      expect(records(items).map(({ t }) => t)).toEqual(['1', '3', '6']);
      const malformed = items.filter(({ kind }) => kind === 'malformed');
      expect(malformed).toMatchObject([
        { position: { index: 1, line: 3 } },
        { position: { index: 3, line: 5 } },
        { position: { index: 4, line: 6 } },
      ]);
    }
  });

  it('waits for the end of a quoted field no longer than the bound', () => {
    const lines = Array.from({ length: 1_000 }, (_, i) => `${i},x\n`).join('');
    const items = parsed(csv(), `t,name\n"open,1\n${lines}`, 64);
    expect(items.filter(({ kind }) => kind === 'malformed')).toMatchObject([{ position: { line: 2 } }]);
    expect(records(items)).toHaveLength(1_000);
  });

  it('skips a row above the bound and continues behind the row', () => {
    for (const chunkBytes of [100, 20_000]) {
      const items = parsed(csv(), `t,name\n1,${'x'.repeat(5_000)}\n2,b\n`, chunkBytes);
      expect(items.map(({ kind }) => kind)).toEqual(['malformed', 'record']);
      expect(items).toMatchObject([{ position: { line: 2 } }, { position: { index: 1, line: 3 } }]);
    }
  });

  it.each([
    ['a name twice', 't,a,t\n1,2,3\n'],
    ['the name __proto__', 't,__proto__\n1,2\n'],
    ['a stray quote', 't,a"b\n1,2\n'],
  ])('refuses a first row with %s', (_name, text) => {
    const items = parsed(csv(), text);
    expect(items).toMatchObject([{ kind: 'unreadable', error: { code: 'MR_REPLAY_MALFORMED_FILE' } }]);
  });

  it('finds no records in an empty file', () => {
    expect(parsed(csv(), '')).toEqual([]);
    expect(parsed(csv(), 't,a\n')).toEqual([]);
  });

  it.each([1, 2, 3, 7, 1_000])(
    'reads carriage returns alone as line ends when the first line ends so (%i)',
    (chunkBytes) => {
      const text = 't,name\r1,"a, \rb"\r\r2,c\r3,d';
      const items = parsed(csv(), text, chunkBytes);
      expect(records(items)).toEqual([
        { t: '1', name: 'a, \rb' },
        { t: '2', name: 'c' },
        { t: '3', name: 'd' },
      ]);
      expect(items.map((item) => item.kind !== 'unreadable' && item.position.line)).toEqual([3, 5, 6]);
    },
  );

  it.each([1, 2, 3, 7, 1_000])(
    'keeps carriage returns inside of lines that end with line feeds (%i)',
    (chunkBytes) => {
      for (const end of ['\n', '\r\n']) {
        const text = `t,name${end}1,"a\rb"${end}`;
        expect(records(parsed(csv(), text, chunkBytes))).toEqual([{ t: '1', name: 'a\rb' }]);
      }
    },
  );

  it.each([1, 2, 7, 1_000])(
    'does not read a carriage return in quotes as the end of the first line (%i)',
    (chunkBytes) => {
      const text = '"a\rb",c\n1,"2\r"\n';
      expect(records(parsed(csv(), text, chunkBytes))).toEqual([{ 'a\rb': '1', c: '2\r' }]);
      expect(records(parsed(csv({ columns: ['a'] }), '"x\r\ny"\r"z"', chunkBytes))).toEqual([
        { a: 'x\r\ny' },
        { a: 'z' },
      ]);
    },
  );

  it('reads a file of one line that ends with a carriage return', () => {
    expect(parsed(csv(), 't,name\r', 1)).toEqual([]);
    expect(records(parsed(csv({ columns: ['t'] }), '1\r', 1))).toEqual([{ t: '1' }]);
  });

  it('skips a first line above the bound, for any line ends', () => {
    const text = `${'x'.repeat(2_000)}\r1,a\r`;
    expect(parsed(csv(), text, 100).map(({ kind }) => kind)).toEqual(['unreadable']);
  });

  it('removes spaces around fields and their quotes with the option trim', () => {
    const text = 't , "name"\n1 , "a, b" \n2,\t c d \n';
    expect(records(parsed(csv({ trim: true }), text))).toEqual([
      { t: '1', name: 'a, b' },
      { t: '2', name: 'c d' },
    ]);
  });

  it('reads quotes inside fields as text with the option relaxQuotes', () => {
    const text = 't,name\n1,5" pipe\n2,"quoted, ""so"""\n3,a "b" c\n';
    expect(records(parsed(csv({ relaxQuotes: true }), text))).toEqual([
      { t: '1', name: '5" pipe' },
      { t: '2', name: 'quoted, "so"' },
      { t: '3', name: 'a "b" c' },
    ]);
    expect(parsed(csv(), text).filter(({ kind }) => kind === 'malformed')).toHaveLength(2);
  });

  it('accepts other quotes, or none, according to the option quote', () => {
    expect(records(parsed(csv({ quote: "'" }), "t,name\n1,'a, b'\n2,\"c\n"))).toEqual([
      { t: '1', name: 'a, b' },
      { t: '2', name: '"c' },
    ]);
    const geonames = 't\tname\n1\t"half\n2\t5" and 6"\n';
    expect(records(parsed(csv({ quote: 'none', delimiter: '\t' }), geonames))).toEqual([
      { t: '1', name: '"half' },
      { t: '2', name: '5" and 6"' },
    ]);
  });

  it('names helpful options when the row of column names cannot be parsed', () => {
    const [item] = parsed(csv(), '"t", "name"\n1,2\n');
    expect(item).toMatchObject({
      kind: 'unreadable',
      error: { message: expect.stringContaining('quote, trim or relaxQuotes') },
    });
  });
});
