import { describe, expect, it } from 'vitest';
import { convertedAhead, emptyBody, requestBodies } from './request-bodies.ts';

const write = { application: 'app', batchTime: 1, outputOperation: 0, partition: 2, partitions: 3 };

function bodies(
  records: Iterable<unknown>,
  options: { maxRecords?: number; maxBytes?: number; json?: true } = {},
) {
  const { maxRecords = 2, maxBytes = 1_000, json } = options;
  return requestBodies(records, {
    convert: undefined,
    options: {
      format: json === true ? 'json' : 'ndjson',
      maxRecordsPerRequest: maxRecords,
      maxBytesPerRequest: maxBytes,
    },
    write,
  });
}

const texts = (...given: Parameters<typeof bodies>) => [...bodies(...given)].map(({ text }) => text);

describe('requestBodies', () => {
  it('have a bounded number of records', () => {
    expect(texts([1, 'a\nb', { c: 3 }])).toEqual(['1\n"a\\nb"\n', '{"c":3}\n']);
    expect(texts([1, 2, 3], { json: true })).toEqual(['[1,2]', '[3]']);
    expect(texts([])).toEqual([]);
    expect([emptyBody('json').text, emptyBody('ndjson').text]).toEqual(['[]', '']);
  });

  it('have a bounded number of bytes, except for a single longer record', () => {
    const records = ['ä'.repeat(10), 'b'.repeat(40), 'c', 'd'];
    const [first, second, third] = texts(records, { maxRecords: 100, maxBytes: 24 });
    expect([first, second, third].map((text) => Buffer.byteLength(text ?? ''))).toEqual([23, 43, 8]);
    for (const json of [undefined, true] as const) {
      const all = texts(Array(500).fill('x'.repeat(7)), {
        maxRecords: 1_000,
        maxBytes: 100,
        ...(json && { json }),
      });
      expect(Math.max(...all.map((text) => Buffer.byteLength(text)))).toBeLessThanOrEqual(100);
    }
  });

  it('refuse a record without a form in JSON, with its index', () => {
    expect(() => texts([1, 2, 3, { a: 1n }])).toThrow(
      expect.objectContaining({ code: 'MR_SINK_UNSUPPORTED_RECORD', details: { ...write, index: 3 } }),
    );
  });

  it('take records only as the requests are sent, behind those in memory (SINK-13)', () => {
    let taken = 0;
    function* records() {
      for (; taken < 10_000; taken += 1) yield 'x'.repeat(98);
    }
    const all = convertedAhead(bodies(records(), { maxRecords: 10 }), 5_000);
    all.next();
    expect(taken).toBeLessThan(100);
    for (let sent = 1; sent < 100; sent += 1) all.next();
    expect(taken).toBeLessThan(1_100);
  });

  it('are converted ahead, so that a late record stops the first request (SINK-14)', () => {
    const records = [...Array(50).fill(1), undefined];
    expect(() => convertedAhead(bodies(records), 1_000).next()).toThrow('record 50');
    expect(convertedAhead(bodies(records), 0).next().value).toMatchObject({ records: 2 });
  });
});
