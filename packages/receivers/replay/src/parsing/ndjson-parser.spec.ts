import { describe, expect, it } from 'vitest';
import { NdjsonParser } from './ndjson-parser.ts';
import { parsed, records } from '../../test/parsed.ts';

const ndjson = (maxRecordBytes = 1_024) => new NdjsonParser({ maxRecordBytes });

describe('NdjsonParser', () => {
  it('makes a record of each line, wherever chunks end', () => {
    const text = '{"a":1,"s":"é€😀"}\n{"a":2}\r\n\n{"a":3}';
    for (const chunkBytes of [1, 2, 3, 7, 1_000]) {
      expect(records(parsed(ndjson(), text, chunkBytes))).toEqual([{ a: 1, s: 'é€😀' }, { a: 2 }, { a: 3 }]);
    }
  });

  it('numbers records and lines separately', () => {
    const positions = parsed(ndjson(), '\n{"a":1}\n\n{"a":2}\n').map(
      (item) => 'position' in item && item.position,
    );
    expect(positions).toEqual([
      { index: 0, line: 2 },
      { index: 1, line: 4 },
    ]);
  });

  it('continues after a line that is not JSON', () => {
    const items = parsed(ndjson(), '{"a":1}\n{"a":\n{"a":3}\n');
    expect(items.map(({ kind }) => kind)).toEqual(['record', 'malformed', 'record']);
    expect(items[1]).toMatchObject({ position: { index: 1, line: 2 } });
  });

  it('accepts only objects as records', () => {
    const items = parsed(ndjson(), '[1]\n7\nnull\n"x"\n{}\n');
    expect(items.map(({ kind }) => kind)).toEqual([
      'malformed',
      'malformed',
      'malformed',
      'malformed',
      'record',
    ]);
  });

  it('skips a line above the bound and continues behind the line', () => {
    const long = `{"a":"${'x'.repeat(5_000)}"}`;
    for (const chunkBytes of [100, 20_000]) {
      const items = parsed(ndjson(), `{"a":1}\n${long}\n{"a":3}\n${long}`, chunkBytes);
      expect(items.map(({ kind }) => kind)).toEqual(['record', 'malformed', 'record', 'malformed']);
      expect(items[1]).toMatchObject({ position: { index: 1, line: 2 } });
    }
  });

  it('tolerates a byte order mark', () => {
    expect(records(parsed(ndjson(), '\uFEFF{"a":1}\n'))).toEqual([{ a: 1 }]);
  });

  it('keeps __proto__ as an ordinary field', () => {
    const [record] = records(parsed(ndjson(), '{"__proto__":{"evil":1}}\n'));
    expect(Object.keys(record ?? {})).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(record)).toBe(Object.prototype);
  });
});
