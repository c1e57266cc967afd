import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foreignKindOf } from './foreign-bytes.ts';

describe('foreignKindOf', () => {
  it.each([
    ['a gzip file', gzipSync('text')],
    ['a gzip file', gzipSync('')],
    ['a zstd file', zstdCompressSync('text')],
    ['an xz file', Buffer.from('fd377a585a000004', 'hex')],
    ['a bzip2 file', Buffer.from('BZh91AY&SY\u0001')],
    ['a zip file', Buffer.from('PK\u0003\u0004\u0014')],
    ['text in UTF-16', Buffer.from('\ufefftext', 'utf16le')],
    ['text in UTF-16', Buffer.from('\ufefftext', 'utf16le').swap16()],
  ])('finds %s', (kind, bytes) => {
    expect(foreignKindOf(bytes)).toBe(kind);
  });

  it.each([[''], ['\ufefftext'], ['BZh, a text'], ['PK'], ['\u001f'], ['\u001fg']])(
    'treats %j as text',
    (text) => {
      expect(foreignKindOf(Buffer.from(text))).toBeUndefined();
    },
  );

  it('treats every printable text as text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => foreignKindOf(Buffer.from(text)) === undefined),
    );
    expect(foreignKindOf(deflateSync('text'))).toBeUndefined();
  });
});
