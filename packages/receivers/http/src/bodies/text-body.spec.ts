import { describe, expect, it } from 'vitest';
import { OPEN_ROOM, problemOf, recordsOf } from '../../test/payloads.ts';
import type { RecordBounds } from './record-collector.ts';
import { parseText, parseTextRecords } from './text-body.ts';

const BOUNDS: RecordBounds = { maxRecordsPerRequest: 100, maxRecordBytes: 100 };
const text = 'one\r\ntwo\n\nvier é';
const lines = ['one', 'two', '', 'vier é'];

describe.each([
  ['parseText', parseText],
  ['parseTextRecords', parseTextRecords],
])('%s', (_, parse) => {
  it('reads one record per line, with or without a last line end', async () => {
    expect(await recordsOf(parse(Buffer.from(text), BOUNDS, OPEN_ROOM))).toEqual(lines);
    expect(await recordsOf(parse(Buffer.from(`${text}\n`), BOUNDS, OPEN_ROOM))).toEqual(lines);
  });

  it('reads an empty body as no lines', async () => {
    expect(await parse(Buffer.alloc(0), BOUNDS, OPEN_ROOM)).toMatchObject({ recordCount: 0, pieceCount: 0 });
  });

  it('refuses a long line, in the middle or at the end, and names the line', async () => {
    for (const body of ['a\nabcd\nb\n', 'a\nabcd']) {
      const error = await problemOf(parse(Buffer.from(body), { ...BOUNDS, maxRecordBytes: 3 }, OPEN_ROOM));
      expect(error).toMatchObject({ code: 'MR_HTTP_RECORD_TOO_LARGE', details: { index: 1, line: 2 } });
    }
  });

  it('refuses more lines than allowed', async () => {
    const bounds = { ...BOUNDS, maxRecordsPerRequest: 2 };
    expect((await parse(Buffer.from('a\nb'), bounds, OPEN_ROOM)).recordCount).toBe(2);
    expect((await problemOf(parse(Buffer.from('a\nb\nc'), bounds, OPEN_ROOM))).code).toBe(
      'MR_HTTP_TOO_MANY_RECORDS',
    );
  });

  it('refuses invalid UTF-8, and names the line', async () => {
    const body = Buffer.concat([Buffer.from('é\nb'), Buffer.of(0xc3), Buffer.from('\nc')]);
    expect(await problemOf(parse(body, BOUNDS, OPEN_ROOM))).toMatchObject({
      code: 'MR_HTTP_RECORD_MALFORMED',
      details: { index: 1, line: 2 },
    });
  });
});

describe('parseText', () => {
  it('keeps the lines as received bytes, in few pieces', async () => {
    const body = Buffer.from('line\n'.repeat(90));
    expect(await parseText(body, BOUNDS, OPEN_ROOM)).toMatchObject({ recordCount: 90, pieceCount: 1 });
  });
});
