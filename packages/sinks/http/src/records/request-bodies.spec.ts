import { describe, expect, it } from 'vitest';
import { emptyBody, requestBodies } from './request-bodies.ts';

const write = { application: 'app', batchTime: 1, outputOperation: 0, partition: 2, partitions: 3 };

function* texts(
  records: Iterable<unknown>,
  options: { format?: 'json'; maxBytes?: number; bytesInMemory?: number } = {},
) {
  const { format = 'ndjson', maxBytes = 1_000, bytesInMemory = 0 } = options;
  const bounds = { maxRecordsPerRequest: 2, maxBytesPerRequest: maxBytes };
  const bodies = requestBodies(records, {
    convert: undefined,
    options: { format, bytesInMemory, ...bounds },
    write,
  });
  for (const { text } of bodies) yield text;
}

describe('requestBodies', () => {
  it('are lines of JSON, or arrays', () => {
    expect([...texts([1, 'a\nb', { c: 3 }])]).toEqual(['1\n"a\\nb"\n', '{"c":3}\n']);
    expect([...texts([1, 2, 3], { format: 'json' })]).toEqual(['[1,2]', '[3]']);
    expect([emptyBody('json').text, emptyBody('ndjson').text]).toEqual(['[]', '']);
  });

  it('have a bounded number of bytes', () => {
    for (const format of [undefined, 'json'] as const) {
      const all: string[] = [
        ...texts(Array(500).fill('x'.repeat(7)), { maxBytes: 20, ...(format && { format }) }),
      ];
      expect(Math.max(...all.map((text) => Buffer.byteLength(text)))).toBeLessThanOrEqual(20);
    }
  });

  it('refuse a record without a form in JSON, with its index, before the first request where memory permits (SINK-14)', () => {
    const records = [1, 2, 3, { a: 1n }];
    const refused = { code: 'MR_SINK_UNSUPPORTED_RECORD', details: { ...write, index: 3 } };
    expect(() => texts(records, { bytesInMemory: 100 }).next()).toThrow(expect.objectContaining(refused));
    const bodies = texts(records);
    expect(bodies.next().value).toBe('1\n2\n');
    expect(() => bodies.next()).toThrow(expect.objectContaining(refused));
  });
});
