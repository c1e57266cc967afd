import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OPEN_ROOM, problemOf, recordsOf } from '../../test/payloads.ts';
import { parseJson } from './json-body.ts';
import type { RecordOptions } from './record-collector.ts';

const BOUNDS: RecordOptions = { maxRecordsPerRequest: 1_000, maxRecordBytes: 100_000, numbers: 'double' };

const parse = (text: string, bounds: Partial<RecordOptions> = {}) =>
  parseJson(Buffer.from(text), { ...BOUNDS, ...bounds }, OPEN_ROOM);

/** The result of JSON itself for a body: its records, or undefined unless the body is an array or an object. */
function plainRecords(text: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return value;
    return typeof value === 'object' && value !== null ? [value] : undefined;
  } catch {
    return undefined;
  }
}

async function taken(text: string): Promise<readonly unknown[] | undefined> {
  try {
    return await recordsOf(parse(text));
  } catch {
    return undefined;
  }
}

describe('parseJson', () => {
  it.each([
    ['[]', []],
    [' [ \n ] ', []],
    ['{"a":[1,2]}', [{ a: [1, 2] }]],
    ['\u{feff} [1, "a,]\\"" , [2,[3]],null]', [1, 'a,]"', [2, [3]], null]],
    ['[{"a":"\\\\"},{"b":"}"}]', [{ a: '\\' }, { b: '}' }]],
  ])('accepts %s', async (text, records) => {
    expect(await recordsOf(parse(text))).toEqual(records);
  });

  it.each([
    ['[1,2,{"a":}]', 2],
    ['[1,,3]', 1],
    ['[1,2,]', 2],
    ['[,]', 0],
    ['[{"a":1]', 0],
    ['[1,"unfinished', 1],
    ['[1,2', 1],
    ['{"a":1} {"b":2}', 0],
  ])('names the first bad record of %s', async (text, index) => {
    expect(await problemOf(parse(text))).toMatchObject({
      code: 'MR_HTTP_RECORD_MALFORMED',
      details: { index },
    });
  });

  it.each([[''], ['"text"'], ['17'], ['null'], ['[1]]'], ['[1] x'], ['[1}']])(
    'refuses the body %s',
    async (text) => {
      expect((await problemOf(parse(text))).code).toBe('MR_HTTP_BODY_MALFORMED');
    },
  );

  it('checks the size of each record, not of the array', async () => {
    expect(await recordsOf(parse('["ab","cd"]', { maxRecordBytes: 4 }))).toEqual(['ab', 'cd']);
    const error = await problemOf(parse('["ab","cde"]', { maxRecordBytes: 4 }));
    expect(error).toMatchObject({ code: 'MR_HTTP_RECORD_TOO_LARGE', details: { index: 1 } });
  });

  it('refuses more records than allowed', async () => {
    expect(await recordsOf(parse('[1,2]', { maxRecordsPerRequest: 2 }))).toEqual([1, 2]);
    const error = await problemOf(parse('[1,2,3]', { maxRecordsPerRequest: 2 }));
    expect(error.code).toBe('MR_HTTP_TOO_MANY_RECORDS');
  });

  it('accepts the same bodies as JSON, with the same result', async () => {
    const bodies = fc
      .array(fc.json({ maxDepth: 4 }), { maxLength: 8 })
      .map((items) => `[${items.join(' , ')}]`);
    await fc.assert(
      fc.asyncProperty(bodies, async (text) => {
        fc.pre(!text.includes('__proto__'));
        expect(await taken(text)).toEqual(plainRecords(text));
      }),
    );
  });

  it('accepts no damaged body that JSON refuses', async () => {
    const byte = fc.constantFrom('[', ']', '{', '}', ',', ':', '"', '\\', ' ', '1', 'a');
    const bodies = fc.array(fc.json({ maxDepth: 3 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(bodies, fc.nat(), byte, fc.boolean(), async (items, place, character, replaces) => {
        const text = `[${items.join(',')}]`;
        const at = place % text.length;
        const damaged = text.slice(0, at) + character + text.slice(at + (replaces ? 1 : 0));
        fc.pre(!damaged.includes('__proto__'));
        expect(await taken(damaged)).toEqual(plainRecords(damaged));
      }),
      { numRuns: 1_000 },
    );
  });
});
