import { describe, expect, it } from 'vitest';
import { problemFrom, recordsOf } from '../../test/payloads.ts';
import type { RecordBounds } from './record-collector.ts';
import { parseText, parseTextRecords } from './text-body.ts';

const BOUNDS: RecordBounds = { maxRecordsPerRequest: 100, maxRecordBytes: 100 };
const text = 'one\r\ntwo\n\nvier é';
const lines = ['one', 'two', '', 'vier é'];

describe.each([
  ['parseText', parseText],
  ['parseTextRecords', parseTextRecords],
])('%s', (_, parse) => {
  it('takes a record a line, with or without a last line end', () => {
    expect(recordsOf(parse(Buffer.from(text), BOUNDS))).toEqual(lines);
    expect(recordsOf(parse(Buffer.from(`${text}\n`), BOUNDS))).toEqual(lines);
  });

  it('takes an empty body for no lines', () => {
    expect(parse(Buffer.alloc(0), BOUNDS)).toMatchObject({ recordCount: 0, pieceCount: 0 });
  });

  it('refuses a long line, in the middle or at the end, and names it', () => {
    for (const body of ['a\nabcd\nb\n', 'a\nabcd']) {
      const error = problemFrom(() => parse(Buffer.from(body), { ...BOUNDS, maxRecordBytes: 3 }));
      expect(error).toMatchObject({ code: 'MR_HTTP_RECORD_TOO_LARGE', details: { index: 1, line: 2 } });
    }
  });

  it('refuses more lines than allowed', () => {
    const bounds = { ...BOUNDS, maxRecordsPerRequest: 2 };
    expect(parse(Buffer.from('a\nb'), bounds).recordCount).toBe(2);
    expect(problemFrom(() => parse(Buffer.from('a\nb\nc'), bounds)).code).toBe('MR_HTTP_TOO_MANY_RECORDS');
  });

  it('refuses what is no UTF-8, and names the line', () => {
    const body = Buffer.concat([Buffer.from('é\nb'), Buffer.of(0xc3), Buffer.from('\nc')]);
    expect(problemFrom(() => parse(body, BOUNDS))).toMatchObject({
      code: 'MR_HTTP_RECORD_MALFORMED',
      details: { index: 1, line: 2 },
    });
  });
});

describe('parseText', () => {
  it('keeps the lines as the bytes they came in, in few pieces', () => {
    const body = Buffer.from('line\n'.repeat(90));
    expect(parseText(body, BOUNDS)).toMatchObject({ recordCount: 90, pieceCount: 1 });
  });
});
