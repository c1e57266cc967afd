import { describe, expect, it } from 'vitest';
import { problemFrom, recordsOf } from '../../test/payloads.ts';
import { type NdjsonOptions, parseNdjson } from './ndjson-body.ts';

const BOUNDS: NdjsonOptions = { maxRecordsPerRequest: 100, maxRecordBytes: 1_000, onMalformed: 'refuse' };

const parse = (text: string | Uint8Array, options: Partial<NdjsonOptions> = {}) =>
  parseNdjson(Buffer.from(text), { ...BOUNDS, ...options });

describe('parseNdjson', () => {
  it('takes a value a line, with any line end, in order', () => {
    expect(recordsOf(parse('{"a":1}\n[2]\r\n"drei"\n\n  \n4'))).toEqual([{ a: 1 }, [2], 'drei', 4]);
  });

  it('takes an empty body for no records', () => {
    expect(recordsOf(parse(''))).toEqual([]);
  });

  it('passes over a byte order mark', () => {
    expect(recordsOf(parse('\u{feff}{"a":1}'))).toEqual([{ a: 1 }]);
  });

  it('names the first bad record by index and line', () => {
    const error = problemFrom(() => parse('{"a":1}\n\n{"a":\n{"b":2}\nnope'));
    expect(error).toMatchObject({ code: 'MR_HTTP_RECORD_MALFORMED', details: { index: 1, line: 3 } });
    expect(error.message).toMatch(/^record 2 \(line 3\): /);
  });

  it('leaves out and counts bad and oversized lines when told so', () => {
    const long = JSON.stringify('x'.repeat(30));
    const payload = parse(`1\n{\n${long}\n4`, { onMalformed: 'skip', maxRecordBytes: 20 });
    expect(recordsOf(payload)).toEqual([1, 4]);
    expect(payload).toMatchObject({ recordCount: 2, skippedCount: 2, pieceCount: 2 });
  });

  it('refuses a record above its bound', () => {
    const error = problemFrom(() => parse('1\n"abc"', { maxRecordBytes: 4 }));
    expect(error).toMatchObject({ code: 'MR_HTTP_RECORD_TOO_LARGE', details: { index: 1, line: 2 } });
    expect(recordsOf(parse('1\n"ab"', { maxRecordBytes: 4 }))).toEqual([1, 'ab']);
  });

  it('counts what it leaves out towards the most records', () => {
    const options = { onMalformed: 'skip', maxRecordsPerRequest: 2 } as const;
    expect(parse('1\n{', options).recordCount).toBe(1);
    expect(problemFrom(() => parse('1\n{\n3', options)).code).toBe('MR_HTTP_TOO_MANY_RECORDS');
  });

  it('refuses what is no UTF-8, on its line alone', () => {
    const body = Buffer.concat([Buffer.from('"é"\n"'), Buffer.of(0xff), Buffer.from('"\n"ü"')]);
    expect(problemFrom(() => parse(body))).toMatchObject({ details: { index: 1, line: 2 } });
    expect(recordsOf(parse(body, { onMalformed: 'skip' }))).toEqual(['é', 'ü']);
  });

  it.each([
    ['half of a surrogate pair', '{"a":"\\ud800"}'],
    ['half of a surrogate pair in a key', '{"\\udc00":1}'],
    ['a key __proto__', '{"a":[{"__proto__":{}}]}'],
    ['a key __proto__ in disguise', '{"\\u005f_proto__":1}'],
    ['a prototype inside of constructor', '{"constructor":{"prototype":{}}}'],
    ['more than 64 levels', `${'['.repeat(65)}${']'.repeat(65)}`],
  ])('refuses %s, which would fail a whole block or harm a job', (_, line) => {
    expect(problemFrom(() => parse(line)).code).toBe('MR_HTTP_RECORD_MALFORMED');
  });

  it.each([
    ['{"constructor":"Ferrari"}'],
    ['{"a":"\\ud83d\\ude00"}'],
    [`${'['.repeat(64)}${']'.repeat(64)}`],
  ])('takes %s', (line) => {
    expect(recordsOf(parse(line))).toEqual([JSON.parse(line)]);
  });

  it('refuses nesting that would exhaust the stack', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const error = problemFrom(() => parse(deep, { maxRecordBytes: 1_000_000 }));
    expect(error.code).toBe('MR_HTTP_RECORD_MALFORMED');
  });
});
