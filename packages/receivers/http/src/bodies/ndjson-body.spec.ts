import { describe, expect, it, vi } from 'vitest';
import { OPEN_ROOM, problemOf, recordsOf } from '../../test/payloads.ts';
import { type NdjsonOptions, parseNdjson } from './ndjson-body.ts';

const BOUNDS: NdjsonOptions = {
  maxRecordsPerRequest: 100,
  maxRecordBytes: 1_000,
  onMalformed: 'refuse',
  numbers: 'exact',
};

const parse = (text: string | Uint8Array, options: Partial<NdjsonOptions> = {}) =>
  parseNdjson(Buffer.from(text), { ...BOUNDS, ...options }, OPEN_ROOM);

describe('parseNdjson', () => {
  it('reads one value per line, with any line end, in order', async () => {
    expect(await recordsOf(parse('{"a":1}\n[2]\r\n"drei"\n\n  \n4'))).toEqual([{ a: 1 }, [2], 'drei', 4]);
  });

  it('searches once for each line that is not empty, for any number of empty lines', async () => {
    const body = Buffer.from(`${'\n'.repeat(1_000)}1\n${'\n'.repeat(1_000)}2`);
    const search = vi.spyOn(body, 'indexOf');
    expect(await recordsOf(parseNdjson(body, BOUNDS, OPEN_ROOM))).toEqual([1, 2]);
    expect(search).toHaveBeenCalledTimes(2);
  });

  it('reads an empty body as no records', async () => {
    expect(await recordsOf(parse(''))).toEqual([]);
  });

  it('skips a byte order mark', async () => {
    expect(await recordsOf(parse('\u{feff}{"a":1}'))).toEqual([{ a: 1 }]);
  });

  it('names the first bad record by index and line', async () => {
    const error = await problemOf(parse('{"a":1}\n\n{"a":\n{"b":2}\nnope'));
    expect(error).toMatchObject({ code: 'MR_HTTP_RECORD_MALFORMED', details: { index: 1, line: 3 } });
    expect(error.message).toMatch(/^record 2 \(line 3\): /);
  });

  it('leaves out and counts bad and oversized lines on request', async () => {
    const long = JSON.stringify('x'.repeat(30));
    const payload = await parse(`1\n{\n${long}\n4`, { onMalformed: 'skip', maxRecordBytes: 20 });
    expect(await recordsOf(payload)).toEqual([1, 4]);
    expect(payload).toMatchObject({ recordCount: 2, skippedCount: 2, pieceCount: 2 });
  });

  it('refuses a record above its bound', async () => {
    const error = await problemOf(parse('1\n"abc"', { maxRecordBytes: 4 }));
    expect(error).toMatchObject({ code: 'MR_HTTP_RECORD_TOO_LARGE', details: { index: 1, line: 2 } });
    expect(await recordsOf(parse('1\n"ab"', { maxRecordBytes: 4 }))).toEqual([1, 'ab']);
  });

  it('counts omitted records towards the largest number of records', async () => {
    const options = { onMalformed: 'skip', maxRecordsPerRequest: 2 } as const;
    expect((await parse('1\n{', options)).recordCount).toBe(1);
    expect((await problemOf(parse('1\n{\n3', options))).code).toBe('MR_HTTP_TOO_MANY_RECORDS');
  });

  it('refuses invalid UTF-8, on its line alone', async () => {
    const body = Buffer.concat([Buffer.from('"é"\n"'), Buffer.of(0xff), Buffer.from('"\n"ü"')]);
    expect(await problemOf(parse(body))).toMatchObject({ details: { index: 1, line: 2 } });
    expect(await recordsOf(parse(body, { onMalformed: 'skip' }))).toEqual(['é', 'ü']);
  });

  it.each([
    ['half of a surrogate pair', '{"a":"\\ud800"}'],
    ['half of a surrogate pair in a key', '{"\\udc00":1}'],
    ['a key __proto__', '{"a":[{"__proto__":{}}]}'],
    ['a key __proto__ in disguise', '{"\\u005f_proto__":1}'],
    ['a prototype inside of constructor', '{"constructor":{"prototype":{}}}'],
    ['more than 64 levels', `${'['.repeat(65)}${']'.repeat(65)}`],
  ])('refuses %s, which would fail a whole block or harm a job', async (_, line) => {
    expect((await problemOf(parse(line))).code).toBe('MR_HTTP_RECORD_MALFORMED');
  });

  it.each([
    ['{"constructor":"Ferrari"}'],
    ['{"a":"\\ud83d\\ude00"}'],
    [`${'['.repeat(64)}${']'.repeat(64)}`],
  ])('accepts %s', async (line) => {
    expect(await recordsOf(parse(line))).toEqual([JSON.parse(line)]);
  });

  it.each([
    ['9007199254740993'],
    ['-9007199254740993'],
    ['[{"id":1610521604143693812}]'],
    ['1e400'],
    ['-1e999'],
  ])('refuses %s, which no double holds', async (line) => {
    const error = await problemOf(parse(`1\n${line}`));
    expect(error).toMatchObject({ code: 'MR_HTTP_RECORD_MALFORMED', details: { index: 1, line: 2 } });
    expect(error.message).toContain('send the number as a string');
  });

  it.each([
    ['9007199254740991'],
    ['9007199254740992'],
    ['1152921504606846976'],
    ['1e300'],
    ['0.1'],
    ['"9007199254740993"'],
  ])('accepts %s, which a double holds or which is no integer', async (line) => {
    expect(await recordsOf(parse(line))).toEqual([JSON.parse(line)]);
  });

  it('reads the nearest double, or a bigint, according to the option', async () => {
    const line = '{"id":9007199254740993,"n":1,"t":"9007199254740993","f":1.5}';
    expect(await recordsOf(parse(line, { numbers: 'double' }))).toEqual([JSON.parse(line)]);
    const [record] = await recordsOf(parse(line, { numbers: 'bigint' }));
    expect(record).toEqual({ id: 9007199254740993n, n: 1, t: '9007199254740993', f: 1.5 });
    expect(await recordsOf(parse('1e400', { numbers: 'double' }))).toEqual([Infinity]);
    expect((await problemOf(parse('1e400', { numbers: 'bigint' }))).code).toBe('MR_HTTP_RECORD_MALFORMED');
  });

  it('counts the memory of records in place of the body, and waits on request', async () => {
    let counted = 0;
    let turns = 0;
    const room = {
      count: (bytes: number) => void (counted += bytes),
      isSpentAfter: () => true,
      nextTurn: () => Promise.resolve(void (turns += 1)),
      inTime: <R>(work: Promise<R>) => work,
    };
    const body = Buffer.from('[{},{},{"a":[1]}]\n\n[]\n'.repeat(10));
    const sizes: (number | undefined)[] = [];
    const payload = await parseNdjson(body, BOUNDS, room);
    const store = {
      store: (_: unknown, __: unknown, size?: number) => sizes.push(size) > 0,
      storeText: () => true,
    };
    for (let index = 0; index < payload.pieceCount; index += 1) payload.storePiece(store, index, index);
    // The records are counted under their own name, with at least the size of their text.
    expect(sizes.every((size = 0, index) => size >= (index % 2 === 0 ? 17 + 3 * 64 : 2 + 32))).toBe(true);
    expect(counted).toBe(sizes.reduce<number>((sum, size = 0) => sum + size, 0) - body.length);
    expect(turns).toBe(30);
  });

  it('refuses records that exceed the memory, also where bad lines are left out', async () => {
    const room = { ...OPEN_ROOM, count: (bytes: number) => expect(bytes).toBeLessThan(0) };
    await expect(parseNdjson(Buffer.from('[]'), { ...BOUNDS, onMalformed: 'skip' }, room)).rejects.toThrow(
      'less than',
    );
  });

  it('refuses nesting that would exhaust the stack', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const error = await problemOf(parse(deep, { maxRecordBytes: 1_000_000 }));
    expect(error.code).toBe('MR_HTTP_RECORD_MALFORMED');
  });
});
