import { describe, expect, it } from 'vitest';
import { claimKey, partitionKey } from './object-keys.ts';
import { objectParts } from './object-parts.ts';

const write = { application: 'app', batchTime: 1_000, outputOperation: 1, partition: 2, partitions: 3 };

describe('objectParts', () => {
  it('hold one part of an endless source (SINK-13)', () => {
    let taken = 0;
    function* endless() {
      for (;;) yield `${(taken += 1)}`;
    }
    const parts = objectParts(endless(), { format: 'text', partBytes: 6, write });
    expect(String(parts.next().value)).toBe('1\n2\n3\n');
    expect(taken).toBe(3);
  });

  it('join the chunks of a format of files, and hold one part', () => {
    let taken = 0;
    const format = {
      suffix: '.x',
      contentType: 'x',
      *encode() {
        for (;;) yield new Uint8Array(2).fill((taken += 1));
      },
    };
    const parts = objectParts([], { format, partBytes: 5, write });
    expect([...(parts.next().value ?? [])]).toEqual([1, 1, 2, 2, 3, 3]);
    expect(taken).toBe(3);
  });

  it('end with the rest of the chunks; no chunks are no parts', () => {
    const format = (chunks: readonly Uint8Array[]) => ({ suffix: '', contentType: '', encode: () => chunks });
    const partsOf = (...sizes: readonly number[]) =>
      [
        ...objectParts([], {
          format: format(sizes.map((size) => new Uint8Array(size))),
          partBytes: 5,
          write,
        }),
      ].map(({ length }) => length);
    expect([partsOf(5, 4), partsOf(2), partsOf()]).toEqual([[5, 4], [2], []]);
  });

  it.each([
    ['ndjson', { a: 1n }],
    ['ndjson', undefined],
    ['text', 'a\nb'],
    ['text', 'a\r'],
    ['text', '\ud800'],
    ['text', 7],
  ] as const)('refuse for %s the record %o with its index', (format, record) => {
    expect(() => [...objectParts(['a', record], { format, partBytes: 100, write })]).toThrow(
      expect.objectContaining({ code: 'MR_SINK_UNSUPPORTED_RECORD', details: { ...write, index: 1 } }),
    );
  });
});

describe('keys', () => {
  it('have the identity of the write', () => {
    expect(partitionKey(write, 'a/b-', '.txt')).toBe('a/b-app-1000-1-2.txt');
    expect(claimKey(write, 'a/b-')).toBe('a/b-.millrace/app-1000-1');
  });

  it('differ for different applications, and are safe in a path', () => {
    const applications = [
      'a',
      'A',
      'a/b',
      'a!2fb',
      '..',
      'ä',
      '\ud800',
      '\udc00',
      'x'.repeat(80),
      'x'.repeat(81),
    ];
    const keys = applications.map((application) => partitionKey({ ...write, application }, '', ''));
    expect(new Set(keys).size).toBe(applications.length);
    expect(keys.filter((key) => !/^[A-Za-z0-9!-]{1,120}$/.test(key))).toEqual([]);
  });
});
